import { readFile } from "node:fs/promises";
import { OidcRunnerError } from "../../../trust";
import { type Claims, claimsFromPaths, claimsFromToken } from "../../../trust/claims";

/** Whose access is watched over: given as claims, or as the file of its token. */
export interface CallerInputs {
  /** Claim path to value. */
  callerClaims?: Record<string, string>;
  /** Path of the file; its contents are never stored. */
  callerTokenFile?: string;
}

/**
 * Refuses a caller given twice, and claims that can't be.
 *
 * @throws OidcRunnerError `OPTION_CONFLICT`, `CLAIM_PATH_INVALID`, `CALLER_INVALID`
 */
export function checkCaller({ callerClaims, callerTokenFile }: CallerInputs): void {
  if (callerClaims === undefined) {
    return;
  }
  if (callerTokenFile !== undefined) {
    throw new OidcRunnerError("OPTION_CONFLICT", "callerClaims and callerTokenFile exclude each other", {
      where: "callerClaims",
      fix: "give only one of them",
    });
  }
  claimsFromPaths(callerClaims);
}

/**
 * The caller's claims; undefined when nobody is watched over.
 *
 * @throws OidcRunnerError `CALLER_INVALID` when the file can't be read or holds no token; nothing of it is quoted.
 */
export async function readCaller({ callerClaims, callerTokenFile }: CallerInputs): Promise<Claims | undefined> {
  if (callerClaims !== undefined) {
    return claimsFromPaths(callerClaims);
  }
  if (callerTokenFile === undefined) {
    return undefined;
  }
  const token = await readFile(callerTokenFile, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new OidcRunnerError("CALLER_INVALID", `the caller's token can't be read: ${error.code ?? "unknown reason"}`, {
      where: "callerTokenFile",
      fix: "give the path of a file that this deployment can read",
    });
  });
  return claimsFromToken(token);
}
