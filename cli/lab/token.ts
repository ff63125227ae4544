import { defaultLabDirectory, mintToken, readLab } from "../../lab";
import { print } from "../print";

/** Prints a token of a CI system, of Pulumi Deployments or of Pulumi ESC, signed by a running lab. */
export async function labToken(options: { issuer: string; claim: string[]; directory?: string }): Promise<void> {
  const state = readLab(options.directory ?? defaultLabDirectory());
  print(await mintToken(state, options.issuer, options.claim));
}
