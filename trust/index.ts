export { OidcRunnerError, printable } from "./errors";
export type { Explanation } from "./verdict";
