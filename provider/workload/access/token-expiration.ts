import { OidcRunnerError } from "../../../trust";

/**
 * Refuses a life that the API server or the cloud would not give a token, for which the pod would not start.
 *
 * @param least seconds; the default too
 * @throws OidcRunnerError `EXPIRATION_INVALID`
 */
export function checkTokenExpiration(seconds: number, where: string, least: number): void {
  if (!Number.isInteger(seconds) || seconds < least || seconds > 86_400) {
    throw new OidcRunnerError("EXPIRATION_INVALID", `${seconds} is not a usable life of a projected token`, {
      where,
      fix: `give whole seconds, ${least} to 86400; the default is ${least}`,
    });
  }
}
