import { OidcRunnerError } from "../trust";
import { printError } from "./print";

/** Prints an error: one line for what a user can act on, a trace for a defect. Returns the exit code, 2 or 70 (sysexits.h). */
export function reportError(error: unknown): number {
  if (error instanceof OidcRunnerError) {
    printError(error.message);
    return 2;
  }
  printError(error);
  return 70;
}
