import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exampleNamed } from "../../../cli/examples";
import { describeLab } from "../../../cli/lab/describe";
import { Engine } from "../../../lab/engine/engine";
import type { ClusterState } from "../../../lab/types";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { ok } from "../../engine/support/engine";
import { makeNamespace } from "../../engine/support/kubernetes";
import { runnerStack } from "../../engine/support/runner";
import {
  copyNeeds,
  type PodTemplate,
  type ProbeOutcome,
  type RunOptions,
  templateOf,
} from "../cloud-runner/runner-pod";
import { type AwsLab, startAwsLab } from "./aws-lab";
import { probe } from "./probe";

/** Namespaces of the example, of the runner with EKS Pod Identity, and of nobody's runner. */
const EXAMPLE = "pulumi-eks";
const PODS = "pod-identity";
const ELSEWHERE = "elsewhere";
const PULUMI_TOKEN = "/var/run/secrets/pulumi/token";

describe("AWS from inside of a runner's pod, with AWS' own client", () => {
  let lab: AwsLab;
  /** Pods of the EKS example (a token for STS), and of the same runner with EKS Pod Identity. */
  let example: PodTemplate;
  let pods: PodTemplate;
  let roleArn: string;
  let probes = 0;

  before(async () => {
    lab = await startAwsLab();
    const { state, first, second } = lab;
    const { directory, config } = exampleNamed("eks");
    const engine = new Engine(state, { project: join(packageRoot(), directory), config: config(state) });
    await Promise.all([
      (async () => {
        await engine.init();
        await ok(engine.up());
        example = await templateOf(first, EXAMPLE);
        roleArn = variable(example, "AWS_ROLE_ARN");
        await first.post(`/api/v1/namespaces/${EXAMPLE}/serviceaccounts`, { metadata: { name: "neighbour" } });
        await copyNeeds(example, { client: first, namespace: EXAMPLE }, { client: first, namespace: ELSEWHERE });
        await copyNeeds(example, { client: first, namespace: EXAMPLE }, { client: second, namespace: EXAMPLE });
      })(),
      (async () => {
        // On the other cluster, so that the two programs share nothing but the lab.
        const [one, other] = state.clusters as [ClusterState, ClusterState];
        const turned = { ...state, clusters: [other, one], kubeconfig: other.kubeconfig };
        await makeNamespace(turned, PODS);
        const args = { cluster: { name: "second" }, aws: { podIdentity: { role: {} } }, command: ["true"] };
        await ok((await runnerStack(turned, "pods", PODS, { kind: "eks", args })).up());
        pods = await templateOf(second, PODS);
        await second.post(`/api/v1/namespaces/${PODS}/serviceaccounts`, { metadata: { name: "neighbour" } });
        await copyNeeds(pods, { client: second, namespace: PODS }, { client: first, namespace: PODS });
      })(),
    ]);
  });
  after(() => lab?.stop());

  const variable = ({ spec }: PodTemplate, name: string) =>
    spec.containers[0]?.env.find((entry) => entry.name === name)?.value ?? assert.fail(`the pod has no ${name}`);
  const run = (template: PodTemplate, namespace: string, options: Partial<RunOptions> = {}) =>
    probe(template, `probe-${probes++}`, { client: lab.first, namespace, ...options });
  const fails = ({ exitCode, log }: ProbeOutcome, refusal: RegExp) => {
    assert.equal(exitCode, 3, log);
    assert.match(log, refusal);
    assert.doesNotMatch(log, /I am/);
  };
  const log = () => readFileSync(join(lab.state.directory, "lab.log"), "utf8");

  it("is described by its addresses, and by nothing that only the lab's parts need", () => {
    const { aws, ...more } = describeLab(lab.state);
    assert.match(aws.stsUrl, /^https:\/\/127\.0\.0\.1:\d+$/);
    assert.deepEqual(aws, { stsUrl: aws.stsUrl, region: "us-west-2" });
    assert.ok("pulumiCloud" in more && !("control" in more));
  });

  describe("with a token for STS", () => {
    const DENIED = /^refused: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity$/m;

    it("gets credentials for the role, after the exchange at Pulumi Cloud", async () => {
      const { exitCode, log: text } = await run(example, EXAMPLE);
      assert.equal(exitCode, 0, text);
      assert.match(text, /^oidc-runner: exchanged this pod's token /);
      const role = roleArn.split("/").at(-1);
      const arn = /^I am (.*)$/m.exec(text)?.[1] ?? assert.fail(text);
      assert.match(arn, new RegExp(`^arn:aws:sts::111122223333:assumed-role/${role}/[\\w-]+$`));
    });

    it("refuses the neighbour ServiceAccount, another namespace, another cluster and the token for Pulumi", async () => {
      const bare = { bare: true };
      const [good, neighbour, elsewhere, otherCluster, pulumiToken] = await Promise.all([
        run(example, EXAMPLE, bare),
        run(example, EXAMPLE, { ...bare, serviceAccountName: "neighbour" }),
        run(example, ELSEWHERE, bare),
        run(example, EXAMPLE, { ...bare, client: lab.second }),
        run(example, EXAMPLE, { ...bare, env: { AWS_WEB_IDENTITY_TOKEN_FILE: PULUMI_TOKEN } }),
      ]);
      assert.equal(good.exitCode, 0, good.log);
      fails(neighbour, DENIED);
      fails(elsewhere, DENIED);
      fails(otherCluster, DENIED);
      fails(pulumiToken, /^refused: InvalidIdentityTokenException: Incorrect token audience$/m);
      assert.match(
        log(),
        /code=AccessDenied .*issuer="https:\/\/oidc\.eks\.us-west-2\S+ sub="system:serviceaccount:elsewhere:/,
      );
    });
  });

  describe("with EKS Pod Identity", () => {
    // The SDK goes on to other places for credentials and forgets why this one had none; the lab's log says it.
    const NO_CREDENTIALS = /^refused: CredentialsProviderError: Could not load credentials from any providers$/m;

    it("gets credentials for the role that is associated, after the exchange at Pulumi Cloud", async () => {
      assert.equal(variable(pods, "AWS_CONTAINER_CREDENTIALS_FULL_URI"), "http://169.254.170.23/v1/credentials");
      const { exitCode, log: text } = await run(pods, PODS, { client: lab.second });
      assert.equal(exitCode, 0, text);
      assert.match(text, /^I am arn:aws:sts::111122223333:assumed-role\/tested-\w+\/eks-second-probe-[\w-]+$/m);
    });

    it("refuses the neighbour ServiceAccount, another cluster and the token for Pulumi", async () => {
      const bare = { bare: true, client: lab.second };
      const [good, neighbour, otherCluster, pulumiToken] = await Promise.all([
        run(pods, PODS, bare),
        run(pods, PODS, { ...bare, serviceAccountName: "neighbour" }),
        run(pods, PODS, { ...bare, client: lab.first }),
        run(pods, PODS, { ...bare, env: { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: PULUMI_TOKEN } }),
      ]);
      assert.equal(good.exitCode, 0, good.log);
      fails(neighbour, NO_CREDENTIALS);
      fails(otherCluster, NO_CREDENTIALS);
      fails(pulumiToken, NO_CREDENTIALS);
      assert.match(log(), /pod-identity cluster=second decision=deny .*no association for pod-identity\/neighbour/);
      assert.match(log(), /pod-identity cluster=first decision=deny .*has no association/);
      assert.match(log(), /pod-identity cluster=second decision=deny .*the audience is urn:pulumi:org:acme/);
    });
  });
});
