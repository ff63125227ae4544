import assert from "node:assert/strict";
import { type IsolatedCluster, runShell, startIsolatedCluster } from "./isolated-cluster";
import { AUDIENCE, createRestrictedNamespace, mainJob, runJob } from "./main-pod";

describe("lab/cluster as an ordinary user", () => {
  let cluster: IsolatedCluster;

  before(async () => {
    cluster = await startIsolatedCluster({ asNobody: process.geteuid?.() === 0 });
    await createRestrictedNamespace(cluster.client, "runners");
  });
  after(async () => {
    await cluster?.stop();
  });

  it("runs the restricted Job with its own token", async () => {
    const { condition, log, claims } = await runJob(cluster.client, "runners", mainJob("good"));
    assert.equal(condition.type, "Complete", log);
    assert.deepEqual(log.trimEnd().split("\n"), [
      "user 65532:65532",
      "token 600 65532",
      "home is writable",
      "home is in memory",
      "tmp is writable",
      "stand-in pulumi whoami",
      "CapEff: 0000000000000000",
      "NoNewPrivs: 1",
      "/home:/root:",
    ]);
    assert.deepEqual(claims.aud, [AUDIENCE]);
  });

  it("fails the Job when the entrypoint does", async () => {
    const job = mainJob("bad", [{ name: "EXIT_CODE", value: "3" }]);
    const { condition, pod } = await runJob(cluster.client, "runners", job);
    assert.equal(condition.reason, "BackoffLimitExceeded");
    assert.equal(pod.status.containerStatuses?.[0]?.state.terminated?.exitCode, 3);
  });

  it("keeps the host's files out of reach and its root without power", async () => {
    const script = `ls ${cluster.directory} 2>/dev/null; touch /usr/bin/x 2>/dev/null && echo wrote; id -u`;
    assert.equal(await runShell(cluster.client, "root", script), "0\n");
  });
});
