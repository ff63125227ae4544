export type { ErrorCode } from "./error-codes";
export { loadingError, OidcRunnerError, printable } from "./errors";
export { isLoopback } from "./loopback";
export type { Explanation } from "./verdict";
