import assert from "node:assert/strict";
import type { JobOutcome } from "./runner-job";
import { findTokens } from "./token-detector";

/** What the log of a refused Job must say. */
export interface Refusal {
  /** Name of what differs (or can't be known), the value expected and the value got. */
  differs: [name: string, expected: string | RegExp, got: string | RegExp];
  /** In the line that names the cause. */
  cause: RegExp;
  fix: RegExp;
}

/** Asserts that a Job failed because its token was refused, and that its log explains it without giving it away. */
export function assertRefused(outcome: JobOutcome, { differs, cause, fix }: Refusal): void {
  const { condition, exitCode, log } = outcome;
  // Its pod failed; it did not run into its deadline.
  assert.deepEqual([condition.type, condition.reason, exitCode], ["Failed", "BackoffLimitExceeded", 77], log);
  const [name, expected, got] = differs;
  assertValue(new RegExp(`(?:DIFFERS|UNKNOWN)  ${name}  expected: (.*)`), log, expected);
  assertValue(new RegExp(` {9}  ${name}  got: {6}(.*)`), log, got);
  // One difference, one cause: a second would lead astray.
  const marked = [...log.matchAll(/DIFFERS {2}(\w+)/g)].map(([, claim]) => claim);
  assert.deepEqual(marked, log.includes("UNKNOWN") ? [] : [name], log);
  assert.match(log, new RegExp(`Cause: .*${cause.source}`), log);
  assert.match(log, new RegExp(`Fix: .*${fix.source}`), log);
  // Kubernetes keeps the last 2 KiB as the container's message: there must be the values, cause and fix in it.
  assert.ok(log.indexOf("Expected by this runner's policy") > log.length - 2048, log);
  assertNoToken(log);
}

function assertValue(line: RegExp, log: string, value: string | RegExp): void {
  const [, found] = line.exec(log) ?? [];
  assert.ok(found !== undefined, `${line} is missing in:\n${log}`);
  if (typeof value === "string") {
    assert.equal(found, value);
  } else {
    assert.match(found, value);
  }
}

/** Asserts that nothing of a token is in a text: no part of a JSON Web Token, and nothing as long as a signature. */
export function assertNoToken(text: string, secrets: readonly string[] = []): void {
  assert.deepEqual(findTokens(text, secrets), []);
  assert.doesNotMatch(text, /eyJ|pul-/);
  // The shortest signature (ES256) has 86 characters; the longest word the log should have is a key id of 43.
  assert.doesNotMatch(text, /[\w-]{60,}/);
}

/**
 * The explanation alone: without the line that quotes Pulumi Cloud, without the claims (each pod has its own), and with
 * times made equal.
 */
export function explanation(log: string): string {
  return log
    .split("\n")
    .filter((line) => !/ Pulumi Cloud answered:| Pulumi Cloud's words:|^oidc-runner: {3}\{/.test(line))
    .join("\n")
    .replace(/\b\d{9,}\b/g, "TIME")
    .replace(/\b\d+ s\b/g, "N s");
}
