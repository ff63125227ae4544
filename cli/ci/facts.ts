import { OidcRunnerError } from "../../trust";
import type { Ask } from "./ask";
import { kebab, optionOf, type SystemQuestions } from "./questions";
import type { Repository } from "./repository";

/** The value of an option, or what is answered in its place. */
export type Value = (
  option: string,
  text: string,
  known: string | undefined,
  optional?: boolean,
) => Promise<string | undefined>;

/** @throws OidcRunnerError `OPTION_MISSING` for what is needed and not known */
export function asking(options: Readonly<Record<string, unknown>>, ask: Ask): Value {
  return async (option, text, known, optional = false) => {
    const answer = (options[option] as string | undefined) ?? (await ask(text, known, optional));
    if (answer === undefined && !optional) {
      const flag = `--${kebab(option)}`;
      throw new OidcRunnerError("OPTION_MISSING", `nothing says the ${text}`, { where: flag, fix: `give ${flag}` });
    }
    return answer;
  };
}

/** What is known of a repository: the fields of the typed subject, and of the trust's block. */
export async function factsOf(
  { questions }: SystemQuestions,
  value: Value,
  repository: Repository,
): Promise<Record<"subject" | "trust", Record<string, string>>> {
  const blocks = { subject: {} as Record<string, string>, trust: {} as Record<string, string> };
  for (const { field, of, text, optional, fromRemote } of questions) {
    const remembered = repository.remote && fromRemote?.(repository.remote);
    const answer = await value(optionOf(field), text, remembered, optional);
    for (const block of answer === undefined ? [] : of) {
      blocks[block][field] = String(answer);
    }
  }
  return blocks;
}
