import { resolve } from "node:path";
import { defaultLabDirectory, readLab, stopLab } from "../../lab";
import { print } from "../print";

/** Ends a lab, and removes the directory that was asked for. That there is none is as good: scripts end one in any case. */
export async function labDown(options: { directory?: string }): Promise<void> {
  const directory = resolve(options.directory ?? defaultLabDirectory());
  const state = readLab(directory);
  if (state === undefined) {
    print(`No lab is running in ${directory}.`);
    return;
  }
  await stopLab(directory, state);
  print("The lab has ended; nothing of it is left.");
}
