export type { ErrorCode } from "./error-codes";
export { loadingError, OidcRunnerError, printable } from "./errors";
export type { Explanation } from "./verdict";
