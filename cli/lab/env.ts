import { resolve } from "node:path";
import { defaultLabDirectory, isRunning, quote, readLab } from "../../lab";
import { OidcRunnerError } from "../../trust";
import { print } from "../print";

/** Prints the line of the shell that points `pulumi` and `kubectl` at a lab: for `eval`. */
export function labEnv(options: { directory?: string }): void {
  const directory = resolve(options.directory ?? defaultLabDirectory());
  const state = readLab(directory);
  if (state === undefined || !isRunning(state)) {
    throw new OidcRunnerError("LAB_NOT_FOUND", "no lab is running there", {
      where: directory,
      fix: "start one with 'oidc-runner lab up'",
    });
  }
  print(`. ${quote(state.environmentFile)}`);
}
