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
 * The identity of each group, counted from 0: all the first one, or one after the other as many as fit. An identity takes 20 federated
 * credentials, one for each subject.
 *
 * @throws OidcRunnerError `AZURE_CREDENTIALS_TOO_MANY`
 */
export function spread({ groups, subjects, names }: SubjectGroups, split: boolean, where: string): number[] {
  const each = Math.floor(MOST_CREDENTIALS / subjects);
  if (groups * subjects <= MOST_CREDENTIALS || (split && each > 0)) {
    return Array.from({ length: groups }, (_, index) => (split ? Math.floor(index / each) : 0));
  }
  const [group, subject] = names;
  const needed = `${groups} ${group} with ${subjects} ${subject} each need ${groups * subjects} federated credentials, and an identity takes ${MOST_CREDENTIALS}`;
  const ways = [
    ...(each > 0 ? [`give at most ${each} ${group} with ${subjects} ${subject}`] : []),
    ...(groups <= MOST_CREDENTIALS
      ? [`at most ${Math.floor(MOST_CREDENTIALS / groups)} ${subject} for ${groups} ${group}`]
      : []),
    ...(each > 0 ? [`set split: true to have ${Math.ceil(groups / each)} identities`] : []),
  ];
  throw new OidcRunnerError("AZURE_CREDENTIALS_TOO_MANY", needed, {
    where,
    fix: `${ways.length === 0 ? `give at most ${MOST_CREDENTIALS} ${subject}` : ways.join(", or ")}`,
  });
}
