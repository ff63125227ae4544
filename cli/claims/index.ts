import { print, printJson } from "../print";
import { readClaims } from "../read-input";
import { describeClaims } from "./describe-claims";

/** Options of `oidc-runner claims`. */
export interface ClaimsCommandOptions {
  tokenFile: string;
  json?: boolean;
}

/** Prints what a token claims, never the token. Returns the exit code, 0. `now`: milliseconds, default the machine's clock. */
export function claimsCommand({ tokenFile, json }: ClaimsCommandOptions, now: number = Date.now()): number {
  const { claims } = readClaims({ tokenFile }, "claims");
  if (json) {
    printJson(claims);
  } else {
    print(...describeClaims(claims, now));
  }
  return 0;
}
export { describeTime } from "./describe-time";
