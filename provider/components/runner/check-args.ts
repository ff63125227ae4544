import * as pulumi from "@pulumi/pulumi";
import { checkApiUrl } from "../../../pulumi-cloud/api";
import { OidcRunnerError } from "../../../trust";
import { checkWaivers, type Waiver } from "../../../trust/lint";
import {
  type AccessToken,
  accessTokenType,
  checkExpirationSeconds,
  checkNamespace,
  checkOrganization,
  checkServiceAccountName,
  oneToken,
} from "../../../trust/policy";
import { checkDynamicModule, checkWhenPlain, isKnown } from "../../resources";
import { checkTemplate, type PodTemplatePatch } from "../../workload/patch";
import { checkLabels, checkWork, kubernetesName, type PodParts, TRUST_MOUNTS } from "../../workload/pod";
import { atMostOne, exactlyOne } from "../lib";
import { sharedBy } from "../trust";
import type { RunnerArgs } from "./args";
import { checkAgentToken, checkSettings, checkWorkload, workloadKind } from "./workload-kind";

/**
 * Refuses what can be refused before anything is registered: a program that the engine could not run the resources of,
 * and arguments that are plain values.
 *
 * @param identity the parts of the pod by which it has its cloud identity, with any values
 */
export function checkRunnerArgs(name: string, args: RunnerArgs, identity?: PodParts): void {
  checkDynamicModule();
  checkWorkArgs(name, args, identity);
  // Programs run without a type check too, and `config.get` may give nothing.
  checkWhenPlain(args.organization ?? "", checkOrganization);
  checkWhenPlain(args.namespace, checkNamespace);
  checkWhenPlain(args.serviceAccountName, checkServiceAccountName);
  accessTokenType(args.accessToken, "accessToken");
  const { expirationSeconds, ...token } = args.accessToken;
  checkWhenPlain(expirationSeconds, (seconds) => checkExpirationSeconds(seconds, "accessToken.expirationSeconds"));
  checkWhenPlain(token, (known) => oneToken(known as AccessToken, "accessToken"));
  checkWorkloadArgs(name, args);
  checkWhenPlain(args.waive, (waivers) => checkWaivers(waivers as Waiver[]));
  checkWhenPlain(args.apiUrl, checkApiUrl);
  if (args.createPolicy === false) {
    checkSharedTrust(name, args);
  }
  if (args.createNamespace) {
    checkNamedNamespace(args.namespace);
  }
  if (args.createServiceAccount === false) {
    exactlyOne(args, ["serviceAccountName"], name);
  }
}

/** Refuses to rely on nothing, and options of a definition that is not made. */
function checkSharedTrust(name: string, args: RunnerArgs): void {
  for (const option of ["waive", "adoptPolicies"] as const) {
    if (args[option] !== undefined) {
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
  if (sharedBy(args) === undefined) {
    throw new OidcRunnerError(
      "OPTION_MISSING",
      "the given trust has no policies, and what others wrote into the issuer's policy can't be shown to admit the runner",
      { where, fix: "put the shared definition into its policies, or leave createPolicy out" },
    );
  }
}

function checkWorkArgs(name: string, args: RunnerArgs, identity?: PodParts): void {
  atMostOne(args, ["command", "script"], name);
  checkWhenPlain(args.command, (command) => checkWork({ command }));
  checkWhenPlain(args.script, (script) => checkWork({ script }));
  // Names are known even where a value is not.
  checkWork({ env: knownNames(args.env), secretEnv: knownNames(args.secretEnv) });
  checkWhenPlain(args.labels, (labels) => checkLabels(labels));
  const serviceAccountName = args.serviceAccountName ?? kubernetesName(name);
  checkWhenPlain([args.podTemplate, serviceAccountName] as const, ([patch = {}, own]) =>
    checkTemplate(patch as PodTemplatePatch, {
      serviceAccountName: own,
      mounts: [...Object.values(TRUST_MOUNTS), ...(identity?.mounts ?? [])],
    }),
  );
}

function knownNames(variables: pulumi.Input<Record<string, unknown>> | undefined): Record<string, unknown> | undefined {
  return pulumi.Output.isInstance(variables) || variables instanceof Promise ? undefined : variables;
}

function checkWorkloadArgs(name: string, args: RunnerArgs): void {
  const kind = workloadKind(args, name);
  const settings: unknown = args[kind] ?? {};
  if (kind === "agent") {
    // The work runs in pods of the agent's making, which have neither.
    for (const other of ["script", "aws", "google"]) {
      atMostOne(args as unknown as Record<string, unknown>, ["agent", other], name);
    }
    checkAgentToken(accessTokenType(args.accessToken, "accessToken"));
  }
  if (isKnown(settings)) {
    checkWorkload(kind, settings as object, name);
  } else if (!pulumi.Output.isInstance(settings) && !(settings instanceof Promise)) {
    for (const [option, value] of Object.entries(settings as object)) {
      checkWhenPlain({ [option]: value as unknown }, (one) => checkSettings(kind, one));
    }
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
