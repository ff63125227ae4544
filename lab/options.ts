import type { ControlPlaneBinaries, EscEvaluator, PulumiCli } from "../tools/toolchain";
import type { ImageDefinition } from "./cluster/node-agent/root";
import type { ClusterRequest, Members } from "./types";

/** What a lab is started with. */
export interface LabOptions {
  /** Where its files go; made with mode 0700 and removed on the way down. */
  directory: string;
  /** The organization its Pulumi Cloud knows. */
  organization: string;
  /** What that has; default none. */
  members?: Members;
  /** At least one. */
  clusters: ClusterRequest[];
  binaries: ControlPlaneBinaries;
  pulumiCli: PulumiCli;
  /** The `node_modules` whose Pulumi SDKs decide the versions of the provider plugins. */
  nodeModules: string;
  /** Directory of the official Kubernetes provider plugin; without it the lab's stand-in serves. */
  kubernetesPlugin?: string;
  /** What evaluates ESC environments. Default: there is none, so that none is opened. */
  escEvaluator?: EscEvaluator;
  /** Images besides `pulumi/pulumi*`, and before them; `match` as a text, because options travel as JSON. Default none. */
  images?: (ImageDefinition & { match: string })[];
  /** Whether the lab outlives the process that started it. */
  detached: boolean;
}

/** The organization of a lab unless another is asked for. */
export const LAB_ORGANIZATION = "lab";
