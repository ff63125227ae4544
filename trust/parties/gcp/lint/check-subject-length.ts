import type { Comparison, Finding } from "../../../lint";
import { SUBJECT_BYTES } from "../members";
import type { Mapped } from "./mapping";

/**
 * Finds subjects that are too long to be a `google.subject`: Google refuses their tokens, whichever member they are for.
 *
 * @param comparisons of claims, in the condition
 * @param members the subjects that members name, with their places
 */
export function checkSubjectLength(
  mapped: Mapped | undefined,
  comparisons: readonly Comparison[],
  members: readonly { value: string; path: string }[],
): Finding[] {
  const asked = comparisons
    .filter(({ keys }) => Array.isArray(mapped) && keys.join("\n") === mapped.join("\n"))
    .flatMap(({ exact, values, path }) =>
      // Of a pattern, the letters that each of its values has.
      values.map((value) => ({ value: exact ? value : value.replaceAll("*", ""), path })),
    );
  return [...asked, ...members]
    .map(({ value, path }) => ({ path, bytes: Buffer.byteLength(value) }))
    .filter(({ bytes }) => bytes > SUBJECT_BYTES)
    .map(({ path, bytes }) => ({
      name: "SUBJECT_TOO_LONG",
      severity: "error",
      path,
      message: `no token has this subject: it has ${bytes} bytes or more, and google.subject at most ${SUBJECT_BYTES}`,
      fix: 'map a shorter claim, or a part of the subject by extract(), to "google.subject", and grant by another attribute',
    }));
}
