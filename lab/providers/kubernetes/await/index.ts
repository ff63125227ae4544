export { type PollOptions, poll } from "./poll";
export { isComplete } from "./readiness";
export { awaitReady, unreadyReasons } from "./ready";
export { timeoutMilliseconds } from "./timeout";
