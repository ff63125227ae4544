import { parseClaimPath } from "../claims";
import { checkPattern, subjectInvalid } from "./literal";
import { neighboursOf } from "./near-misses";
import { type IssuerRecord, REGISTERED } from "./record";

/** Claim path to pattern, besides the audience. */
export type CustomSubject = Record<string, string>;

/** An issuer of which nothing is known but its URL: any claim may be sent. */
export const custom: IssuerRecord<"custom", CustomSubject> = {
  key: "custom",
  name: "another issuer",
  urls: [],
  signs: () => false,
  // Not known, so the worse is assumed.
  multiTenant: true,
  subjects: [],
  claims: REGISTERED,
  suggested: [],
  audience: { rule: "see the issuer's documentation" },
  getToken: "see the issuer's documentation",

  /**
   * Rules on any claims; the audience has an argument of its own.
   *
   * @throws OidcRunnerError `CLAIM_PATH_INVALID`, `SUBJECT_INVALID`
   */
  rules(claims, where) {
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
    return [{ ...claims }];
  },

  neighbours: (claims, open = []) => neighboursOf(claims, open, undefined, {}, () => ({})),
};
