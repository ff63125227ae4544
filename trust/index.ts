export type { ErrorCode } from "./error-codes";
export { OidcRunnerError, printable } from "./errors";
export type { Explanation } from "./verdict";
