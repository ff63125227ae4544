import assert from "node:assert/strict";
import { join } from "node:path";
import { exampleNamed } from "../../cli/examples";
import { identityId } from "../../lab/azure";
import { Engine } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { ok, resourcesOf, SHORT_WINDOW } from "./support/engine";
import { control, PulumiCloud, writes } from "./support/http";
import { KubernetesView } from "./support/kubernetes";
import { labOn } from "./support/lab";
import { together } from "./support/together";

const PROGRAMS = ["quickstart", "eks", "gke", "aks"].map((name) => {
  const example = exampleNamed(name);
  return { name, example, labStarted: labOn(example.shape) };
});

/** Where the lab keeps what stands behind a resource: the path of one that was made. */
const KEPT: Record<string, (outputs: Record<string, unknown>) => string> = {
  "aws:iam/role:Role": ({ name }) => `/resources/aws/roles/${encodeURIComponent(String(name))}`,
  "azure-native:managedidentity:UserAssignedIdentity": ({ name }) =>
    `/resources/azure/identities/${encodeURIComponent(identityId("site", String(name)))}`,
  "gcp:serviceaccount/account:Account": ({ email }) => `/resources/gcp/service-accounts/${String(email)}`,
};

/** One program on the cluster it wants. */
class Program {
  /** Of its only Job. */
  uid = "";
  /** Paths of its role or service account in the lab's stores. */
  kept: string[] = [];

  private constructor(
    readonly name: string,
    readonly state: LabState,
    readonly engine: Engine,
    readonly kubernetes: KubernetesView,
  ) {}

  static async start({ name, example, labStarted }: (typeof PROGRAMS)[number]): Promise<Program> {
    const state = await labStarted();
    const project = join(packageRoot(), example.directory);
    const engine = new Engine(state, { project, config: example.config(state), env: SHORT_WINDOW });
    await engine.init();
    return new Program(name, state, engine, new KubernetesView(state));
  }

  get issuerUrl(): string | undefined {
    return this.state.clusters[0]?.issuer;
  }
}

describe("the programs quickstart, eks, gke and aks with the real engine", () => {
  let programs: Program[];

  before(async () => {
    programs = await Promise.all(PROGRAMS.map((program) => Program.start(program)));
  });
  after(() => Promise.all((programs ?? []).map(({ kubernetes }) => kubernetes.close())));

  /** All at once: most of a run is waiting, and the programs share nothing but the lab. */
  const each = (check: (program: Program) => Promise<void>) =>
    together(
      programs.map((program) => [program.name, program]),
      check,
    );
  const registered = async () =>
    (await new PulumiCloud((programs[0] as Program).state).issuers()).map(({ url }) => url);

  it("up takes a pod to `pulumi whoami`", async () => {
    await each(async (program) => {
      const { engine, state, kubernetes } = program;
      const output = await ok(engine.up());
      assert.doesNotMatch(output, /Diagnostics/, output);
      const { job, pods, log } = await kubernetes.job();
      program.uid = job.metadata.uid;
      assert.deepEqual([job.status?.succeeded, pods.length], [1, 1]);
      const google = program.name === "gke" ? "oidc-runner: this pod's Google identity: \\S+@\\S+ .*\\n" : "";
      const cloud = { eks: "AWS identity: arn:aws:sts::.*\\n", aks: "Azure identity: .*\\n" }[program.name] ?? "";
      assert.match(log, new RegExp(`^oidc-runner: exchanged this pod's token .*\\n${google}\\S+\\n${cloud}$`));
      const resources = await resourcesOf(engine);
      program.kept = resources.flatMap(({ type, outputs }) => KEPT[type]?.(outputs ?? {}) ?? []);
      assert.equal(program.kept.length, program.name === "quickstart" ? 0 : 1);
      for (const path of program.kept) {
        assert.equal((await control(state, "GET", path)).status, 200, path);
      }
    });
    assert.deepEqual((await registered()).sort(), programs.map(({ issuerUrl }) => issuerUrl).sort());
  });

  it("a second up, preview and refresh find nothing to do and change nothing", async () => {
    const { state } = programs[0] as Program;
    await control(state, "DELETE", "/pulumi-cloud/requests");
    await each(async ({ engine, kubernetes, uid }) => {
      await ok(engine.up(["--expect-no-changes"]));
      await ok(engine.preview(["--expect-no-changes"]));
      await ok(engine.refresh(["--expect-no-changes"]));
      const { job, pods } = await kubernetes.job();
      assert.deepEqual([job.metadata.uid, pods.length], [uid, 1]);
    });
    assert.deepEqual(await writes(state), []);
  });

  it("destroy leaves nothing behind, in no store", async () => {
    await each(async ({ engine, state, kubernetes, kept }) => {
      await ok(engine.destroy());
      assert.deepEqual(await kubernetes.all(), []);
      for (const path of kept) {
        assert.equal((await control(state, "GET", path)).status, 404, path);
      }
      assert.deepEqual(await resourcesOf(engine), []);
    });
    assert.deepEqual(await registered(), []);
  });
});
