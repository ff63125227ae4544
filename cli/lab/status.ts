import { resolve } from "node:path";
import { defaultLabDirectory, isRunning, readLab } from "../../lab";
import { print, printJson } from "../print";
import { describeLab, summariseLab } from "./describe";

/** Says whether a lab is running. Returns the exit code: 0 if it is, 1 if not. */
export function labStatus(options: { json?: boolean; directory?: string }): number {
  const directory = resolve(options.directory ?? defaultLabDirectory());
  const state = readLab(directory);
  if (state === undefined) {
    print(`No lab is running in ${directory}. Start one with: oidc-runner lab up`);
    return 1;
  }
  if (!isRunning(state)) {
    print(`The lab in ${directory} has ended. Start a new one with: oidc-runner lab up`);
    return 1;
  }
  if (options.json) {
    printJson(describeLab(state), 2);
    return 0;
  }
  print(...summariseLab(state), `Environment   . ${state.environmentFile}`);
  return 0;
}
