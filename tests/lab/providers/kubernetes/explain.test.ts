import assert from "node:assert/strict";
import { explain } from "../../../../lab/providers/kubernetes/await/explain";
import type { Cluster } from "../../../../lab/providers/kubernetes/cluster";

const DEPLOYMENT = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "d", namespace: "n" },
  spec: { selector: { matchLabels: { app: "d" } } },
};
const crashing = { waiting: { reason: "CrashLoopBackOff", message: "back-off" } };
const ended = (exitCode: number) => ({
  terminated: { exitCode, reason: "Error", message: "refused", finishedAt: "T" },
});

/** Explains a Deployment with one pod, whose one container has this status. */
function explained(status: object): Promise<string[]> {
  const pod = { kind: "Pod", metadata: { name: "p", namespace: "n" }, status: { containerStatuses: [status] } };
  const get = async (path: string) => ({ items: path.endsWith("/pods") ? [pod] : [] });
  return explain({ api: { get } } as unknown as Cluster, DEPLOYMENT);
}

describe("lab/providers/kubernetes/await/explain", () => {
  const last = 'Container "c" terminated at T (Error: exit code 77)\nrefused';

  it("tells how a container ended that is started again and again", async () => {
    assert.deepEqual(await explained({ name: "c", state: crashing, lastState: ended(77) }), [
      `[Pod n/p]: [CrashLoopBackOff] back-off\n${last}`,
    ]);
  });

  it("tells what a container that ended left as its message, else its exit code", async () => {
    assert.deepEqual(await explained({ name: "c", state: ended(3) }), ["[Pod n/p]: [Error] refused"]);
    const silent = { terminated: { exitCode: 3, reason: "Error" } };
    assert.deepEqual(await explained({ name: "c", state: silent }), [
      '[Pod n/p]: Container "c" completed with exit code 3',
    ]);
  });

  it("says nothing of one that is ready or being made", async () => {
    assert.deepEqual(await explained({ name: "c", ready: true, state: { running: {} }, lastState: ended(77) }), []);
    assert.deepEqual(await explained({ name: "c", state: { waiting: { reason: "ContainerCreating" } } }), []);
  });
});
