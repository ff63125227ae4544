import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  KubernetesOidcRunner,
  type KubernetesOidcRunnerArgs,
} from "../../../../provider/components/runner/kubernetes-oidc-runner";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud, ISSUER } from "../cloud";
import { configMap, listed, only } from "../pick";

const LABELS = {
  "app.kubernetes.io/name": "oidc-runner",
  "app.kubernetes.io/instance": "deployer",
  "app.kubernetes.io/managed-by": "pulumi",
};

interface Template {
  metadata: { labels: Record<string, string>; annotations: Record<string, string> };
  spec: { [field: string]: unknown; containers: { args: string[]; [field: string]: unknown }[] };
}
interface Spec {
  [field: string]: unknown;
  template: Template;
  jobTemplate: { metadata: object; spec: Spec };
}

function make(args: Partial<KubernetesOidcRunnerArgs>, options?: pulumi.ComponentResourceOptions) {
  const program = () => {
    const runner = new KubernetesOidcRunner(
      "deployer",
      {
        organization: "acme",
        accessToken: { organization: {} },
        cluster: { issuerUrl: ISSUER },
        namespace: "pulumi",
        apiUrl: API,
        ...args,
      },
      options,
    );
    return { workloadName: runner.workloadName };
  };
  return runProgram(program, cloud);
}

async function run(args: Partial<KubernetesOidcRunnerArgs>) {
  const result = await make(args);
  assert.deepEqual(result.errors, []);
  return result;
}

const specOf = (result: Awaited<ReturnType<typeof run>>, kind: string) => only(result, kind).inputs.spec as Spec;
const kinds = (result: Awaited<ReturnType<typeof run>>) => listed(result).map((line) => line.split(" ")[0]);

describe("a runner's workload", () => {
  it("is a Job unless told otherwise, under both its names", async () => {
    const result = await run({});
    assert.deepEqual(result.outputs, {
      workloadName: "deployer-7f3a",
    });
    assert.deepEqual(Object.keys(specOf(result, "Job")), ["activeDeadlineSeconds", "backoffLimit", "template"]);
    assert.equal(specOf(await run({ job: { ttlSecondsAfterFinished: 60 } }), "Job").ttlSecondsAfterFinished, 60);
  });

  it("is a CronJob at set times, whose runs are what a Job would be", async () => {
    const result = await run({
      cronJob: { schedule: "0 3 * * *", timeZone: pulumi.output("Etc/UTC"), startingDeadlineSeconds: 60 },
    });
    const { metadata, spec } = only(result, "CronJob").inputs as { metadata: object; spec: Spec };
    assert.deepEqual(metadata, { namespace: "pulumi", labels: LABELS });
    const { jobTemplate, ...schedule } = spec;
    assert.deepEqual(schedule, {
      schedule: "0 3 * * *",
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 60,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
    const job = await run({});
    assert.deepEqual(jobTemplate, { metadata: { labels: LABELS }, spec: specOf(job, "Job") });
    assert.ok(!kinds(result).includes("Job"));
    assert.deepEqual(result.outputs, {
      workloadName: "deployer-c4a1",
    });
  });

  it("is a Deployment for a service, whose pods start again and are found by labels of their own", async () => {
    const result = await run({ script: "serve", deployment: { replicas: pulumi.output(2) }, triggers: ["1"] });
    const { metadata, spec } = only(result, "Deployment").inputs as { metadata: object; spec: Spec };
    assert.deepEqual(metadata, {
      namespace: "pulumi",
      labels: LABELS,
      annotations: { "pulumi.com/timeoutSeconds": "1230" },
    });
    const { template, ...rollout } = spec;
    const matchLabels = { "app.kubernetes.io/name": "oidc-runner", "app.kubernetes.io/instance": "deployer" };
    assert.deepEqual(rollout, { replicas: 2, minReadySeconds: 5, selector: { matchLabels } });
    assert.equal(template.spec.restartPolicy, "Always");
    assert.deepEqual(Object.keys(template.metadata.annotations), ["pulumi-oidc-runner/triggers"]);
    assert.deepEqual(template.metadata.labels, LABELS);
    // It can't be changed, so what users may change is no part of it.
    const labelled = specOf(await run({ script: "serve", deployment: {}, labels: { team: "web" } }), "Deployment");
    assert.deepEqual(labelled.selector, { matchLabels });
    assert.deepEqual(result.outputs, {
      workloadName: "deployer-d3b9",
    });
  });

  it("waits for what its pods need, of whatever kind it is", async () => {
    for (const [kind, args, own] of [
      ["Job", {}, []],
      ["CronJob", { cronJob: { schedule: "@daily" } }, []],
      ["Deployment", { script: "serve", deployment: {} }, ["kubernetes:core/v1:ConfigMap deployer"]],
    ] as const) {
      assert.deepEqual(only(await run(args), kind).dependencies, [
        ...own,
        "kubernetes:core/v1:ConfigMap pulumi-entrypoint",
        "kubernetes:core/v1:ServiceAccount deployer",
        "pulumi-nodejs:dynamic/oidc-runner:OidcPolicy deployer",
      ]);
    }
  });

  const retains = (result: Awaited<ReturnType<typeof run>>, name: string) =>
    result.engineOptions.get(`kubernetes:core/v1:ConfigMap ${name}`)?.retainOnDelete;

  for (const [files, kind, args] of [
    ["deployer", "CronJob", { script: "scan", cronJob: { schedule: "0 3 * * *" } }],
    ["deployer", "Deployment", { script: "serve", deployment: {} }],
    ["pulumi-entrypoint", "CronJob", { cronJob: { schedule: "0 3 * * *" } }],
    ["pulumi-entrypoint", "Job", {}],
  ] as const) {
    it(`keeps the earlier versions of ConfigMap ${files} of a ${kind} as long as its owner [A25]`, async () => {
      const result = await run(args);
      const owner = configMap(result, `${files}-owner`);
      assert.deepEqual([owner.inputs.data, retains(result, `${files}-owner`)], [undefined, false]);
      assert.equal(retains(result, files), true);
      const { name, ownerReferences } = (configMap(result, files).inputs.metadata ?? {}) as {
        name?: string;
        ownerReferences?: object[];
      };
      const reference = {
        apiVersion: "v1",
        kind: "ConfigMap",
        name: `${files}-owner-9e21`,
        uid: `uid-of-${files}-owner`,
      };
      assert.deepEqual(ownerReferences, [reference]);
      // Content that comes back must not meet the object it had before.
      assert.equal(name, undefined);
    });
  }

  it("deletes the script of an earlier version of a Job, which goes as well", async () => {
    const result = await run({ script: "true" });
    assert.equal(retains(result, "deployer"), false);
    assert.equal("ownerReferences" in (configMap(result, "deployer").inputs.metadata as object), false);
  });

  const annotations = async (args: Partial<KubernetesOidcRunnerArgs>, kind: string) =>
    (only(await run(args), kind).inputs.metadata as { annotations?: Record<string, string> }).annotations;

  it("is made again by the next update only where it can have failed for good", async () => {
    assert.equal((await annotations({}, "Job"))?.["pulumi.com/replaceUnready"], "true");
    assert.deepEqual(await annotations({ script: "serve", deployment: {} }, "Deployment"), {
      "pulumi.com/timeoutSeconds": "630",
    });
    assert.equal(await annotations({ cronJob: { schedule: "@daily" } }, "CronJob"), undefined);
  });

  it("is waited for as long as it may run and its pods may take to end [A2]", async () => {
    const wait = async (args: Partial<KubernetesOidcRunnerArgs>) =>
      (await annotations(args, "Job"))?.["pulumi.com/timeoutSeconds"];
    const grace = (terminationGracePeriodSeconds: number | null) => ({ spec: { terminationGracePeriodSeconds } });
    assert.equal(await wait({}), String(3600 + 300 + 60));
    assert.equal(await wait({ job: { activeDeadlineSeconds: pulumi.output(900), backoffLimit: 3 } }), "1260");
    assert.equal(await wait({ podTemplate: pulumi.output(grace(30)) }), "3690");
    // Without a field of ours Kubernetes has its own 30 seconds, and waiting longer than that does no harm.
    assert.equal(await wait({ podTemplate: grace(null) }), "3960");
  });

  it("is deleted before it is replaced, so that no two Jobs run [A2]", async () => {
    const dbr = async (args: Partial<KubernetesOidcRunnerArgs>, kind: string) =>
      (await run(args)).engineOptions.get(`${kind} deployer`)?.deleteBeforeReplace;
    assert.equal(await dbr({}, "kubernetes:batch/v1:Job"), true);
    assert.equal(await dbr({ script: "serve", deployment: {} }, "kubernetes:apps/v1:Deployment"), false);
  });

  it("has the runner's customTimeouts, whatever it is [A2]", async () => {
    for (const [type, args] of [
      ["kubernetes:batch/v1:Job", {}],
      ["kubernetes:batch/v1:CronJob", { cronJob: { schedule: "@daily" } }],
      ["kubernetes:apps/v1:Deployment", { script: "serve", deployment: {} }],
    ] as const) {
      const limits = async (options?: pulumi.ComponentResourceOptions) =>
        (await make(args, options)).engineOptions.get(`${type} deployer`)?.customTimeouts;
      const customTimeouts = { create: "2h", delete: "7m" };
      const limited = await limits({ customTimeouts });
      assert.deepEqual([limited?.create, limited?.pb_delete], ["2h", "7m"], type);
      assert.equal((await limits())?.create, "", type);
    }
  });
});

describe("a runner's pod", () => {
  const podOf = async (args: Partial<KubernetesOidcRunnerArgs>) => specOf(await run(args), "Job").template;

  it("takes scheduling, values of Secrets and a template", async () => {
    const { metadata, spec } = await podOf({
      nodeSelector: { disk: pulumi.output("ssd") },
      tolerations: [{ key: "dedicated", operator: "Exists" }],
      secretEnv: { DATABASE: { name: "db", key: pulumi.output("url") } },
      podTemplate: {
        metadata: { annotations: { note: "x" } },
        spec: { priorityClassName: "high", tolerations: [{ key: "spot" }] },
      },
    });
    assert.deepEqual(spec.nodeSelector, { "kubernetes.io/os": "linux", disk: "ssd" });
    assert.deepEqual(spec.tolerations, [{ key: "dedicated", operator: "Exists" }, { key: "spot" }]);
    assert.equal(spec.priorityClassName, "high");
    assert.deepEqual(metadata.annotations, { note: "x" });
    const env = spec.containers[0]?.env as object[];
    assert.deepEqual(env[0], { name: "DATABASE", valueFrom: { secretKeyRef: { name: "db", key: "url" } } });
  });

  it("has the user's labels, as every object of the runner does", async () => {
    const result = await run({ createNamespace: true, script: "true", labels: { team: pulumi.output("web") } });
    const labelsOf = ({ inputs }: { inputs: Record<string, unknown> }) =>
      (inputs.metadata as { labels: Record<string, string> }).labels;
    for (const object of [only(result, "ServiceAccount"), only(result, "Job"), configMap(result, "deployer")]) {
      assert.deepEqual(labelsOf(object), { ...LABELS, team: "web" });
    }
    // They can be several runners', and have no instance's name.
    const { "app.kubernetes.io/instance": _, ...shared } = LABELS;
    assert.deepEqual(labelsOf(configMap(result, "pulumi-entrypoint")), { ...shared, team: "web" });
    assert.deepEqual(labelsOf(only(result, "Namespace")), {
      ...shared,
      team: "web",
      "pod-security.kubernetes.io/enforce": "restricted",
    });
    assert.deepEqual(specOf(result, "Job").template.metadata.labels, { ...LABELS, team: "web" });
  });

  it("asks for an administrator's token only when told to, and its definition allows it only then", async () => {
    for (const admin of [true, false, undefined]) {
      const result = await run({ accessToken: { organization: { admin } } });
      const [policy] = only(result, "OidcPolicy").inputs.policies as { accessToken: { organization: object } }[];
      assert.deepEqual(policy?.accessToken, { organization: admin === undefined ? {} : { admin } });
      const env = specOf(result, "Job").template.spec.containers[0]?.env as { name: string }[];
      assert.equal(
        env.some(({ name }) => name === "OIDC_RUNNER_ADMIN"),
        admin === true,
      );
    }
  });

  it("runs as an existing ServiceAccount, and makes none", async () => {
    const result = await run({ createServiceAccount: false, serviceAccountName: "existing" });
    assert.ok(!kinds(result).includes("ServiceAccount"));
    assert.equal(specOf(result, "Job").template.spec.serviceAccountName, "existing");
    const [definition] = only(result, "OidcPolicy").inputs.policies as { rules: { sub: string } }[];
    assert.equal(definition?.rules.sub, "system:serviceaccount:pulumi:existing");
  });

  it("is not made from a template that turns out to part it from its trust", async () => {
    const podTemplate = pulumi.output({ spec: { serviceAccountName: "other" } });
    const { errors, ...result } = await make({ podTemplate });
    assert.deepEqual(
      errors.map((error) => (error as { code?: string }).code),
      ["POD_TEMPLATE_TRUST"],
    );
    assert.ok(!result.resources.some(({ type }) => type.endsWith(":Job")));
    await podOf({ podTemplate: pulumi.output({ spec: { serviceAccountName: "deployer" } }) });
  });
});
