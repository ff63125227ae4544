export type { Clock, Fetch } from "./fetch";
export { failureText, readJson, readText, UnusableAnswer } from "./read-json";
