import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../../../lab/cluster/api-client";
import { clusterOfShape } from "../../../lab/issuer-shapes";
import { cronJobSpec } from "../../../provider/workload/kinds/cron-job";
import { deploymentSpec } from "../../../provider/workload/kinds/deployment";
import { jobSpec } from "../../../provider/workload/kinds/job";
import { recommendedLabels } from "../../../provider/workload/pod/labels";
import type { PodOptions } from "../../../provider/workload/pod/options";
import { pulumiToken } from "../../../provider/workload/pod/subject-token";
import { podTemplate } from "../../../provider/workload/pod/template";
import { skip } from "../../skip";
import { assertNoToken } from "./refusals";
import { NAMESPACE, prepareNamespace, runJob, trustOf } from "./runner-job";
import { type RunnerLab, startRunnerLab } from "./runner-lab";

/** Life of the access tokens, seconds: the least that runners take. */
const LIFE = 5;

/** Calls Pulumi Cloud four times a second with the token that is in the file then, and asks the CLI now and then. */
const SERVICE = `
call() { printf 'header = "Authorization: token %s"\\n' "$(cat "$OIDC_RUNNER_ACCESS_TOKEN_FILE")" | curl -sf -o /dev/null -K - "$PULUMI_BACKEND_URL/api/user"; }
n=0
while :; do
  call && echo "call ok" || echo "call FAILED"
  [ $((n % 8)) != 0 ] || { pulumi whoami >/dev/null 2>&1 && echo "CLI ok" || echo "CLI FAILED"; }
  n=$((n + 1)); sleep 0.25
done`;

interface PodStatus {
  metadata: { name: string };
  status: {
    containerStatuses?: { restartCount: number; state: { terminated?: { exitCode: number; message?: string } } }[];
  };
}

describe("runners that go on", () => {
  let lab: RunnerLab;
  let cluster: ApiClient;

  before(async () => {
    // A token of ten minutes is renewed every two seconds.
    lab = await startRunnerLab([{ ...clusterOfShape("kubernetes"), tokenRenewalSpeed: 240 }]);
    cluster = lab.clusters[0] as ApiClient;
    const trust = trustOf(lab, "service");
    await prepareNamespace(lab, cluster, NAMESPACE, ["service", "neighbour"]);
    const issuer = await lab.cloud.registerIssuer({ name: "first", url: trust.issuerUrl });
    const { id } = await lab.cloud.getPolicy(issuer.id);
    await lab.cloud.updatePolicy(id, [trust.definition]);
  });
  after(async () => {
    await lab?.stop();
  });

  const pods = `/api/v1/namespaces/${NAMESPACE}/pods`;
  const jobs = `/apis/batch/v1/namespaces/${NAMESPACE}/jobs`;

  const template = (name: string, script: string, more: Partial<PodOptions> = {}) =>
    podTemplate({
      organization: lab.state.pulumiCloud.organization,
      trust: trustOf(lab, "service"),
      token: { tokenType: "organization" },
      expirationSeconds: LIFE,
      apiUrl: lab.state.pulumiCloud.url,
      configMapNames: ["entrypoint"],
      command: ["sh", "-c", script],
      hasScript: false,
      subjectToken: pulumiToken(lab.state.pulumiCloud.organization),
      labels: { ...recommendedLabels(name), test: name },
      annotations: {},
      ...more,
    });

  /** The pod of a test, once it is there. */
  async function podOf(test: string): Promise<PodStatus> {
    for (;;) {
      const { items } = await cluster.get<{ items: PodStatus[] }>(pods, { query: { labelSelector: `test=${test}` } });
      if (items[0] !== undefined) {
        return items[0];
      }
      await sleep(100);
    }
  }

  const logOf = (pod: PodStatus) => cluster.text(`${pods}/${pod.metadata.name}/log`).catch(() => "");

  async function logWith(test: string, pattern: RegExp): Promise<string> {
    for (;;) {
      const log = await logOf(await podOf(test));
      if (pattern.test(log)) {
        return log;
      }
      await sleep(100);
    }
  }

  /** What a container ended with. */
  async function terminated(test: string): Promise<{ exitCode: number; message?: string }> {
    for (;;) {
      const state = (await podOf(test)).status.containerStatuses?.[0]?.state.terminated;
      if (state !== undefined) {
        return state;
      }
      await sleep(100);
    }
  }

  it("outlive three access tokens and three rotations of the subject token with no failed call", async () => {
    const labels = { test: "deployment" };
    const spec = deploymentSpec(template("deployment", SERVICE, { restartPolicy: "Always" }), {}, labels);
    await cluster.post(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, { metadata: { name: "service" }, spec });
    const log = await logWith("deployment", /(renewed the access token[\s\S]*){5}(call ok[\s\S]*){4}CLI ok/);
    const pod = await podOf("deployment");
    assert.equal(pod.status.containerStatuses?.[0]?.restartCount, 0, log);
    assert.doesNotMatch(log, /FAILED|DELAYED|EXPIRED/);
    // Renewed every half life, five times: longer than two tokens live one after the other, and a third.
    assert.ok((log.match(/^call ok$/gm)?.length ?? 0) > 20, log);
    const exchanged = lab.log().match(/exchange decision=allow .*:service" token=(\S+)/g) ?? [];
    assert.ok(new Set(exchanged.map((line) => line.split("token=")[1])).size >= 4, exchanged.join("\n"));
    assertNoToken(log);
    await cluster.delete(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments/service`, {
      propagationPolicy: "Background",
    });
  });

  it("hear SIGTERM when their pod is deleted, and their exit code is kept", async () => {
    const script = "trap 'echo ending in order; exit 42' TERM; echo ready; while :; do sleep 0.1; done";
    const { metadata, spec } = template("ending", script);
    // Keeps the object when its containers have ended, so that their end can be seen.
    const finalizers = ["tests.example.com/keep"];
    await cluster.post(pods, { metadata: { ...metadata, name: "ending", finalizers }, spec });
    await logWith("ending", /ready/);
    await cluster.delete(`${pods}/ending`);
    const { exitCode } = await terminated("ending");
    const log = await logOf(await podOf("ending"));
    await cluster.patch(`${pods}/ending`, { metadata: { finalizers: null } });
    assert.equal(exitCode, 42, log);
    assert.match(log, /ending in order/);
  });

  it("leave no zombies of processes that lost their parents", async () => {
    const script = `
orphans=
for n in 1 2 3; do orphans="$orphans $(sh -c 'sleep 0.1 >/dev/null & echo $!')"; done
echo "orphans:$orphans"
# A process that has ended stays here until somebody waits for it.
for orphan in $orphans; do
  while [ -e "/proc/$orphan" ]; do sleep 0.1; done
done
exit 6`;
    const { metadata, spec } = template("orphans", script);
    await cluster.post(pods, { metadata: { ...metadata, name: "orphans" }, spec });
    // Zombies keep it from its end until the test's limit.
    assert.equal((await terminated("orphans")).exitCode, 6);
    assert.match(await logOf(await podOf("orphans")), /^orphans: \d+ \d+ \d+$/m);
  });

  it("end as a failed Job whose message has cause and fix when their token is refused", async () => {
    const trust = trustOf(lab, "service");
    const outcome = await runJob(lab, "refused", { trust, serviceAccountName: "neighbour" });
    assert.deepEqual(
      [outcome.condition.type, outcome.condition.reason, outcome.exitCode],
      ["Failed", "BackoffLimitExceeded", 77],
    );
    const query = { labelSelector: "job-name=refused" };
    const { items } = await cluster.get<{ items: PodStatus[] }>(pods, { query });
    const message = items[0]?.status.containerStatuses?.[0]?.state.terminated?.message ?? "";
    assert.ok(message.length > 0 && message.length <= 2048);
    const lines = message.trim().split("\n");
    assert.match(
      lines[0] ?? "",
      /^oidc-runner: REFUSED: Pulumi Cloud did not accept this pod's token for a token of type /,
    );
    assert.match(
      lines[1] ?? "",
      /^oidc-runner: Cause: the pod runs as another service account.* Fix: start it with the runner's own/,
    );
    assert.match(message, /DIFFERS {2}sub {2}expected: .*\n.* got: .*neighbour/);
    assert.doesNotMatch(message, /"kubernetes\.io"/);
    assert.match(outcome.log, /"kubernetes\.io"/);
  });

  it("end as a failed Job with a reason when the namespace refuses their pods", async () => {
    const { metadata, spec } = template("privileged", "true");
    const [container] = spec.containers as { securityContext: object }[];
    (container as { securityContext: object }).securityContext = { privileged: true };
    const job = { metadata: { name: "privileged" }, spec: jobSpec({ metadata, spec }, { activeDeadlineSeconds: 2 }) };
    await cluster.post(jobs, job);
    for (;;) {
      const { status } = await cluster.get<{ status: { conditions?: { type: string; reason: string }[] } }>(
        `${jobs}/privileged`,
      );
      const failed = status.conditions?.find(({ type }) => type === "Failed");
      if (failed !== undefined) {
        assert.equal(failed.reason, "DeadlineExceeded");
        break;
      }
      await sleep(200);
    }
    // An event may be written after what it is about.
    for (let said = ""; !/violates PodSecurity "restricted/.test(said); await sleep(100)) {
      const { items } = await cluster.get<{ items: { involvedObject: { name: string }; message: string }[] }>(
        `/api/v1/namespaces/${NAMESPACE}/events`,
      );
      const messages = items.filter(({ involvedObject }) => involvedObject.name === "privileged");
      said = messages.map(({ message }) => message).join("\n");
    }
  });

  it("are started by a CronJob, and exchange", async function () {
    if (process.env.OIDC_RUNNER_FULL === undefined) {
      skip(this, "waits for the minute; part of the full run");
    }
    const spec = cronJobSpec(template("cron", "pulumi whoami"), { schedule: "* * * * *" }, { test: "cron" });
    await cluster.post(`/apis/batch/v1/namespaces/${NAMESPACE}/cronjobs`, { metadata: { name: "cron" }, spec });
    assert.equal((await terminated("cron")).exitCode, 0);
    const log = await logOf(await podOf("cron"));
    assert.match(log, /^oidc-runner: exchanged .*\nacme\n/);
    await cluster.delete(`/apis/batch/v1/namespaces/${NAMESPACE}/cronjobs/cron`);
  });
});
