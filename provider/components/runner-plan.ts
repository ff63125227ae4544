import * as pulumi from "@pulumi/pulumi";
import { checkApiUrl, defaultApiUrl } from "../cloud/backend";
import { OidcRunnerError } from "../errors";
import { checkWhenPlain } from "../resources/check-when-plain";
import { checkExpirationSeconds, DEFAULT_EXPIRATION_SECONDS } from "../trust/expiration";
import { checkNamespace, checkOrganization, checkServiceAccountName } from "../trust/names";
import { type ProvenTrust, proveRunnerTrust } from "../trust/prove";
import type { TokenSelection } from "../trust/token-selection";
import { checkTokenSelection } from "../trust/token-selection";
import { checkWaivers, type Waiver } from "../trust/waivers";
import { checkWork } from "../workload/check-work";
import { checkJobOptions, type JobOptions } from "../workload/job";
import { kubernetesName } from "../workload/labels";
import { atMostOne } from "./exactly-one";
import type { RunnerArgs } from "./runner-args";

/** Everything a runner's children are made from, checked and proven. */
export interface RunnerPlan {
  organization: string;
  trust: ProvenTrust;
  token: TokenSelection;
  expirationSeconds: number;
  job: JobOptions;
  apiUrl: string;
}

/** Refuses what can be refused before anything is registered: the arguments that are plain values. */
export function checkRunnerArgs(name: string, args: RunnerArgs): void {
  atMostOne(args, ["command", "script"], name);
  checkWhenPlain(args.command, (command) => checkWork({ command }));
  checkWhenPlain(args.script, (script) => checkWork({ script }));
  if (args.env !== undefined && !pulumi.Output.isInstance(args.env) && !(args.env instanceof Promise)) {
    // The names are known even where a value is not.
    checkWork({ env: args.env });
  }
  // Programs run without a type check too, and `config.get` may give nothing.
  checkWhenPlain(args.organization ?? "", checkOrganization);
  checkWhenPlain(args.namespace, checkNamespace);
  checkWhenPlain(args.serviceAccountName, checkServiceAccountName);
  checkWhenPlain(args.expirationSeconds, (seconds) => checkExpirationSeconds(seconds));
  const { tokenType, team, user, runner, roleId } = args;
  checkWhenPlain({ tokenType, team, user, runner, roleId }, (token) => checkTokenSelection(token as TokenSelection));
  for (const [option, value] of Object.entries(args.job ?? {})) {
    checkWhenPlain({ [option]: value }, (job) => checkJobOptions(job));
  }
  checkWhenPlain(args.waive, (waivers) => checkWaivers(waivers as Waiver[]));
  checkWhenPlain(args.apiUrl, checkApiUrl);
  if (args.createNamespace) {
    checkNamedNamespace(args.namespace);
  }
}

function checkNamedNamespace(namespace: pulumi.Input<string> | undefined): void {
  if (namespace === undefined || namespace === "default") {
    throw new OidcRunnerError("NAMESPACE_INVALID", "the namespace `default` exists already and can't be created", {
      where: "createNamespace",
      fix: "give a namespace of the runner's own, or leave createNamespace out",
    });
  }
}

/**
 * The one Output that all children take their inputs from. It resolves only when every value has passed its check and the
 * trust is proven, so a value that turns out bad during the update leaves no role, policy or Job behind.
 */
export function planRunner(name: string, args: RunnerArgs, issuerUrl: pulumi.Input<string>): pulumi.Output<RunnerPlan> {
  const { organization, tokenType, team, user, runner, roleId } = args;
  const given = pulumi.output({
    organization,
    issuerUrl,
    trustedIssuerUrl: args.trust?.issuerUrl,
    namespace: args.namespace ?? "default",
    serviceAccountName: args.serviceAccountName ?? kubernetesName(name),
    token: { tokenType, team, user, runner, roleId },
    expirationSeconds: args.expirationSeconds ?? DEFAULT_EXPIRATION_SECONDS,
    job: args.job ?? {},
    apiUrl: args.apiUrl ?? defaultApiUrl(),
  });
  return given.apply((values) => {
    checkExpirationSeconds(values.expirationSeconds);
    checkJobOptions(values.job);
    checkApiUrl(values.apiUrl);
    if (values.trustedIssuerUrl !== undefined && values.trustedIssuerUrl !== values.issuerUrl) {
      throw new OidcRunnerError(
        "TRUST_FOR_OTHER_ISSUER",
        `the given trust is for ${values.trustedIssuerUrl}, the cluster's issuer is ${values.issuerUrl}`,
        {
          where: `${name}.trust`,
          fix: "give the OidcTrustSetup of this cluster, or leave trust out",
        },
      );
    }
    const trust = proveRunnerTrust(values);
    return { ...values, trust };
  });
}

/**
 * The same plan, resolving only when one more fact has passed its check: what a cloud runner needs to be right before
 * ServiceAccount, policy and Job exist.
 */
export function planAfter(plan: pulumi.Output<RunnerPlan>, fact: pulumi.Output<unknown>): pulumi.Output<RunnerPlan> {
  return pulumi.all([plan, fact]).apply(([values]) => values);
}
