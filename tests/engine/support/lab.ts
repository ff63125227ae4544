import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClusterShape, clusterOfShape } from "../../../lab/issuer-shapes";
import type { Lab } from "../../../lab/lab";
import { LAB_ORGANIZATION } from "../../../lab/options";
import type { LabState } from "../../../lab/types";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { silentReport } from "../../../tools/toolchain/report";
import { control } from "./http";

// The lab's innermost process is the compiled one, which lies beside the compiled starter only.
const compiled = (module: string) => require(join(packageRoot(), "dist", module)) as unknown;

const shapes = new Set<ClusterShape>();
let lab: Promise<Lab> | undefined;
let directory: string | undefined;

/**
 * The one lab of all engine tests of this process, with a cluster of each shape that one of them names. To be called while
 * the tests are described; the first call of what is returned starts the lab, which is stopped after the last test. In the
 * state that it resolves to, the cluster of the shape comes first, so that programs, `KUBECONFIG` included, meet it.
 */
export function labOn(shape: ClusterShape): () => Promise<LabState> {
  assert.equal(lab, undefined, "the lab has started without this cluster");
  shapes.add(shape);
  return async () => {
    lab ??= start();
    const { state } = await lab;
    const chosen = state.clusters[[...shapes].indexOf(shape)]!;
    const others = state.clusters.filter((cluster) => cluster !== chosen);
    return { ...state, clusters: [chosen, ...others], kubeconfig: chosen.kubeconfig };
  };
}

async function start(): Promise<Lab> {
  const { startLab } = compiled("lab/lab") as typeof import("../../../lab/lab");
  const { exampleNamed } = compiled("cli/examples") as typeof import("../../../cli/examples");
  const { prepareLab } = compiled("cli/lab/prepare") as typeof import("../../../cli/lab/prepare");
  directory = mkdtempSync(join(tmpdir(), "oidc-runner-engine-"));
  return startLab({
    ...(await prepareLab(silentReport, { buildProvider: true })),
    directory: join(directory, "lab"),
    organization: LAB_ORGANIZATION,
    images: exampleNamed("verified-service").images?.(packageRoot()),
    clusters: [...shapes].map((shape) => clusterOfShape(shape, `lab-${shape}`)),
    detached: false,
  });
}

// Of the root suite, as in `watchSent`, for the lab's process.
afterEach("no PATCH held a definition without a literal character", async () => {
  const state = (await lab?.catch(() => undefined))?.state;
  if (state !== undefined) {
    const { body } = await control<{ definitions: string[] }>(state, "GET", "/pulumi-cloud/nameless");
    await control(state, "DELETE", "/pulumi-cloud/nameless");
    assert.deepEqual(body.definitions, []);
  }
});

// Of the root suite: this file is loaded once, by whichever test file comes first.
after(async () => {
  await (await lab?.catch(() => undefined))?.stop();
  if (directory !== undefined) {
    rmSync(directory, { recursive: true, force: true });
  }
});
