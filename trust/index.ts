export type { ErrorCode } from "./error-codes";
export { loadingError, OidcRunnerError, printable } from "./errors";
export { isLoopback } from "./loopback";
export { nearestName } from "./nearest-name";
export { secureUrl } from "./secure-url";
export type { Explanation } from "./verdict";
