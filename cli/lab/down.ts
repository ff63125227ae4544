import { resolve } from "node:path";
import { defaultLabDirectory, readLab, stopLab } from "../../lab";
import { print } from "../print";

/** Ends a lab, and removes the directory that was asked for. */
export async function labDown(options: { directory?: string }): Promise<void> {
  const directory = resolve(options.directory ?? defaultLabDirectory());
  await stopLab(directory, readLab(directory));
  print("The lab has ended; nothing of it is left.");
}
