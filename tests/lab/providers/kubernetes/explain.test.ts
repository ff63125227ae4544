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
const ended = (exitCode: number) => ({ terminated: { exitCode, reason: "Error", message: "refused" } });

/** Explains a Deployment with one pod, whose one container has this status. */
function explained(status: object): Promise<string[]> {
  const pod = { kind: "Pod", metadata: { name: "p", namespace: "n" }, status: { containerStatuses: [status] } };
  const get = async (path: string) => ({ items: path.endsWith("/pods") ? [pod] : [] });
  return explain({ api: { get } } as unknown as Cluster, DEPLOYMENT);
}

describe("lab/providers/kubernetes/await/explain", () => {
  it("tells how a container ended that is started again and again", async () => {
    assert.deepEqual(await explained({ name: "c", state: crashing, lastState: ended(77) }), [
      "container c of pod p waits: [CrashLoopBackOff] back-off",
      "container c of pod p ended with exit code 77 (Error): refused",
    ]);
  });

  it("tells of a container that ended, but not of one that runs again", async () => {
    const end = "container c of pod p ended with exit code 3 (Error): refused";
    assert.deepEqual(await explained({ name: "c", state: ended(3), lastState: ended(77) }), [end]);
    assert.deepEqual(await explained({ name: "c", state: { running: {} }, lastState: ended(77) }), []);
    assert.deepEqual(await explained({ name: "c", state: crashing, lastState: ended(0) }), [
      "container c of pod p waits: [CrashLoopBackOff] back-off",
    ]);
  });
});
