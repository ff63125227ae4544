/** Pulumi Cloud's REST API for issuers and auth policies: how to reach it, what it answers, and what its errors mean. */

export { checkApiUrl, DEFAULT_API_URL, defaultApiUrl, type GivenLogin, normalApiUrl, setLogin } from "./backend";
export type { CloudClient, Fetch } from "./client";
export { type Connection, connect, fetchWith } from "./connect";
export { CloudApiError, confirmGone, issuerNotFound, mayBeGone, PartialFailure } from "./errors";
export { createFetch } from "./fetch";
export { MAXIMUM_ATTEMPTS, pauseAfter } from "./retry";
export { cancelWaits, realTiming, type Timing } from "./timing";
export { type AuthPolicyRecord, type IssuerChange, type IssuerRecord, issOf, type TokenOwners } from "./types";
