import assert from "node:assert/strict";
import { join } from "node:path";
import { type Example, exampleNamed } from "../../cli/examples";
import { followRequests } from "../../cli/follow";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { ok, resourcesOf } from "./support/engine";
import { KubernetesView } from "./support/kubernetes";
import { labOn } from "./support/lab";

const example: Example = exampleNamed("verified-service");
const labStarted = labOn(example.shape);

describe("a service that verifies its callers, with the real engine", () => {
  let state: LabState;
  let engine: Engine;
  let kubernetes: KubernetesView;

  before(async () => {
    state = await labStarted();
    const config = { ...example.config(state), ...(await example.machineConfig?.()) };
    engine = new Engine(state, { project: join(packageRoot(), example.directory), config });
    kubernetes = new KubernetesView(state);
    await engine.init();
  });
  after(() => kubernetes?.close());

  const asked = async () => {
    const requests = example.requests ?? assert.fail("no requests");
    const answers = await followRequests(requests, state.kubeconfig, AbortSignal.timeout(600_000));
    return answers.map(({ row, got, isRight }) => ({ row: `${row.caller}: ${row.request}`, got, isRight }));
  };

  it("up answers each request of the table as it should, with both identities", async () => {
    assert.doesNotMatch(await ok(engine.up()), /Diagnostics/);
    const answers = await asked();
    assert.deepEqual(
      answers.filter(({ isRight }) => !isRight),
      [],
    );
    assert.equal(answers.length, 14);
  });

  it("has nothing to change afterwards, not even after a refresh", async () => {
    await ok(engine.up(["--expect-no-changes"]));
    await ok(engine.refresh(["--expect-no-changes"]));
  });

  it("shows when somebody gets in who should not: the table is not satisfied by every answer", async () => {
    const { rows, namespace } = example.requests ?? assert.fail("no requests");
    const otherwise = rows.map((row) => ({ ...row, expected: { status: row.expected.status === 200 ? 403 : 200 } }));
    const answers = await followRequests(
      { namespace, rows: otherwise },
      state.kubeconfig,
      AbortSignal.timeout(600_000),
    );
    assert.ok(answers.every(({ isRight }) => !isRight));
  });

  it("destroy leaves nothing of it behind", async () => {
    const services = (await resourcesOf(engine)).filter(({ type }) => type === "gcp:cloudrunv2/service:Service");
    assert.equal(services.length, 1);
    await ok(engine.destroy());
    assert.deepEqual(await resourcesOf(engine), []);
    for (const namespace of ["hello", "id-namespace"]) {
      await assert.rejects(kubernetes.client.get(`/api/v1/namespaces/${namespace}`), /404/);
    }
  });
});
