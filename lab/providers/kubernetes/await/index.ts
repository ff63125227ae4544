export { type PollOptions, poll } from "./poll";
export { isComplete } from "./readiness";
export { awaitReady, unreadyReasons } from "./ready";
export { timeoutMs } from "./timeout";
