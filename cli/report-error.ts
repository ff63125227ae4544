import { OidcRunnerError } from "../trust";
import { type Line, printError, printErrorLines, styled } from "./print";

/**
 * Prints an error: one line for what a user can act on, a trace for a defect. Returns the exit code: 2, 130 for questions that were
 * cancelled (as after Ctrl-C), or 70 (sysexits.h).
 */
export function reportError(error: unknown): number {
  if (error instanceof OidcRunnerError) {
    const [first = "", ...output] = error.message.split("\n");
    printErrorLines([headline(error, first), ...output]);
    return error.code === "CANCELLED" ? 130 : 2;
  }
  printError(error);
  return 70;
}

/** `CODE: what (at where). Fix: what to do`, with code and fix to be seen at once. */
function headline({ code, fix }: OidcRunnerError, line: string): Line {
  const begin = fix === undefined ? -1 : line.lastIndexOf(" Fix: ");
  const what = line.slice(code.length, begin < 0 ? undefined : begin);
  const todo = begin < 0 ? [] : [styled("bold", " Fix:"), line.slice(begin + " Fix:".length)];
  return [styled(["red", "bold"], code), what, ...todo];
}
