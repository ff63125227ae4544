import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Engine } from "../../../lab/engine/engine";
import type { LabState } from "../../../lab/types";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { SHORT_WINDOW } from "./engine";

/** What the program `programs/runner` is told. */
export interface RunnerConfig {
  /** Arguments of the runner besides {@link plainArgs}; undefined ones are left out. */
  args?: Record<string, unknown>;
  /** Arguments (dots lead into objects) that are texts known only during the update. */
  late?: Record<string, string>;
  /** Arguments of an `OidcTrustSetup` to make and give as `trust`, besides organization and certificates. */
  trust?: Record<string, unknown>;
  kind?: "kubernetes" | "eks";
}

/** Good arguments for a runner on the first cluster of a lab. */
export function plainArgs(state: LabState, namespace: string): Record<string, unknown> {
  return {
    organization: state.pulumiCloud.organization,
    accessToken: { organization: {} },
    cluster: { issuerUrl: state.clusters[0]?.issuer },
    namespace,
    caCertificates: readFileSync(state.ca, "utf8"),
  };
}

/** Stack configuration of the program `programs/runner`. */
export function runnerConfig(state: LabState, namespace: string, wanted: RunnerConfig): Record<string, string> {
  const { organization, caCertificates } = plainArgs(state, namespace);
  return {
    args: JSON.stringify({ ...plainArgs(state, namespace), ...wanted.args }),
    kind: wanted.kind ?? "kubernetes",
    ...(wanted.late !== undefined && { late: JSON.stringify(wanted.late), sourceNamespace: namespace }),
    ...(wanted.trust !== undefined && {
      trust: JSON.stringify({ organization, caCertificates, ...wanted.trust }),
    }),
  };
}

/** A stack of the program `programs/runner`, with its configuration. */
export async function runnerStack(
  state: LabState,
  stack: string,
  namespace: string,
  wanted: RunnerConfig = {},
  env: Record<string, string> = {},
): Promise<Engine> {
  const project = join(packageRoot(), "tests", "engine", "programs", "runner");
  const engine = new Engine(state, {
    project,
    stack,
    config: runnerConfig(state, namespace, wanted),
    env: { ...SHORT_WINDOW, ...env },
  });
  await engine.init();
  return engine;
}
