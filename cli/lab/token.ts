import { defaultLabDirectory, mintToken, readLab } from "../../lab";
import { OidcRunnerError } from "../../trust";
import { print } from "../print";

/** Prints a token of a CI system, of Pulumi Deployments or of Pulumi ESC, signed by a running lab. */
export async function labToken(options: { issuer: string; claim: string[]; directory?: string }): Promise<void> {
  const directory = options.directory ?? defaultLabDirectory();
  const state = readLab(directory);
  if (state === undefined) {
    throw new OidcRunnerError("LAB_NOT_FOUND", "no lab is running there", {
      where: directory,
      fix: "start one with 'oidc-runner lab up'",
    });
  }
  print(await mintToken(state, options.issuer, options.claim));
}
