import { parseClaimPath } from "../claims";
import { checkPattern, subjectInvalid } from "./literal";
import type { CompileSubject, CustomSubject } from "./types";

/**
 * Rules on any claims, besides the audience, which has an argument of its own.
 *
 * @throws OidcRunnerError `CLAIM_PATH_INVALID`, `SUBJECT_INVALID`
 */
export const compileCustom: CompileSubject<CustomSubject> = (claims, where) => {
  if (Object.keys(claims).length === 0) {
    throw subjectInvalid("there is no claim", where, "give at least the rule on sub");
  }
  for (const [path, pattern] of Object.entries(claims)) {
    const keys = parseClaimPath(path);
    checkPattern(pattern, `${where}[${JSON.stringify(path)}]`, /./s, "give a pattern as text");
    if (keys.length === 1 && keys[0] === "aud") {
      throw subjectInvalid("the audience has an argument of its own", where, "give `audience` beside `custom`");
    }
  }
  return { alternatives: [{ ...claims }] };
};
