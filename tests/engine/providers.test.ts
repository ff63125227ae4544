import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ApiClient } from "../../lab/cluster/api-client";
import { Engine } from "../../lab/engine/engine";
import { installProviders } from "../../lab/providers/install";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { fails, ok, resourcesOf } from "./support/engine";
import { makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";

const labStarted = labOn("kubernetes");

type Manifest = Record<string, unknown> & { kind: string; metadata: Record<string, unknown> };

const container = (command: string) => ({
  ...{ name: "main", image: "busybox", terminationMessagePolicy: "FallbackToLogsOnError" },
  command: ["sh", "-c", command],
});
const configMap = (data: object, metadata: object = {}): Manifest => ({
  kind: "ConfigMap",
  metadata: { ...metadata },
  data,
});
const job = (command: string, annotations: object = {}): Manifest => ({
  kind: "Job",
  metadata: { annotations },
  spec: {
    backoffLimit: 0,
    template: { spec: { restartPolicy: "Never", terminationGracePeriodSeconds: 1, containers: [container(command)] } },
  },
});
const deployment = (command: string): Manifest => ({
  kind: "Deployment",
  metadata: { annotations: { "pulumi.com/timeoutSeconds": "12" } },
  spec: {
    ...{ progressDeadlineSeconds: 6, minReadySeconds: 3, selector: { matchLabels: { app: "x" } } },
    template: {
      metadata: { labels: { app: "x" } },
      spec: { terminationGracePeriodSeconds: 1, containers: [container(command)] },
    },
  },
});

// What the two agree on; where they don't is listed in lab/providers/kubernetes/README.md.
for (const provider of ["official", "stand-in"]) {
  describe(`the ${provider} Kubernetes provider, with the real engine`, () => {
    const namespace = `provider-${provider}`;
    let state: LabState;
    let home: string;

    before(async () => {
      state = await labStarted();
      await makeNamespace(state, namespace);
      home = state.pulumiHome;
      if (provider === "stand-in") {
        home = join(state.directory, "stand-in");
        mkdirSync(home);
        const nodeModules = join(packageRoot(), "node_modules");
        const [installed] = await installProviders({ pulumiHome: home, nodeModules, useOfficialKubernetes: false });
        assert.equal(installed?.name, "kubernetes");
      }
    });

    async function stack(name: string) {
      const project = join(packageRoot(), "tests", "engine", "programs", "objects");
      const engine = new Engine(state, { project, stack: `${name}-${provider}`, env: { PULUMI_HOME: home } });
      await engine.init();
      const describe = (objects: Record<string, Manifest>) => {
        const placed = Object.entries(objects).map(([key, { metadata, ...rest }]) => [
          key,
          { ...rest, metadata: { namespace, ...metadata } },
        ]);
        engine.configure({ objects: JSON.stringify(Object.fromEntries(placed)) });
      };
      return { engine, describe };
    }
    const errorsOf = async (engine: Engine) =>
      (await resourcesOf(engine)).filter((resource) => !resource.delete).flatMap(({ initErrors = [] }) => initErrors);

    it("creates, sees no change where there is none, replaces, updates, mends drift and destroys", async () => {
      const { engine, describe } = await stack("life");
      const objects = (value: string) => ({
        map: configMap({ a: value }),
        named: configMap({ a: "1" }, { name: "named", labels: { team: value } }),
        job: job("true"),
      });
      describe(objects("1"));
      await ok(engine.up());
      const idOf = async (name: string) =>
        (await resourcesOf(engine)).find(({ urn, delete: old }) => !old && urn.endsWith(`::${name}`))?.id;
      const map = await idOf("map");
      assert.match(String(map), new RegExp(`^${namespace}/map-[0-9a-f]{8}$`));
      for (const run of ["up", "preview", "refresh"] as const) await ok(engine[run](["--expect-no-changes"]));

      describe(objects("2"));
      await ok(engine.up());
      assert.notEqual(await idOf("map"), map);
      assert.equal(await idOf("named"), `${namespace}/named`);

      const client = ApiClient.fromKubeconfig(state.kubeconfig);
      const path = `/api/v1/namespaces/${namespace}/configmaps/named`;
      const patch = { metadata: { labels: { team: "drifted" } } };
      await client.patch(path, patch, { type: "merge", query: { fieldManager: "other" } });
      const drift = await ok(engine.refresh(["--diff"]));
      assert.match(drift, /team: "2" => "drifted"/);
      // The field is another manager's now.
      assert.match(await fails(engine.up()), /conflict with "other"[^\n]*: \.metadata\.labels\.team/);
      await ok(engine.destroy());
      assert.equal(await client.find(path), undefined);
      await client.close();
    });

    it("keeps a failed Job in words of its pod, and runs it again where it is annotated so", async () => {
      const { engine, describe } = await stack("failed");
      describe({ job: job("echo bad luck; exit 3", { "pulumi.com/replaceUnready": "true" }) });
      await fails(engine.up());
      const [first] = await resourcesOf(engine);
      // When the Job's end is seen before its pod's, the pod's words come with the next refresh only.
      await ok(engine.refresh());
      const errors = await errorsOf(engine);
      assert.match(errors.join("\n"), /Resource 'job-[0-9a-f]+' was created but failed to initialize/);
      assert.match(errors.join("\n"), /^\[BackoffLimitExceeded\] /m);
      assert.match(errors.join("\n"), new RegExp(`^\\[Pod ${namespace}/job-[\\w-]+\\]: \\[Error\\] bad luck`, "m"));
      await fails(engine.up());
      const second = (await resourcesOf(engine)).find((resource) => !resource.delete);
      assert.notEqual(second?.id, first?.id);
      await ok(engine.destroy());
    });

    it("waits no longer than the annotation says", async () => {
      const { engine, describe } = await stack("slow");
      describe({ job: job("exec sleep 300", { "pulumi.com/timeoutSeconds": "5" }) });
      const output = await fails(engine.up());
      assert.match(output, /'job-[0-9a-f]+' timed out waiting to be Ready/);
      await ok(engine.destroy());
    });

    it("goes on waiting for a rollout that Kubernetes has given up, and tells of its pods", async () => {
      const { engine, describe } = await stack("rollout");
      describe({ deployment: deployment("exec sleep 1000") });
      await ok(engine.up());
      describe({ deployment: deployment("echo sorry; exit 4") });
      assert.match(await fails(engine.up()), /timed out waiting to be Ready/);
      const errors = (await errorsOf(engine)).join("\n");
      assert.match(errors, new RegExp(`\\[Pod ${namespace}/deployment-[\\w-]+\\]: `));
      assert.match(errors, /^sorry$|\] sorry/m);
      await ok(engine.destroy());
    });

    it("previews an object in a namespace that is not there yet", async () => {
      const { engine, describe } = await stack("preview");
      describe({ map: configMap({}, { namespace: "nowhere" }) });
      assert.match(await ok(engine.preview()), /\+ 1 to create|\+ 2 to create/);
    });
  });
}
