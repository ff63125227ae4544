import { basename, dirname, relative } from "node:path";
import type { ClusterShape, LabState } from "../lab";
import type { Example } from "./examples";
import { styled } from "./print";
import type { Screen } from "./screen";
import type { Account } from "./summary";

/** What a cloud's part is in a run of an example with a pod. */
const OF_CLOUD: Partial<Record<ClusterShape, string>> = {
  eks: "AWS (provider, STS)",
  gke: "Google Cloud (provider, metadata server, STS)",
  aks: "Azure (providers, Entra ID)",
};

/** What is real in a run, and what is not. */
export function whatIsReal({ shape, pipeline, deployments, environments }: Example): string {
  const clouds = (deployments ?? environments) ? ["AWS", "Azure", "Google Cloud"] : [OF_CLOUD[shape] ?? []].flat();
  const issuer = pipeline === undefined ? [] : [`the issuer ${pipeline.issuer}`];
  const standIns = ["Pulumi Cloud", "the node", ...clouds, ...issuer].join(", ");
  return `Real: Kubernetes API, tokens, Pulumi CLI and engine. Stand-ins: ${standIns}.`;
}

/** What a run showed. */
export function tellAccount(screen: Screen, { way, rows, end, works }: Account): void {
  screen.heading("What happened");
  if (way !== undefined) {
    screen.lines(way, "");
  }
  screen.rows(rows);
  screen.lines("");
  screen.text(end, works ? "green" : "red");
}

/** How to use a lab that was kept: commands that can be copied. `job`: `NAMESPACE/NAME`. */
export function tellUse(
  screen: Screen,
  lab: LabState,
  project: string,
  configFile: string,
  job: string | undefined,
  directory: string | undefined,
): void {
  const named = directory === undefined ? "" : ` --directory ${directory}`;
  const where = relative(process.cwd(), project);
  const cwd = where === "" ? [] : [`    --cwd ${where}`];
  const pulumi = (command: string) =>
    [`  pulumi ${command} --stack lab --config-file "$config/${basename(configFile)}"`, ...cwd]
      .join(" \\\n")
      .split("\n");
  const [namespace, name] = job?.split("/") ?? [];
  screen.heading("The lab keeps running", "to use it:");
  screen.lines(
    `  eval "$(npx oidc-runner lab env${named})"`,
    `  config=\${OIDC_RUNNER_LAB%/*}/${relative(lab.directory, dirname(configFile))}`,
    ...pulumi("up"),
    ...(job === undefined ? [] : [`  kubectl logs --namespace ${namespace} job/${name}`]),
    ...pulumi("destroy"),
    `  npx oidc-runner lab down${named}        # ends it`,
  );
}

/** What the end of a lab took along. */
export function tellCleanedUp(screen: Screen, directory: string): void {
  screen.lines("");
  screen.parted(
    [styled("bold", "Cleaned up  ")],
    `the cluster, its pods, the stand-ins, the stack's state, and ${directory}. The tools stay cached for the next run.`,
    12,
  );
}

/** Three next steps. `name`: the example's. */
export function tellNext(screen: Screen, example: Example, name: string, keep: boolean): void {
  // In a clone this process has a parent that npm started.
  const command = process.env.OIDC_RUNNER_PARENT_PID === undefined ? "npx oidc-runner start" : "npm start --";
  const kept = `${command} ${name === "quickstart" ? "" : `${name} `}--keep`;
  const steps = [
    nextOf(example, command),
    keep ? ["docs/operations.md", "what to do when something fails"] : [kept, "leave the lab running"],
    ["docs/lab.md", "your own program, in five lines"],
  ];
  const width = Math.max(...steps.map(([what = ""]) => what.length));
  screen.heading("Next");
  steps.forEach(([what = "", why = ""], index) => {
    screen.parted([`  ${index + 1}. `, styled("cyan", what.padEnd(width)), "  "], why, width + 7);
  });
}

/** What to look at after an example. */
function nextOf({ shape, pipeline, requests, deployments, environments }: Example, command: string): string[] {
  if (pipeline !== undefined) {
    return [`npx oidc-runner ci init ${pipeline.issuer}`, "the same for your repository"];
  }
  if (requests !== undefined) {
    return ["docs/verified-service.md", "the same for your service"];
  }
  if (deployments !== undefined || environments !== undefined) {
    return ["docs/deployments.md", "the same for your stacks and environments"];
  }
  return shape === "kubernetes"
    ? [`${command} eks`, "with a cloud identity; or gke, aks"]
    : [`docs/guides/${shape}.md`, "the same on a real cluster"];
}
