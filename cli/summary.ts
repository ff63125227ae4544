import type { OpenedEnvironments } from "./follow-environments";
import type { PipelineJobs } from "./follow-pipeline";

/** What a run of an example showed. Undefined: it did not come that far. */
export interface StartResult {
  pod: string | undefined;
  issuerId: string | undefined;
  subject: string | undefined;
  /** Duration of the exchange, as the pod measured it. */
  exchangeMs: string | undefined;
  /** When the access token expires, as Pulumi Cloud said. */
  expires: string | undefined;
  /** What `pulumi whoami` printed inside the pod. */
  whoami: string | undefined;
}

/** When the entrypoint logged a time: how long that is from now, in minutes, and the time to the second. */
function lifetime(expires: string, now: number): string {
  const end = Date.parse(expires);
  return Number.isNaN(end)
    ? expires
    : `${Math.round((end - now) / 60_000)} minutes, until ${new Date(end).toISOString().slice(0, 19)}Z`;
}

/** The short account that ends `npm start`. `now`: milliseconds since the epoch, which the lifetime is counted from. */
export function summarise(result: StartResult, now = Date.now()): string {
  const lines: [string, string | undefined][] = [
    ["issuer and policy registered", result.issuerId && `issuer ${result.issuerId}, for ${result.subject}`],
    ["pod started", result.pod],
    ["token exchanged", result.exchangeMs && `in ${result.exchangeMs} ms`],
    ["lifetime of the access token", result.expires && lifetime(result.expires, now)],
    ["pulumi whoami, in the pod", result.whoami],
  ];
  const end = result.whoami
    ? "The pod logged in with its own identity token. No secret was stored anywhere."
    : "It did not work: the lines above say where it ended.";
  return ["", ...table(lines), "", end].join("\n");
}

/** What a run of an example with a pipeline showed. Undefined: it did not come that far. */
export interface PipelineStartResult extends Partial<PipelineJobs> {
  issuerId: string | undefined;
}

/** Whether the trusted job logged in and all others were refused. */
export function isRight({ job, nearMisses = [] }: Partial<PipelineJobs>): boolean {
  return job?.outcome === "logged in" && nearMisses.every(({ outcome }) => outcome === "refused");
}

/** The same account for a pipeline: the trusted job, and each that resembles it with the claims it is refused for. */
export function summarisePipeline(result: PipelineStartResult): string {
  const { issuerId, job, nearMisses = [] } = result;
  const refused = nearMisses.map(({ name, outcome, refusedFor }): [string, string | undefined] => [
    `refused: ${name}`,
    outcome === "refused" ? refusedFor.join(", ") : undefined,
  ]);
  const lines: [string, string | undefined][] = [
    ["issuer and policy registered", issuerId && `issuer ${issuerId}`],
    ["the pipeline's job logged in", job?.outcome === "logged in" ? job.name : undefined],
    ...refused,
  ];
  const end = isRight(result)
    ? "The job logged in with its own identity token, and none that resembles it did. No secret was stored anywhere."
    : "It did not work: the lines above say where it ended.";
  return ["", ...table(lines), "", end].join("\n");
}

/** What a run of an example with environments showed. Undefined: it did not come that far. */
export interface EnvironmentStartResult extends Partial<OpenedEnvironments> {
  roleArn: string | undefined;
}

/** Whether the trusted environment opened and all others were refused. */
export function areRight({ environment, nearMisses = [] }: Partial<OpenedEnvironments>): boolean {
  return environment?.outcome === "opened" && nearMisses.every(({ outcome }) => outcome === "refused");
}

/** The same account for environments: the trusted one, and each that resembles it with the cloud's answer. */
export function summariseEnvironments(result: EnvironmentStartResult): string {
  const { roleArn, environment, nearMisses = [] } = result;
  const lines: [string, string | undefined][] = [
    ["clouds trust the environment", roleArn],
    ["the environment opened, and gives", environment?.outcome === "opened" ? environment.shown.join(", ") : undefined],
    ...nearMisses.map(({ name, outcome, shown }): [string, string | undefined] => [
      `refused: ${name}`,
      outcome === "refused" ? shown.join(", ") : undefined,
    ]),
  ];
  const end = areRight(result)
    ? "The environment logged in to the clouds with a token of its own, and none that resembles it did. No key was stored anywhere."
    : "It did not work: the lines above say where it ended.";
  return ["", ...table(lines), "", end].join("\n");
}

function table(lines: readonly [string, string | undefined][]): string[] {
  const width = Math.max(...lines.map(([label]) => label.length));
  return lines.map(([label, value]) => `  ${value ? "ok" : "--"}  ${label.padEnd(width)}  ${value ?? "no"}`);
}
