import assert from "node:assert/strict";
import type { Engine, EngineResult } from "../../../lab/engine/engine";

/** One resource of a stack's state. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  initErrors?: string[];
  /** Replaced, and to be deleted by a later update. */
  delete?: boolean;
}

/** Environment of an engine that waits a short quiet window: for tests that are not about the write protocol. */
export const SHORT_WINDOW = { OIDC_RUNNER_QUIET_WINDOW_MS: "500" };

/** The resources in a stack's state, without the stack itself and its providers. */
export async function resourcesOf(engine: Engine): Promise<StateResource[]> {
  const { deployment } = await engine.state();
  const resources = (deployment.resources ?? []) as StateResource[];
  return resources.filter(({ type }) => type !== "pulumi:pulumi:Stack" && !type.startsWith("pulumi:providers:"));
}

/** A run of the CLI that must have ended well. */
export async function ok(run: Promise<EngineResult>): Promise<string> {
  const { code, output } = await run;
  assert.equal(code, 0, output);
  return output;
}

/** A run of the CLI that must have failed. */
export async function fails(run: Promise<EngineResult>): Promise<string> {
  const { code, output } = await run;
  assert.notEqual(code, 0, output);
  return output;
}

/**
 * What a user reads of an error of ours: one line among the diagnostics, with its code and what to do, and no line of a
 * stack trace anywhere. (The engine also shows it once beside the resource, while it runs.) Returns it, from its code on.
 */
export function assertOneDiagnostic(output: string, code: string): string {
  // What ends with a colon is a resource's name; the stack adds that it failed because a resource did.
  const lines = diagnosticsIn(output).filter((line) => !/\):$|^ *error: update failed$/.test(line));
  const [line = "", ...more] = lines;
  // What a provider's check refuses, the engine tells of with the property and its value.
  const said = line.replace(/^ *error: (\S+ resource '\S+': property \S+ value \{.*\} has a problem: )?/, "");
  assert.match(said, new RegExp(`^${code}: .+ Fix: .+`), output);
  assert.deepEqual(more, [], output);
  assert.doesNotMatch(output, /^\s+at /m);
  return said;
}

/** The lines of the section "Diagnostics", without empty ones. */
function diagnosticsIn(output: string): string[] {
  const lines = output.split("\n");
  const begin = lines.indexOf("Diagnostics:") + 1;
  const end = lines.findIndex((line, index) => index >= begin && /^\S/.test(line));
  return lines.slice(begin, end).filter((line) => line.trim() !== "");
}
