import { type Attempt, type Attempts, areRight } from "./attempt";
import type { AnsweredRequest } from "./follow";
import { type Line, styled } from "./print";
import type { Row } from "./screen";

/** The short account that ends `npm start`. */
export interface Account {
  works: boolean;
  /** The way of the token, in one line; undefined where it did not come to that. */
  way: Line | undefined;
  rows: Row[];
  end: string;
}

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
  /** The cloud whose identity the pod has, and who it is there. Undefined without a cloud. */
  cloud: { name: string; identity: string | undefined } | undefined;
  /** The same pod as another ServiceAccount. */
  nearMiss: Attempt | undefined;
}

const FAILED = "It did not work: the lines above say where it ended.";
const PULUMI_CLOUD = "Pulumi Cloud (stand-in)";

/** `from`, by its token, gets something of `at`: drawn in one line. */
function wayOf(from: string, at: string, what: string): Line {
  const arrow = (text: string) => styled("green", ` ── ${text} ──> `);
  return ["  ", styled("bold", from), arrow("token"), styled("bold", at), arrow(what), styled("bold", from)];
}

/** When the entrypoint logged a time: how long that is from now, in minutes, and the time to the second. */
function lifetime(expires: string, now: number): [minutes: string, until: string] {
  const end = Date.parse(expires);
  return Number.isNaN(end)
    ? ["", expires]
    : [
        `${Math.round((end - now) / 60_000)} minutes`,
        `until ${new Date(end).toISOString().slice(0, 19).replace("T", " ")} UTC`,
      ];
}

/** The account of an example with a Job. `now`: milliseconds since the epoch, which the lifetime is counted from. */
export function summarise(result: StartResult, now = Date.now()): Account {
  const { cloud, expires, nearMiss } = result;
  const [minutes = "", until = ""] = expires === undefined ? [] : lifetime(expires, now);
  const rows = [
    row("issuer and policy", result.issuerId && `issuer ${result.issuerId}, for ${result.subject}`),
    row("pod", result.pod),
    row("token exchanged", result.exchangeMs && `in ${result.exchangeMs} ms, at ${PULUMI_CLOUD}`),
    row("access token", expires && [minutes, until].filter(Boolean).join(", ")),
    row("pulumi whoami", result.whoami),
    ...(cloud === undefined ? [] : [row(`${cloud.name} (stand-in)`, cloud.identity)]),
    row(
      "near miss refused",
      nearMiss && shownIf(nearMiss, "refused", `${nearMiss.name}: ${nearMiss.shown.join(", ")} differs`),
    ),
  ];
  const works = rows.every(({ ok }) => ok);
  return {
    ...{
      works,
      rows,
      way: result.whoami && wayOf("pod", PULUMI_CLOUD, ["access token", minutes].filter(Boolean).join(", ")),
    },
    end: works ? "The pod logged in with its own identity token. No secret was stored anywhere." : FAILED,
  };
}

/** What a run of an example showed that has a pipeline, environments or deployments. Undefined: it did not come that far. */
export interface AttemptsResult extends Partial<Attempts> {
  /** What was made: the issuer, or the role. */
  trust: string | undefined;
}

const CLOUDS = "3 clouds (stand-ins)";
const WORDS = {
  pipeline: {
    way: wayOf("job", PULUMI_CLOUD, "access token"),
    trust: "issuer and policy",
    wanted: "the job logged in",
    end: "The job logged in with its own identity token, and none that resembles it did. No secret was stored anywhere.",
  },
  deployments: {
    way: wayOf("deployment", CLOUDS, "credentials"),
    trust: "clouds trust",
    wanted: "the deployment ran as",
    end: "The deployment logged in to the clouds with a token of its own, and none that resembles it did. No key was stored anywhere.",
  },
  environments: {
    way: wayOf("environment", CLOUDS, "credentials"),
    trust: "clouds trust",
    wanted: "the environment gives",
    end: "The environment logged in to the clouds with a token of its own, and none that resembles it did. No key was stored anywhere.",
  },
};

/** The same account for these: the wanted attempt, and each that resembles it with what it was refused for. */
export function summariseAttempts(kind: keyof typeof WORDS, result: AttemptsResult): Account {
  const words = WORDS[kind];
  const { trust, wanted, nearMisses = [] } = result;
  const works = areRight(result);
  return {
    works,
    way: wanted?.outcome === "admitted" ? words.way : undefined,
    rows: [
      row(words.trust, trust),
      row(words.wanted, wanted && shownIf(wanted, "admitted", wanted.shown.join(", "))),
      ...nearMisses.map((miss) => ({
        ok: miss.outcome === "refused",
        label: miss.outcome === "refused" ? "refused" : "not refused",
        value: `${miss.name}: ${shownIf(miss, "refused", miss.shown.join(", ")) ?? "no"}`,
      })),
    ],
    end: works ? words.end : FAILED,
  };
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

/** The account of what was asked and answered, and of what should have been where that differs. */
export function summariseRequests({ works, service, cloudRun, answers }: RequestsResult): Account {
  const asked = answers.map(({ row: { caller, as, request, expected }, got, isRight }) => ({
    ok: isRight,
    label: `${caller.split("-").at(-1)} ${as}`,
    value: `${request}: ${answerText(got)}${isRight ? "" : `, expected ${answerText(expected)}`}`,
  }));
  return {
    works,
    way: service === undefined ? undefined : wayOf("client", "service", "answer"),
    rows: [row("service", service), row("Cloud Run (stand-in)", cloudRun), ...asked],
    end: works
      ? "Callers on the list were let in by their own tokens, and all others refused. No secret was stored anywhere."
      : FAILED,
  };
}

function answerText(answer: { status: number; msg?: string } | undefined): string {
  return answer === undefined
    ? "nothing"
    : [answer.status, ...(answer.msg ? [`{"msg":"${answer.msg}"}`] : [])].join(" ");
}

function row(label: string, value: string | undefined): Row {
  return { ok: Boolean(value), label, value: value || "no" };
}

function shownIf(attempt: Attempt, outcome: Attempt["outcome"], shown: string): string | undefined {
  return attempt.outcome === outcome ? shown : undefined;
}
