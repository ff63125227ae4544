import { defaultLabDirectory, readLab, stopLab } from "../lab/lab";

/** Ends a lab. */
export async function labDown(options: { directory?: string }): Promise<void> {
  await stopLab(readLab(options.directory ?? defaultLabDirectory()));
  console.log("The lab has ended; nothing of it is left.");
}
