import assert from "node:assert/strict";
import { isComplete, readiness } from "../../../../lab/providers/kubernetes/await/readiness";
import { timeoutMs } from "../../../../lab/providers/kubernetes/await/timeout";

const object = (apiVersion: string, kind: string, status?: object, rest: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name: "x", generation: 2 },
  ...rest,
  ...(status === undefined ? {} : { status }),
});
const job = (status?: object) => object("batch/v1", "Job", status);
const state = (value: Parameters<typeof readiness>[0]) => readiness(value).state;

describe("readiness", () => {
  it("of a Job is its Complete condition, and only when it is true", () => {
    assert.equal(state(job()), "waiting");
    assert.equal(state(job({ startTime: "t", active: 1 })), "waiting");
    assert.equal(state(job({ startTime: "t", conditions: [{ type: "Complete", status: "False" }] })), "waiting");
    assert.equal(
      state(job({ startTime: "t", conditions: [{ type: "SuccessCriteriaMet", status: "True" }] })),
      "waiting",
    );
    assert.ok(isComplete(job({ startTime: "t", conditions: [{ type: "Complete", status: "True" }] })));
  });

  it("of a failed Job says why", () => {
    for (const reason of ["DeadlineExceeded", "BackoffLimitExceeded"]) {
      const conditions = [{ type: "Failed", status: "True", reason, message: "because" }];
      assert.deepEqual(readiness(job({ conditions })), { state: "failed", reason: `[${reason}] because` });
    }
    assert.equal(state(job({ startTime: "t", conditions: [{ type: "Failed", status: "False" }] })), "waiting");
    // The official provider does not look at other reasons.
    const other = [{ type: "Failed", status: "True", reason: "PodFailurePolicy", message: "because" }];
    assert.equal(state(job({ startTime: "t", conditions: other })), "waiting");
  });

  it("of a Deployment needs the controller's word on this generation and no old replica", () => {
    const done = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
    const deployment = (status: object) => object("apps/v1", "Deployment", status, { spec: { replicas: 1 } });
    assert.equal(state(deployment(done)), "ready");
    assert.equal(state(deployment({ ...done, observedGeneration: 1 })), "waiting");
    assert.equal(state(deployment({ ...done, availableReplicas: 0 })), "waiting");
    assert.equal(state(deployment({ ...done, replicas: 2 })), "waiting");
    // Kubernetes' giving up ends no wait of the official provider either.
    const stuck = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "stuck" }];
    assert.deepEqual(readiness(deployment({ ...done, availableReplicas: 0, conditions: stuck })), {
      state: "waiting",
      why: "[ProgressDeadlineExceeded] stuck\nMinimum number of live Pods was not attained",
    });
  });

  it("of a Pod is being ready or done; other kinds are ready when they exist", () => {
    assert.equal(state(object("v1", "Pod", { phase: "Pending" })), "waiting");
    assert.equal(state(object("v1", "Pod", { phase: "Running" })), "waiting");
    assert.equal(
      state(object("v1", "Pod", { phase: "Running", conditions: [{ type: "Ready", status: "True" }] })),
      "ready",
    );
    assert.equal(state(object("v1", "Pod", { phase: "Failed" })), "failed");
    assert.equal(state(object("v1", "ServiceAccount")), "ready");
    assert.equal(state(object("example.com/v1", "Job", { conditions: [] })), "ready");
  });

  it("is waited for as long as customTimeouts, the annotation or ten minutes say, in this order", () => {
    const annotated = { metadata: { annotations: { "pulumi.com/timeoutSeconds": "7" } } };
    assert.equal(timeoutMs(3, annotated), 3000);
    assert.equal(timeoutMs(0, annotated), 7000);
    assert.equal(timeoutMs(0, { metadata: {} }), 600_000);
    assert.equal(timeoutMs(0, { metadata: { annotations: { "pulumi.com/timeoutSeconds": "soon" } } }), 600_000);
  });
});
