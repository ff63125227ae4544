import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepareLab } from "../../cli/lab/prepare";
import { Engine, type EngineResult } from "../../lab/engine/engine";
import { clusterOfShape } from "../../lab/issuer-shapes";
import type { Lab } from "../../lab/lab";
import { LAB_ORGANIZATION } from "../../lab/options";
import type { LabState } from "../../lab/types";
import { requestsOf } from "../../tests/engine/support/http";
import { makeNamespace } from "../../tests/engine/support/kubernetes";
import { organizationOn } from "../../tests/engine/support/trust";
import { silentReport } from "../../tools/toolchain/report";
import { compiled } from "../compiled";
import { scratchDirectory } from "../scratch";
import { childCpu } from "./child-cpu";
import { objectsOf } from "./objects";
import type { Wanted, WantedCluster } from "./wanted";

/** What is updated, and how. */
export interface Size {
  runners: number;
  /** Whether the runners' pods run. */
  pods: boolean;
  /** How the state is kept. Default: a file that is written at the end alone, but with pods at every step. */
  kept?: Kept;
  /** Whether the runners of a cluster rely on one definition, instead of having one each. */
  shared?: boolean;
  /** How many steps the engine takes at a time. Default: its own, four for each core. */
  parallel?: number;
}

/** How the engine keeps a stack's state. */
export type Kept = keyof typeof STATE;

/** What an update takes, in milliseconds. */
export interface UpTime {
  wall: number;
  /** Of the CLI, the program and the providers together. */
  cpu: number;
  /** Requests to Pulumi Cloud about issuers and policies. */
  requests: number;
}

/** Variables of the CLI, by how it keeps the state. */
const STATE = {
  /**
   * A file that is written once. Written whole twice for each step it would be most of a large update, and not in proportion to
   * its size.
   */
  end: () => ({ PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" }),
  /** A file that is written at every step, as in a bucket of one's own. */
  file: () => ({}),
  /** In Pulumi Cloud, which is sent what each step did. */
  journal: ({ pulumiCloud }: LabState) => ({ PULUMI_BACKEND_URL: pulumiCloud.url }),
  /** In Pulumi Cloud, which is sent the whole state at every step, as CLIs before 3.225 do. */
  checkpoints: (state: LabState): Record<string, string> => ({
    ...STATE.journal(state),
    PULUMI_DISABLE_JOURNALING: "true",
  }),
};

/** A stack, and the lab whose organization is its own. */
interface Made {
  engine: Engine;
  state: LabState;
}

/** A lab in which updates are measured; each in an organization, a namespace and a stack of its own. */
export class UpLab {
  readonly #lab: Lab;
  readonly #directory = scratchDirectory("up-objects");
  readonly #jwks: WantedCluster["jwks"];
  #count = 0;

  private constructor(lab: Lab) {
    this.#lab = lab;
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#jwks = { keys: [{ ...publicKey.export({ format: "jwk" }), kty: "EC", kid: "1" } as { kty: string }] };
  }

  static async start(): Promise<UpLab> {
    const { startLab } = compiled<typeof import("../../lab/lab")>("lab/lab");
    return new UpLab(
      await startLab({
        ...(await prepareLab(silentReport)),
        directory: join(scratchDirectory("up"), "lab"),
        organization: LAB_ORGANIZATION,
        clusters: [clusterOfShape("kubernetes")],
        detached: false,
      }),
    );
  }

  stop(): Promise<void> {
    return this.#lab.stop();
  }

  /** Makes runners once, and notes what they are made of for the program written by hand. */
  async note({ pods, shared }: Size): Promise<void> {
    const { engine, wanted } = await this.#stack("runners", { runners: 1, pods, shared });
    await up(engine);
    const [cluster] = wanted.clusters as [WantedCluster];
    const objects = objectsOf((await engine.state()).deployment.resources ?? [], {
      ISSUER: cluster.issuerUrl,
      ORGANIZATION: wanted.organization,
      NAMESPACE: wanted.namespace,
      RUNNER: cluster.runners[0] as string,
    });
    writeFileSync(this.#objects, objects);
  }

  /** The first `pulumi up` of a stack. */
  async measure(program: "runners" | "by-hand", size: Size): Promise<UpTime> {
    const { engine, state } = await this.#stack(program, size);
    const asked = await trustRequests(state);
    const begun = performance.now();
    const before = childCpu();
    await up(engine, size.parallel);
    const taken = { wall: performance.now() - begun, cpu: childCpu() - before };
    return { ...taken, requests: (await trustRequests(state)) - asked };
  }

  /** Makes a stack, for {@link again}. */
  async make(program: "runners" | "by-hand", size: Size): Promise<Made> {
    const { engine, state } = await this.#stack(program, size);
    await succeeds(engine.up());
    return { engine, state };
  }

  get #objects(): string {
    return join(this.#directory, "objects.json");
  }

  async #stack(program: string, size: Size): Promise<Made & { wanted: Wanted }> {
    const id = ++this.#count;
    const state = await organizationOn(this.#lab.state, `org-of-bench-${id}`);
    const namespace = `ns-of-bench-${id}`;
    await makeNamespace(state, namespace);
    const wanted: Wanted = {
      organization: state.pulumiCloud.organization,
      namespace,
      caCertificates: readFileSync(state.ca, "utf8"),
      clusters: this.#clusters(size, state),
      shared: size.shared ?? false,
      suspended: !size.pods,
    };
    const engine = new Engine(state, {
      project: join(__dirname, "programs", program),
      stack: `bench-${id}`,
      config: { wanted: JSON.stringify(wanted), objects: this.#objects },
      // The program written by hand has no other way to trust the lab's servers.
      env: { NODE_EXTRA_CA_CERTS: state.ca, ...STATE[size.kept ?? (size.pods ? "file" : "end")](state) },
    });
    await engine.init();
    return { engine, wanted, state };
  }

  #clusters({ runners, pods }: Size, state: LabState): WantedCluster[] {
    const names = Array.from({ length: runners }, (_, index) => `runner-no-${index + 1}`);
    if (pods) {
      return [{ issuerUrl: state.clusters[0]?.issuer as string, runners: names }];
    }
    return [{ issuerUrl: "https://cluster.bench.example.com", jwks: this.#jwks, runners: names }];
  }
}

/** What an operation on a stack that is made already takes, in milliseconds, and how many requests Pulumi Cloud got. */
export async function again(
  { engine, state }: Made,
  operation: "preview" | "refresh" | "up",
): Promise<{ wall: number; requests: number }> {
  const before = (await requestsOf(state)).length;
  const begun = performance.now();
  await succeeds(engine[operation](["--expect-no-changes"]));
  return { wall: performance.now() - begun, requests: (await requestsOf(state)).length - before };
}

async function trustRequests(state: LabState): Promise<number> {
  return (await requestsOf(state)).filter((line) => / (oidc|auth)\//.test(line)).length;
}

/** Bytes of a stack's state, as compact JSON. */
export async function stateBytes({ engine }: Made): Promise<number> {
  return Buffer.byteLength(JSON.stringify((await engine.state()).deployment.resources));
}

function up(engine: Engine, parallel?: number): Promise<void> {
  return succeeds(engine.up(parallel === undefined ? [] : ["--parallel", String(parallel)]));
}

async function succeeds(running: Promise<EngineResult>): Promise<void> {
  const { code, output } = await running;
  if (code !== 0) {
    const errors = output.split("\n").filter((line) => line.includes("error:"));
    throw new Error(`pulumi failed: ${[...new Set(errors.map((line) => line.trim()))].join("; ").slice(0, 500)}`);
  }
}
