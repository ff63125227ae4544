import * as pulumi from "@pulumi/pulumi";
import { OidcPolicy } from "../../resources";
import { entrypointData } from "../../workload/entrypoint";
import { runInputsDigest } from "../../workload/kinds";
import { kubernetesName, recommendedLabels } from "../../workload/pod";
import { type OidcTrustSetup, sharedBy } from "../trust";
import { createServiceAccount } from "./access";
import { agentTemplate } from "./agent";
import type { RunnerArgs } from "./args";
import { workOf } from "./command";
import { createConfigMap, createLastingConfigMap } from "./config-map";
import type { CloudIdentity } from "./context";
import { createNamespace } from "./namespace";
import type { RunnerPlan } from "./plan";
import { runnerTemplate } from "./template";
import { createWorkload } from "./workload";
import { workloadKind } from "./workload-kind";

/** What a runner's children are made from. */
export interface RunnerParts {
  args: RunnerArgs;
  plan: pulumi.Output<RunnerPlan>;
  trust: OidcTrustSetup;
  identity?: CloudIdentity;
  /** The runner's own, for its workload: a component's children do not inherit the option. */
  customTimeouts?: pulumi.CustomTimeouts;
}

/** What every runner outputs. */
export interface RunnerOutputs {
  workloadName: pulumi.Output<string>;
  serviceAccountName: pulumi.Output<string>;
  namespace: pulumi.Output<string>;
  issuerId: pulumi.Output<string>;
  audience: pulumi.Output<string>;
  subject: pulumi.Output<string>;
}

/** The resources of every runner that programs may need. */
export interface ChildResources {
  workload: pulumi.CustomResource;
  serviceAccount?: pulumi.CustomResource;
}

/** A runner's children, and what it outputs. */
export interface RunnerChildren {
  outputs: RunnerOutputs;
  children: ChildResources;
}

/**
 * The parts all runners have: namespace, ServiceAccount, policy, ConfigMap and workload, as children of the runner. Each
 * takes its inputs from the proven plan.
 */
export function createRunnerChildren(
  parent: pulumi.ComponentResource,
  name: string,
  { args, plan, trust, identity = {}, customTimeouts }: RunnerParts,
): RunnerChildren {
  const kind = workloadKind(args, name);
  const childName = kubernetesName(name);
  const labels = plan.apply(({ labels: own }) => ({ ...own, ...recommendedLabels(childName) }));
  // It is read when the plan is good: what is bad in it would be reported once more.
  const work = plan.apply(() => workOf(args));
  const parts = { childName, plan, work, labels, parent };
  const runInputs = pulumi
    .all([plan, work, identity.principal])
    .apply(([{ trust: proven, ...values }, given, cloudPrincipal]) =>
      runInputsDigest({ ...values, ...proven, ...given, podSpec: given.podTemplate.spec, cloudPrincipal }),
    );
  const namespace = createNamespace(args, parts);
  const serviceAccount = createServiceAccount(args, parts, namespace, identity);
  const { caCertificates } = args;
  const policy = sharedBy(args)?.policy ?? ownPolicy();
  const dependsOn = [...serviceAccount.resources, policy, ...(identity.dependencies ?? [])];
  const options = { parent, dependsOn, customTimeouts };
  const within = { ...parts, namespace };
  if (kind === "agent") {
    const agent = agentTemplate(args, within, serviceAccount.name);
    dependsOn.push(...agent.dependencies);
    return made(createWorkload({ ...within, kind, template: agent.template, runInputs, options }));
  }
  const data = pulumi
    .all([plan.trust, work.script, caCertificates])
    .apply(([proven, script, ca]) => entrypointData({ trust: proven, script, caCertificates: ca }));
  const configMap = kind === "job" ? createConfigMap(data, within) : createLastingConfigMap(data, within);
  const template = runnerTemplate(kind, parts, configMap.metadata.name, identity.pod);
  return made(createWorkload({ ...within, kind, template, runInputs, options }));

  function ownPolicy(): OidcPolicy {
    return new OidcPolicy(
      childName,
      {
        organization: plan.organization,
        apiUrl: plan.apiUrl,
        caCertificates,
        issuerId: trust.issuerId,
        policies: plan.apply(({ trust: { definition }, accessToken }) => [
          { decision: definition.decision, accessToken, rules: definition.rules },
        ]),
        waive: args.waive,
        adopt: args.adoptPolicies,
      },
      { parent },
    );
  }

  function made(workload: ReturnType<typeof createWorkload>): RunnerChildren {
    const outputs = {
      workloadName: workload.metadata.name,
      serviceAccountName: serviceAccount.name,
      namespace,
      issuerId: trust.issuerId,
      audience: plan.trust.audience,
      subject: plan.trust.subject,
    };
    return { outputs, children: { workload, serviceAccount: serviceAccount.resources[0] } };
  }
}
