import { type Attempt, type Attempts, areRight } from "./attempt";
import type { AnsweredRequest } from "./follow";

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

const FAILED = "It did not work: the lines above say where it ended.";

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
  const end = result.whoami ? "The pod logged in with its own identity token. No secret was stored anywhere." : FAILED;
  return ["", ...table(lines), "", end].join("\n");
}

/** What a run of an example showed that has a pipeline, environments or deployments. Undefined: it did not come that far. */
export interface AttemptsResult extends Partial<Attempts> {
  /** What was made: the issuer, or the role. */
  trust: string | undefined;
}

const WORDS = {
  pipeline: {
    trust: "issuer and policy registered",
    wanted: "the pipeline's job logged in",
    end: "The job logged in with its own identity token, and none that resembles it did. No secret was stored anywhere.",
  },
  deployments: {
    trust: "clouds trust the stack's deployments",
    wanted: "the deployment ran as",
    end: "The deployment logged in to the clouds with a token of its own, and none that resembles it did. No key was stored anywhere.",
  },
  environments: {
    trust: "clouds trust the environment",
    wanted: "the environment opened, and gives",
    end: "The environment logged in to the clouds with a token of its own, and none that resembles it did. No key was stored anywhere.",
  },
};

/** The same account for these: the wanted attempt, and each that resembles it with what it was refused for. */
export function summariseAttempts(kind: keyof typeof WORDS, result: AttemptsResult): string {
  const words = WORDS[kind];
  const { trust, wanted, nearMisses = [] } = result;
  const shownIf = (attempt: Attempt | undefined, outcome: Attempt["outcome"]) =>
    attempt?.outcome === outcome ? attempt.shown.join(", ") : undefined;
  const lines: [string, string | undefined][] = [
    [words.trust, trust],
    [words.wanted, shownIf(wanted, "admitted")],
    ...nearMisses.map((miss): [string, string | undefined] => [`refused: ${miss.name}`, shownIf(miss, "refused")]),
  ];
  const end = areRight(result) ? words.end : FAILED;
  return ["", ...table(lines), "", end].join("\n");
}

/** What a run of an example showed whose clients call a service. */
export interface RequestsResult {
  /** Whether each request was answered as it should be. */
  works: boolean;
  /** `aud` of the service. Undefined: it did not come that far. */
  service: string | undefined;
  /** Address of the same at Cloud Run. */
  cloudRun: string | undefined;
  answers: AnsweredRequest[];
}

/** The table of what was asked, what it should be answered with, and what was. */
export function summariseRequests({ works, service, cloudRun, answers }: RequestsResult): string {
  const rows = answers.map(({ row, got, isRight }) => {
    const identity = row.caller.split("-").at(-1) ?? "";
    return [isRight ? "ok" : "--", identity, row.as, row.request, answerText(row.expected), answerText(got)];
  });
  const all = [["", "IDENTITY", "as", "asked", "expected", "got"], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = all.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
  const deployed = [["service deployed", service] as const, ["and at Cloud Run", cloudRun] as const];
  const end = works
    ? "Callers on the list were let in by their own tokens, and all others refused. No secret was stored anywhere."
    : FAILED;
  return ["", ...table(deployed.map(([label, value]) => [label, value])), "", ...lines, "", end].join("\n");
}

function answerText(answer: { status: number; msg?: string } | undefined): string {
  return answer === undefined
    ? "nothing"
    : [answer.status, ...(answer.msg ? [`{"msg":"${answer.msg}"}`] : [])].join(" ");
}

function table(lines: readonly [string, string | undefined][]): string[] {
  const width = Math.max(...lines.map(([label]) => label.length));
  return lines.map(([label, value]) => `  ${value ? "ok" : "--"}  ${label.padEnd(width)}  ${value ?? "no"}`);
}
