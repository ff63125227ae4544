import assert from "node:assert/strict";
import type { MockedRun, Registered } from "../../helpers/pulumi-mocks";

/** The one resource of a type (its last part, such as `Job`); fails when there are several or none. */
export function only(run: MockedRun<unknown>, kind: string): Registered {
  const found = run.resources.filter(({ type }) => type.endsWith(`:${kind}`));
  assert.equal(found.length, 1, `resources of kind ${kind}`);
  return found[0] as Registered;
}

/** The parts of a Job that vary between programs. */
export function podOf(run: MockedRun<unknown>): {
  annotations: Record<string, string>;
  container: { args: string[]; env: { name: string; value: string }[]; [field: string]: unknown };
} {
  // The Job's schema is asserted as a whole elsewhere.
  const { template } = only(run, "Job").inputs.spec as { template: never };
  const { metadata, spec } = template as { metadata: { annotations: never }; spec: { containers: [never] } };
  return { annotations: metadata.annotations, container: spec.containers[0] };
}

/** Name of the one ConfigMap. It ends with a hash of the content, which changes with the entrypoint's text. */
export function configMapName(run: MockedRun<unknown>): string {
  const { name } = only(run, "ConfigMap").inputs.metadata as { name: string };
  assert.match(name, /^deployer-[0-9a-f]{10}$/);
  return name;
}

/** Kinds and names of all registered resources. */
export function listed(run: MockedRun<unknown>): string[] {
  return run.resources.map(({ type, name }) => `${type.split(":").pop()} ${name}`);
}
