import { readFile } from "node:fs/promises";
import { OidcRunnerError } from "../../../trust";
import { type Claims, claimsFromPaths, claimsFromToken } from "../../../trust/claims";
import type { CallerInputs } from "../checks";

/**
 * The caller's claims; undefined when none is given to check.
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
