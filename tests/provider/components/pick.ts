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
  volumes: { name: string; [source: string]: unknown }[];
} {
  // The Job's schema is asserted as a whole elsewhere.
  const { template } = only(run, "Job").inputs.spec as { template: never };
  const { metadata, spec } = template as {
    metadata: { annotations: never };
    spec: { containers: [never]; volumes: never };
  };
  return { annotations: metadata.annotations, container: spec.containers[0], volumes: spec.volumes };
}

/** A ConfigMap by its resource's name; fails when there is none. */
export function configMap(run: MockedRun<unknown>, resourceName: string): Registered {
  const found = run.resources.find(({ type, name }) => type.endsWith(":ConfigMap") && name === resourceName);
  assert.ok(found, `ConfigMap ${resourceName}`);
  return found;
}

/** What the runner's pod compares a refused token with. */
export function expectedOf(run: MockedRun<unknown>): string {
  return podOf(run).container.env.find(({ name }) => name === "OIDC_RUNNER_EXPECTED")?.value as string;
}

/** Kinds and names of all registered resources. */
export function listed(run: MockedRun<unknown>): string[] {
  return run.resources.map(({ type, name }) => `${type.split(":").pop()} ${name}`);
}
