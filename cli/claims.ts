import { describeClaims } from "./claims/describe-claims";
import { printable } from "./claims/printable";
import { readClaims } from "./read-input";

/** Options of `oidc-runner claims`. */
export interface ClaimsCommandOptions {
  tokenFile: string;
  json?: boolean;
}

/** Prints what a token claims, never the token. Returns the exit code, 0. `now`: milliseconds, default the machine's clock. */
export function claimsCommand({ tokenFile, json }: ClaimsCommandOptions, now: number = Date.now()): number {
  const claims = readClaims({ tokenFile }, "claims");
  if (json) {
    console.log(printable(JSON.stringify(claims)));
  } else {
    for (const line of describeClaims(claims, now)) {
      console.log(printable(line));
    }
  }
  return 0;
}
