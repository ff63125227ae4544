import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../../../lab/cluster/api-client";
import { clusterOfShape } from "../../../lab/issuer-shapes";
import { entrypointScripts, runnerFiles } from "../../../provider/workload/entrypoint";
import { recommendedLabels } from "../../../provider/workload/pod/labels";
import { pulumiToken } from "../../../provider/workload/pod/subject-token";
import { podTemplate } from "../../../provider/workload/pod/template";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { resolvePulumiCli } from "../../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../../tools/toolchain/report";
import { NAMESPACE, prepareNamespace, trustOf } from "./runner-job";
import { type RunnerLab, startRunnerLab } from "./runner-lab";

/** An image with the CLI, Node.js and Pulumi's SDK. */
const IMAGE = "example.com/deployer:1";

/**
 * A program with one resource whose creation can't be interrupted, as most can't. It ends two seconds after the script was
 * told to end, so that a slow machine does not finish it before.
 */
const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
class Slow extends pulumi.dynamic.Resource {
  constructor(name) {
    const provider = {
      async create() {
        require("node:fs").writeFileSync("creating", "");
        for (let tries = 0; tries < 600 && !require("node:fs").existsSync("told"); tries++) {
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        await new Promise((resolve) => setTimeout(resolve, 2000));
        return { id: "made", outs: {} };
      },
    };
    super(provider, name, {});
  }
}
new Slow("slow");
`;

/** Runs the program on a backend of files. Something else waits until the update has given its lock back, and shows the state. */
const SCRIPT = `
mkdir /tmp/inner /tmp/state
cd /tmp/inner
printf 'name: inner\\nruntime: nodejs\\n' >Pulumi.yaml
printf '%s' '${PROGRAM}' >index.js
ln -s /opt/program/node_modules node_modules
export PULUMI_BACKEND_URL=file:///tmp/state PULUMI_CONFIG_PASSPHRASE=none
pulumi stack init dev
(
  trap ': >told' TERM
  while [ ! -e creating ]; do sleep 0.1 || :; done
  echo creation began
  # The signal ends find too, which then has found nothing.
  until locks=$(find /tmp/state -path '*/locks/*' -type f) && [ -z "$locks" ]; do sleep 0.1 || :; done
  cd /tmp/state/.pulumi/stacks/inner
  echo "made: $(grep -c '"made"' dev.json), pending: $(grep -c '"pending_operations"' dev.json)"
) &
pulumi up --yes --skip-preview --stack dev
echo not reached
`;

interface PodStatus {
  status: { containerStatuses?: { state: { terminated?: { exitCode: number } } }[] };
}

describe("a pod that is deleted while its script updates a stack", () => {
  let lab: RunnerLab;
  let cluster: ApiClient;

  before(async () => {
    const { path: cli } = await resolvePulumiCli(silentReport);
    const binds = [
      { source: dirname(cli), target: "/opt/pulumi" },
      { source: dirname(process.execPath), target: "/opt/node" },
      { source: join(packageRoot(), "node_modules"), target: "/opt/program/node_modules" },
    ];
    const image = { match: IMAGE, binds, path: "/opt/pulumi:/opt/node:/usr/bin:/bin" };
    lab = await startRunnerLab([clusterOfShape("kubernetes")], [image]);
    cluster = lab.clusters[0] as ApiClient;
    const trust = trustOf(lab, "deployer");
    await prepareNamespace(lab, cluster, NAMESPACE, ["deployer"]);
    const issuer = await lab.cloud.registerIssuer({ name: "first", url: trust.issuerUrl });
    const { id } = await lab.cloud.getPolicy(issuer.id);
    await lab.cloud.updatePolicy(id, [trust.definition]);
    const data = { ...entrypointScripts(), ...runnerFiles({ caCertificates: lab.ca, script: SCRIPT }) };
    await cluster.post(`/api/v1/namespaces/${NAMESPACE}/configmaps`, { metadata: { name: "deployer" }, data });
  });
  after(async () => {
    await lab?.stop();
  });

  it("cancels the update: what was being created is in the state, nothing is pending, no lock is left [A3]", async () => {
    const pods = `/api/v1/namespaces/${NAMESPACE}/pods`;
    const { metadata, spec } = podTemplate({
      organization: lab.state.pulumiCloud.organization,
      trust: trustOf(lab, "deployer"),
      token: { tokenType: "organization" },
      expirationSeconds: 7200,
      apiUrl: lab.state.pulumiCloud.url,
      configMapNames: ["deployer"],
      image: IMAGE,
      hasScript: true,
      subjectToken: pulumiToken(lab.state.pulumiCloud.organization),
      labels: recommendedLabels("deployer"),
      annotations: {},
    });
    // Keeps the object when its containers have ended, so that their end can be seen.
    const finalizers = ["tests.example.com/keep"];
    // A backend of files asks for the user's name, which "nobody" has on this machine and the runner's own user has not.
    const securityContext = { ...(spec.securityContext as object), runAsUser: 65534, runAsGroup: 65534 };
    const body = { ...spec, securityContext, terminationGracePeriodSeconds: 120 };
    await cluster.post(pods, { metadata: { ...metadata, name: "deployer", finalizers }, spec: body });
    const log = () => cluster.text(`${pods}/deployer/log`).catch(() => "");
    const exitCode = async () => {
      const { status } = await cluster.get<PodStatus>(`${pods}/deployer`);
      return status.containerStatuses?.[0]?.state.terminated?.exitCode;
    };
    while (!/creation began/.test(await log())) {
      assert.equal(await exitCode(), undefined, await log());
      await sleep(100);
    }
    await cluster.delete(`${pods}/deployer`);
    while ((await exitCode()) === undefined) {
      await sleep(100);
    }
    const output = await log();
    await cluster.patch(`${pods}/deployer`, { metadata: { finalizers: null } });
    assert.match(output, /SIGTERM received; cancelling/);
    assert.match(output, /error: update canceled/);
    assert.doesNotMatch(output, /^not reached$/m);
    assert.match(output, /^made: 1, pending: 0$/m);
  });
});
