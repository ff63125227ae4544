import { checkApiUrl, defaultApiUrl } from "../../../pulumi-cloud/api";
import { OidcRunnerError } from "../../../trust";
import { refuseSharedIssuer } from "../../../trust/issuers";
import { ACCESS_FINDINGS, checkWaivers, type Waiver } from "../../../trust/lint";
import {
  type AccessToken,
  accessTokenType,
  checkExpirationSeconds,
  checkNamespace,
  checkOrganization,
  checkServiceAccountName,
  DEFAULT_EXPIRATION_SECONDS,
  oneToken,
} from "../../../trust/policy";
import { type Check, checkDynamicModule, checkNow, checksOf, isKnown, isPending, required } from "../../resources";
import { checkAgentOptions, checkCronJobOptions, checkDeploymentOptions, checkJobOptions } from "../../workload/kinds";
import { checkPodSecurity, checkTemplate, type PodTemplatePatch } from "../../workload/patch";
import type { KubernetesObject } from "../../workload/pod";
import {
  checkLabels,
  checkWork,
  kubernetesName,
  type PodArguments,
  type PodMount,
  type PodParts,
  TRUST_MOUNTS,
} from "../../workload/pod";
import { checkNewNamespace } from "../kubernetes";
import { atMostOne, exactlyOne } from "../lib";
import { hasNoPolicies } from "../trust";
import type { RunnerArgs } from "./args";
import { type Workload, workloadKind } from "./workload-kind";

/** What a runner's trust and workload are made from. */
export interface PlanInputs extends Partial<Workload> {
  organization: string;
  namespace: string;
  serviceAccountName: string;
  accessToken: AccessToken;
  expirationSeconds: number;
  labels: Record<string, string>;
  apiUrl: string;
  issuerUrl: string;
  /** Issuer of the given trust. */
  trustedIssuerUrl?: string;
}

/** The same as a program gives it, with defaults, and without the issuer. */
export function planInputs(name: string, args: RunnerArgs) {
  const { namespace = "default", serviceAccountName = kubernetesName(name), labels = {} } = args;
  const { organization, job, cronJob, deployment, agent, apiUrl = defaultApiUrl() } = args;
  const { expirationSeconds = DEFAULT_EXPIRATION_SECONDS, ...accessToken } = args.accessToken;
  const token = { organization, accessToken, expirationSeconds, apiUrl };
  const inputs = { ...token, namespace, serviceAccountName, labels, job, cronJob, deployment, agent };
  return required(inputs, "organization");
}

const ofPlan = checksOf<PlanInputs>();

/** Checks of what a runner's trust and workload are made from. */
export function planChecks(name: string): Check<PlanInputs>[] {
  return [
    ofPlan.one("organization", checkOrganization),
    ofPlan.one("namespace", checkNamespace),
    ofPlan.one("serviceAccountName", checkServiceAccountName),
    ofPlan.one("expirationSeconds", (seconds) => checkExpirationSeconds(seconds, "accessToken.expirationSeconds")),
    ofPlan.one("accessToken", oneToken),
    ofPlan.options("cronJob", ({ cronJob }) => {
      if (typeof cronJob === "object" && cronJob !== null && !isPending(cronJob)) {
        exactlyOne<{ schedule?: unknown }, "schedule">(cronJob, ["schedule"], `${name}.cronJob`);
      }
    }),
    ofPlan.settings("job", checkJobOptions),
    ofPlan.settings("cronJob", checkCronJobOptions),
    ofPlan.settings("deployment", checkDeploymentOptions),
    ofPlan.settings("agent", checkAgentOptions),
    ofPlan.one("labels", (labels) => checkLabels(labels)),
    ofPlan.one("apiUrl", checkApiUrl),
    ofPlan.several(["trustedIssuerUrl", "issuerUrl"], ({ trustedIssuerUrl, issuerUrl }) => {
      if (trustedIssuerUrl !== issuerUrl) {
        throw new OidcRunnerError(
          "TRUST_FOR_OTHER_ISSUER",
          `the given trust is for ${trustedIssuerUrl}, the cluster's issuer is ${issuerUrl}`,
          { where: `${name}.trust`, fix: "give the OidcTrustSetup of this cluster, or leave trust out" },
        );
      }
    }),
    ofPlan.one("issuerUrl", (url) => refuseSharedIssuer(url)),
  ];
}

/** What a runner's pod is made from, as far as it is checked, and the waivers of its definition. */
export interface PodInputs extends Pick<PodArguments, "command" | "env" | "secretEnv"> {
  createNamespace?: boolean;
  deployment?: object;
  script?: string;
  podTemplate?: PodTemplatePatch;
  serviceAccountName: string;
  waive?: Waiver[];
}

/** The same as a program gives it. */
export function podInputs(name: string, args: RunnerArgs) {
  const { command, env, secretEnv, script, podTemplate, waive, serviceAccountName = kubernetesName(name) } = args;
  const { createNamespace, deployment } = args;
  return { command, env, secretEnv, script, podTemplate, waive, serviceAccountName, createNamespace, deployment };
}

const ofPod = checksOf<PodInputs>();

/**
 * Checks of what a runner's pod is made from.
 *
 * @param identity the parts of the pod by which it has its cloud identity, with any values: a template must not displace them
 */
export function podChecks(identity: PodParts | undefined): Check<PodInputs>[] {
  const mounts: PodMount[] = [...Object.values(TRUST_MOUNTS), ...(identity?.mounts ?? [])];
  const reserved = identity?.reserved;
  return [
    ofPod.one("command", (command) => checkWork({ command })),
    ofPod.one("script", (script) => checkWork({ script })),
    // Names are known even where a value is not.
    ofPod.options("env", ({ env, secretEnv }) =>
      checkWork({ env: namesOf(env), secretEnv: namesOf(secretEnv), reserved }),
    ),
    ofPod.several(["podTemplate", "serviceAccountName"], ({ podTemplate = {}, serviceAccountName }) =>
      checkTemplate(podTemplate, { serviceAccountName, mounts, variables: reserved }),
    ),
    ofPod.several(["podTemplate", "createNamespace"], ({ podTemplate = {}, createNamespace }) => {
      if (createNamespace) checkPodSecurity(podTemplate);
    }),
    ofPod.options("deployment", ({ deployment, command, script }, known) => {
      if (deployment !== undefined && script === undefined && (command === undefined || known.command)) {
        checkGoesOn(known.command);
      }
    }),
    ofPod.one("waive", checkWaivers),
  ];
}

/** What the CLI does and ends, of which a Deployment would be made again and again. */
const ENDS = ["whoami", "up", "update", "preview", "destroy", "refresh", "login", "version", "about"];

/**
 * Refuses a command that ends by itself where one has to go on: Kubernetes would start it over and over, and the rollout would
 * never be done.
 *
 * @throws OidcRunnerError `DEPLOYMENT_INVALID`
 */
function checkGoesOn(command: readonly string[] = ["pulumi", "whoami"]): void {
  const [program = "", verb = ""] = command;
  if (program.split("/").pop() === "pulumi" && ENDS.includes(verb)) {
    throw new OidcRunnerError(
      "DEPLOYMENT_INVALID",
      `a deployment runs continuously, and \`pulumi ${verb}\` ends by itself`,
      {
        where: "deployment",
        fix: "give a command or script that goes on, or run it as a job or, at set times, as a cronJob",
      },
    );
  }
}

function namesOf(variables: unknown): KubernetesObject | undefined {
  return typeof variables === "object" && variables !== null && !isPending(variables) ? { ...variables } : undefined;
}

/** What a cloud runner adds to the checks. */
export interface CloudAccess {
  /** The arguments that give the pod a cloud identity, which an agent's workflows would not have. */
  blocks?: Record<string, unknown>;
  identity?: PodParts;
}

/**
 * Refuses what can be refused before anything is registered: a program that the engine could not run the resources of,
 * options that are mutually exclusive, and arguments that are known and bad.
 */
export function checkRunnerArgs(name: string, args: RunnerArgs, { blocks = {}, identity }: CloudAccess = {}): void {
  checkDynamicModule();
  checkOptions(name, args, blocks);
  checkNow(podInputs(name, args), podChecks(identity));
  checkNow(planInputs(name, args), planChecks(name));
}

function checkOptions(name: string, args: RunnerArgs & { cluster?: unknown }, blocks: Record<string, unknown>): void {
  exactlyOne(args, ["cluster"], name);
  atMostOne(args, ["command", "script"], name);
  const tokenType = accessTokenType(args.accessToken, "accessToken");
  if (workloadKind(args, name) === "agent") {
    // The work runs in pods of the agent's making, which have neither.
    for (const [option, value] of Object.entries({ script: args.script, ...blocks })) {
      const both: Record<string, unknown> = { agent: args.agent, [option]: value };
      atMostOne(both, ["agent", option], name);
    }
    checkAgentToken(tokenType);
  }
  if (args.createPolicy === false) {
    checkSharedTrust(name, args);
  }
  checkNewNamespace(args);
  if (args.createServiceAccount === false) {
    exactlyOne(args, ["serviceAccountName"], name);
  }
}

/** @throws OidcRunnerError `AGENT_INVALID` for a token the agent does not take: it asks for tokens of its pool, and for no other */
function checkAgentToken(tokenType: string): void {
  if (tokenType !== "runner") {
    throw new OidcRunnerError("AGENT_INVALID", `a deployment agent takes no ${tokenType} token`, {
      where: "accessToken",
      fix: "give accessToken: { runner: { pool } }, with the pool's id",
    });
  }
}

/** Refuses to rely on nothing, and options of a definition that is not made. */
function checkSharedTrust(name: string, args: RunnerArgs): void {
  for (const option of ["waive", "adoptPolicies"] as const) {
    if (args[option] !== undefined && !(option === "waive" && isAboutAccess(args.waive))) {
      throw new OidcRunnerError(
        "OPTION_CONFLICT",
        `without a definition of the runner's own, ${option} has no effect`,
        {
          where: name,
          fix: `leave ${option} out (the trust has one for its policies), or leave createPolicy out`,
        },
      );
    }
  }
  const where = `${name}.trust`;
  if (args.trust === undefined) {
    throw new OidcRunnerError(
      "OPTION_MISSING",
      "without a definition of the runner's own, a trust is needed whose policies admit the runner",
      {
        where,
        fix: "give an OidcTrustSetup with the shared definition in its policies, or leave createPolicy out",
      },
    );
  }
  if (hasNoPolicies(args.trust)) {
    throw noSharedPolicies(where);
  }
}

/** Whether waivers are of warnings about the access to a cloud, and none about a policy. */
function isAboutAccess(waive: RunnerArgs["waive"]): boolean {
  const names = Array.isArray(waive)
    ? waive.map((waiver) => (isKnown(waiver) ? (waiver as Waiver).name : undefined))
    : [];
  return names.length > 0 && names.every((name) => ACCESS_FINDINGS.some((finding) => finding === name));
}

/** The refusal of a trust that a runner can't rely on. */
export function noSharedPolicies(where: string): OidcRunnerError {
  return new OidcRunnerError(
    "OPTION_MISSING",
    "the given trust has no policies, and what others wrote into the issuer's policy can't be shown to admit the runner",
    { where, fix: "put the shared policy into its policies, or leave createPolicy out" },
  );
}
