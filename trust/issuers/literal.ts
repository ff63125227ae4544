import { OidcRunnerError } from "../errors";

/** An error about a value of a typed subject. */
export function subjectInvalid(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("SUBJECT_INVALID", what, { where, fix });
}

/**
 * Refuses a value that is not what it must be, wildcards included: `*` and `?` can't be escaped in a policy, so a literal that
 * holds one would admit others. A dot stays: in names of repositories and organizations it is usual, and the linter warns.
 *
 * @param form what the whole value must match
 * @param fix what to give instead
 * @throws OidcRunnerError `SUBJECT_INVALID`
 */
export function checkLiteral(value: unknown, where: string, form: RegExp, fix: string): void {
  if (typeof value === "string" && /[*?]/.test(value)) {
    const instead = `${fix}; for a pattern use \`custom\` or \`rules\``;
    throw subjectInvalid(`"${value}" holds a wildcard where one value is meant`, where, instead);
  }
  checkPattern(value, where, form, fix);
}

/** The same for a pattern: wildcards are welcome, and it is not empty. */
export function checkPattern(value: unknown, where: string, form: RegExp, fix: string): void {
  if (typeof value !== "string" || !form.test(value)) {
    throw subjectInvalid(`"${String(value)}" can't be this`, where, fix);
  }
}

/** Ids that services count: digits. */
export const NUMERIC_ID = /^\d+$/;

/** UUIDs, as services write them. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Names of branches and tags as git allows them, and the wildcards it does not (git-check-ref-format). */
export const REF_PATTERN = /^(?!refs\/)[^\s~^:\\[]+$/;

/**
 * The ref of a branch or of a tag, patterns both, of which a subject has exactly one.
 *
 * @throws OidcRunnerError `SUBJECT_INVALID`
 */
export function refOf({ branch, tag }: { branch?: string; tag?: string }, where: string): string {
  if ((branch === undefined) === (tag === undefined)) {
    const fix = 'give one of branch and tag, such as branch: "main"';
    throw subjectInvalid("a run is for a branch or a tag", where, fix);
  }
  const kind = branch === undefined ? "tag" : "branch";
  checkPattern(branch ?? tag, `${where}.${kind}`, REF_PATTERN, "give the name alone");
  return kind === "tag" ? `refs/tags/${tag}` : `refs/heads/${branch}`;
}
