import { OidcRunnerError } from "../../trust";

/** Asks for a value. Undefined for one that is left out. */
export type Ask = (text: string, initial: string | undefined, optional: boolean) => Promise<string | undefined>;

/** Asks on a terminal. */
export async function terminalAsk(): Promise<Ask> {
  const { isCancel, text } = await import("@clack/prompts");
  return async (message, initialValue, optional) => {
    const validate = (value: string | undefined) => (optional || value?.trim() ? undefined : "It is needed.");
    const answer = await text({ message, initialValue, validate, ...(optional && { placeholder: "leave out" }) });
    if (isCancel(answer)) {
      throw new OidcRunnerError("CANCELLED", "the questions were cancelled", { fix: "run it again" });
    }
    return answer?.trim() || undefined;
  };
}

/** Takes what is known already, without a terminal. */
export const takeKnown: Ask = async (_, initial) => initial;
