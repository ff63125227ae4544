import { OidcRunnerError } from "../../errors";
import { MOST_CREDENTIALS } from "./document";

/** Subjects that one identity must take together, because what has them can name one identity alone, and how many of them there are. */
export interface SubjectGroups {
  /** How many groups there are, each of as many subjects. */
  groups: number;
  subjects: number;
  /** What a group and a subject of it are called, such as `stacks` and `operations`. */
  names: readonly [groups: string, subjects: string];
}

/**
 * Refuses more subjects than the federated credentials of an identity, one for each: of all groups, or of each where it has an
 * identity of its own.
 *
 * @param split undefined for an identity that is there already, which can't be split
 * @throws OidcRunnerError `AZURE_CREDENTIALS_TOO_MANY`
 */
export function checkCredentialCount(
  { groups, subjects, names }: SubjectGroups,
  split: boolean | undefined,
  where: string,
): void {
  const [group, subject] = names;
  const fitting = (count: number) => Math.floor(MOST_CREDENTIALS / count);
  if ((split ? 1 : groups) * subjects <= MOST_CREDENTIALS) {
    return;
  }
  const needed = `${groups} ${group} with ${subjects} ${subject} each need ${groups * subjects} federated credentials, and an identity takes ${MOST_CREDENTIALS}`;
  const ways =
    subjects > MOST_CREDENTIALS
      ? [`give at most ${MOST_CREDENTIALS} ${subject}`]
      : [
          `give at most ${fitting(subjects)} ${group} with ${subjects} ${subject}`,
          ...(groups <= MOST_CREDENTIALS ? [`at most ${fitting(groups)} ${subject} for ${groups} ${group}`] : []),
          `${split === undefined ? "let azure.identity make them, with" : "set"} split: true for as many identities as ${group}`,
        ];
  throw new OidcRunnerError("AZURE_CREDENTIALS_TOO_MANY", needed, { where, fix: ways.join(", or ") });
}
