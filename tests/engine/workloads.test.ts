import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import type { PolicyDefinition } from "../../trust/policy/model";
import { fails, ok, resourcesOf, SHORT_WINDOW } from "./support/engine";
import { control, PulumiCloud } from "./support/http";
import { KubernetesView, makeNamespace, type ObjectView } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { plainArgs } from "./support/runner";

const labStarted = labOn("kubernetes");

const NAMESPACE = "workloads";

/** Uses the access token again and again, and says how it went: one line a try. */
const SERVICE = `
echo "token in $OIDC_RUNNER_ACCESS_TOKEN_FILE"
while :; do
  if pulumi whoami >/dev/null 2>/tmp/error; then echo well; else echo BADLY; cat /tmp/error; fi
  sleep 1
done
`;

/** Plays Pulumi's agent by its environment variables alone: exchanges the token file, and makes a pod. */
const AGENT = `
code=$(curl -s --cacert /opt/oidc-runner/ca.crt -o /tmp/answer -w '%{http_code}' \
  --data-urlencode grant_type=urn:ietf:params:oauth:grant-type:token-exchange \
  --data-urlencode "audience=urn:pulumi:org:$PULUMI_AGENT_ORGANIZATION_NAME" \
  --data-urlencode subject_token_type=urn:ietf:params:oauth:token-type:id_token \
  --data-urlencode "subject_token@$PULUMI_AGENT_OIDC_TOKEN_FILE" \
  --data-urlencode requested_token_type=urn:pulumi:token-type:access_token:runner \
  --data-urlencode "scope=runner:$PULUMI_AGENT_RUNNER_POOL_ID" \
  --data-urlencode "expiration=\${PULUMI_AGENT_TOKEN_EXPIRATION%s}" \
  "$PULUMI_AGENT_SERVICE_URL/api/oauth/token")
echo "exchange $code"
api=/var/run/secrets/kubernetes.io/serviceaccount
kubernetes() {
  curl -s -o /dev/null -w '%{http_code}' --cacert $api/ca.crt -H "Authorization: Bearer $(cat $api/token)" "$@"
}
server=https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api/v1/namespaces
echo "pods $(kubernetes $server/$(cat $api/namespace)/pods)"
echo "secrets $(kubernetes $server/$(cat $api/namespace)/secrets)"
echo "elsewhere $(kubernetes $server/default/pods)"
trap 'exit 0' TERM
while :; do sleep 1 & wait $!; done
`;

// One stack is taken through its life: each step begins where the one before ended.
describe("runners of every kind, with the real engine", () => {
  let state: LabState;
  let engine: Engine;
  let kubernetes: KubernetesView;
  let cloud: PulumiCloud;

  const configure = (trigger: string, serviceTrigger = trigger, progressDeadlineSeconds = 60, script = SERVICE) => {
    const triggers = [trigger];
    const runners = {
      once: {
        command: ["sh", "-c", "echo $STAGE; cat /shared/greeting; pulumi whoami >/dev/null && echo exchanged"],
        triggers,
        podTemplate: {
          metadata: { annotations: { "example.com/owner": "web" } },
          spec: {
            volumes: [{ name: "shared", emptyDir: {} }],
            initContainers: [
              {
                name: "greet",
                image: "greeter",
                command: ["sh", "-c", "echo hello from before >/shared/greeting"],
                volumeMounts: [{ name: "shared", mountPath: "/shared" }],
              },
            ],
            containers: [
              {
                name: "runner",
                env: [{ name: "STAGE", value: "prod" }],
                volumeMounts: [{ name: "shared", mountPath: "/shared" }],
              },
            ],
          },
        },
      },
      nightly: {
        cronJob: { schedule: "@every 10s", suspend: trigger !== "1" },
        triggers,
        command: ["sh", "-c", "echo on time"],
      },
      steady: {
        // The lab's node has no probes: a pod that is refused must have ended before it counts as ready.
        deployment: { minReadySeconds: 5, progressDeadlineSeconds },
        // Renewed when 10 s of it are left, so that a login may take as long on a busy machine.
        accessToken: { organization: {}, expirationSeconds: 20 },
        script,
        // Pulumi waits at least as long for its pods to end.
        podTemplate: { spec: { terminationGracePeriodSeconds: 5 } },
        triggers: [serviceTrigger],
      },
      agent: {
        agent: {},
        accessToken: { runner: { pool: "pool-1" } },
        command: ["sh", "-c", AGENT],
        podTemplate: { spec: { terminationGracePeriodSeconds: 5 } },
      },
    };
    const common = plainArgs(state, NAMESPACE);
    engine.configure({ common: JSON.stringify(common), runners: JSON.stringify(runners) });
  };

  /** Pods of one runner that go on or went well; those of a run or rollout before are left out. */
  const podsOf = async (instance: string) => {
    const pods = (await kubernetes.ours("Pod", NAMESPACE)) as (ObjectView & {
      metadata: { deletionTimestamp?: string };
    })[];
    return pods.filter(
      ({ metadata }) =>
        metadata.labels?.["app.kubernetes.io/instance"] === instance && metadata.deletionTimestamp === undefined,
    );
  };
  const logOf = (pod: ObjectView) =>
    kubernetes.client.text(`/api/v1/namespaces/${NAMESPACE}/pods/${pod.metadata.name}/log`, {
      query: { container: "runner" },
    });
  const onlyPod = async (instance: string) => {
    const pods = await podsOf(instance);
    assert.equal(pods.length, 1, `${instance}: ${pods.map(({ metadata }) => metadata.name).join(", ")}`);
    return pods[0] as ObjectView;
  };
  /** Waits for what a pod is to write; the test's own limit ends a wait in vain. */
  const written = async (pod: ObjectView, what: RegExp) => {
    for (;;) {
      const log = await logOf(pod);
      if (what.test(log)) return log;
      await sleep(200);
    }
  };
  const named = async (kind: "Job" | "CronJob" | "Deployment" | "ConfigMap", instance: string) => {
    const all = await kubernetes.ours(kind, NAMESPACE);
    return all.filter(({ metadata }) => metadata.labels?.["app.kubernetes.io/instance"] === instance);
  };

  before(async () => {
    state = await labStarted();
    kubernetes = new KubernetesView(state);
    cloud = new PulumiCloud(state);
    const pool = { runners: [{ id: "pool-1", name: "pool" }] };
    await control(state, "POST", `/pulumi-cloud/organizations/${state.pulumiCloud.organization}`, pool);
    await makeNamespace(state, NAMESPACE);
    const project = join(packageRoot(), "tests", "engine", "programs", "workloads");
    engine = new Engine(state, { project, env: SHORT_WINDOW });
    await engine.init();
    configure("1");
    await ok(engine.up());
  });
  after(() => kubernetes?.close());

  it("outputs the name of each", async () => {
    const { names } = (await engine.outputs()) as { names: Record<string, string> };
    const [job] = await named("Job", "once");
    const [cronJob] = await named("CronJob", "nightly");
    const [deployment] = await named("Deployment", "steady");
    assert.deepEqual(
      [names.once, names.nightly, names.steady],
      [job?.metadata.name, cronJob?.metadata.name, deployment?.metadata.name],
    );
    assert.ok((cronJob?.metadata.name.length ?? 99) <= 52);
  });

  it("runs a Job with what its template adds", async () => {
    const pod = await onlyPod("once");
    assert.deepEqual((await logOf(pod)).trim().split("\n").slice(-3), ["prod", "hello from before", "exchanged"]);
    const { annotations } = pod.metadata as { annotations?: Record<string, string> };
    assert.equal(annotations?.["example.com/owner"], "web");
  });

  it("runs a CronJob's Jobs when their time comes", async () => {
    const done = async () => (await podsOf("nightly")).find(({ status }) => status?.phase === "Succeeded");
    let pod = await done();
    for (; pod === undefined; pod = await done()) await sleep(200);
    assert.match(await logOf(pod), /exchanged this pod's token[^\n]*\n(.*\n)*on time\n$/);
  });

  it("lets every child be changed by the program's transforms", async () => {
    const children = (await resourcesOf(engine)).filter(({ urn }) => urn.includes("KubernetesOidcRunner$"));
    const types = [...new Set(children.map(({ type }) => type.split(":").pop()))].sort();
    assert.deepEqual(types, [
      ...["ConfigMap", "CronJob", "Deployment", "Job", "OidcPolicy", "Role", "RoleBinding", "ServiceAccount"],
    ]);
    for (const { urn, type, inputs, customTimeouts } of children as ((typeof children)[0] & {
      customTimeouts?: object;
    })[]) {
      assert.deepEqual(customTimeouts, { create: 77 }, urn);
      const { labels } = (inputs?.metadata ?? {}) as { labels?: Record<string, string> };
      assert.equal(labels?.seen, type.startsWith("kubernetes:") ? "yes" : undefined, urn);
    }
  });

  it("gives an agent a token of its pool and the right to make pods here, and no more", async () => {
    const log = await written(await onlyPod("agent"), /elsewhere \d+/);
    assert.deepEqual(log.trim().split("\n"), ["exchange 200", "pods 200", "secrets 403", "elsewhere 403"]);
  });

  it("changes nothing when nothing changed", async () => {
    await ok(engine.up(["--expect-no-changes"]));
  });

  it("keeps a service's token fresh beyond three lives of it", async () => {
    const log = await written(await onlyPod("steady"), /(?:renewed the access token[\s\S]*?){6}well\n/);
    // Six times half a life.
    assert.equal(/BADLY[\s\S]{0,500}/.exec(log)?.[0], undefined);
    // What the startup probe looks for; the lab's node has no probes.
    assert.match(log, /^token in \/var\/run\/oidc-runner\/access-token$/m);
  });

  it("runs a Job again, once, restarts a service and changes a CronJob when a trigger changes", async () => {
    const before = await onlyPod("once");
    const [service, [cronJob], [deployment]] = [
      await onlyPod("steady"),
      await named("CronJob", "nightly"),
      await named("Deployment", "steady"),
    ];
    const agent = await onlyPod("agent");
    configure("2");
    await ok(engine.up());
    const after = await onlyPod("once");
    assert.notEqual(after.metadata.uid, before.metadata.uid);
    assert.equal((await named("Job", "once"))[0]?.status?.succeeded, 1);
    assert.notEqual((await onlyPod("steady")).metadata.uid, service.metadata.uid);
    assert.equal((await named("Deployment", "steady"))[0]?.metadata.uid, deployment?.metadata.uid);
    const [changed] = await named("CronJob", "nightly");
    assert.equal(changed?.metadata.uid, cronJob?.metadata.uid);
    assert.notDeepEqual(changed?.spec, cronJob?.spec);
    assert.equal((await onlyPod("agent")).metadata.uid, agent.metadata.uid, "it has no triggers");
  });

  it("keeps the ConfigMaps that earlier revisions of a service refer to [A25]", async () => {
    const path = `/apis/apps/v1/namespaces/${NAMESPACE}/replicasets`;
    const query = { labelSelector: "app.kubernetes.io/instance=steady" };
    const referred = async () => {
      const { items } = await kubernetes.client.get<{ items: { spec: { template: object } }[] }>(path, { query });
      // The last one is the service's own; the first has the scripts.
      const names = items.map(
        ({ spec }) => [...JSON.stringify(spec.template).matchAll(/"configMap":\{[^}]*"name":"([^"]+)"/g)].at(-1)?.[1],
      );
      return [...new Set(names)].sort();
    };
    const has = async () => (await named("ConfigMap", "steady")).map(({ metadata }) => metadata.name);
    assert.equal((await referred()).length, 1);
    configure("2", "2", 60, `: second\n${SERVICE}`);
    await ok(engine.up());
    // The first content comes back, beside the object that had it.
    configure("2");
    await ok(engine.up());
    const names = await referred();
    assert.equal(names.length, 3);
    const there = await has();
    assert.deepEqual(
      names.filter((name) => !there.includes(name ?? "")),
      [],
    );
    await ok(engine.up(["--expect-no-changes"]));
  });

  it("fails, says why and leaves the pod there is alone when a service's new pod is refused", async () => {
    const [issuer] = await cloud.issuers();
    const id = issuer?.id as string;
    const deny: PolicyDefinition = {
      decision: "deny",
      tokenType: "organization",
      rules: { sub: `system:serviceaccount:${NAMESPACE}:steady` },
    };
    await cloud.change(id, (current) => [...current, deny]);
    const working = await onlyPod("steady");
    configure("2", "3", 15);
    const output = await fails(engine.up());
    assert.match(output, /ProgressDeadlineExceeded/);
    const pods = await podsOf("steady");
    // The provider shows it as well if it looks while the container is down.
    const refused = pods.find(({ metadata }) => metadata.uid !== working.metadata.uid);
    const [container] = refused?.status?.containerStatuses ?? [];
    const { message } = container?.lastState?.terminated ?? container?.state?.terminated ?? {};
    assert.match(message ?? "", /policy +got: /);
    assert.ok(pods.some(({ metadata }) => metadata.uid === working.metadata.uid));
    assert.equal((await named("Deployment", "steady"))[0]?.status?.availableReplicas, 1);

    await cloud.change(id, (current) => current.filter(({ decision }) => decision !== "deny"));
    configure("2", "3");
    await ok(engine.up());
    assert.notEqual((await onlyPod("steady")).metadata.uid, working.metadata.uid);
  });

  it("destroy takes all of it down", async () => {
    await ok(engine.destroy());
    assert.deepEqual(
      (await kubernetes.all()).filter((line) => line.includes(` ${NAMESPACE}/`)),
      [],
    );
  });
});
