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
}

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

/** What a user reads of an error of ours: it appears, on one line, and no line is part of a stack trace. */
export function assertOneDiagnostic(output: string, code: string): void {
  const lines = output.split("\n");
  assert.equal(lines.filter((line) => line.includes(code)).length, 1, `one line with ${code}:\n${output}`);
  assert.match(output, new RegExp(`${code}: .+Fix: .+`));
  assert.deepEqual(
    lines.filter((line) => /^\s+at /.test(line)),
    [],
    output,
  );
}
