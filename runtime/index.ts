/** Verifies the identity tokens of pods in a service, and presents them to one. */

export { type ErrorCode, OidcRunnerError } from "../trust";
export type { AccessToken } from "../trust/policy";
export * from "./clients";
export { type EnvironmentOptions, verifierFromEnvironment } from "./from-environment";
export type { Clock, Fetch } from "./http";
export * from "./middleware";
export * from "./verify";
