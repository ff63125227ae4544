import * as pulumi from "@pulumi/pulumi";
import { OidcPolicy } from "../resources/oidc-policy";
import { checkWork } from "../workload/check-work";
import { entrypointData } from "../workload/entrypoint-data";
import { kubernetesName, recommendedLabels } from "../workload/labels";
import type { PodParts } from "../workload/pod-parts";
import type { OidcTrustSetup } from "./oidc-trust-setup";
import { createNamespace, createServiceAccount } from "./runner-access";
import { agentTemplate } from "./runner-agent";
import type { RunnerArgs } from "./runner-args";
import { createConfigMap } from "./runner-config-map";
import type { RunnerPlan } from "./runner-plan";
import { runnerTemplate } from "./runner-template";
import { createWorkload, type WorkloadNames } from "./runner-workload";
import { sharedBy } from "./shared-definitions";
import { workloadKind } from "./workload-kind";

/** What the cloud runners add to the common parts. */
export interface CloudIdentity {
  /** Annotations of the ServiceAccount. */
  annotations?: Record<string, pulumi.Input<string>>;
  /** Whether the identity does not work without them: a warning names them where the ServiceAccount is not made here. */
  annotationsNeeded?: boolean;
  /** What the pod needs to have it: token, mount, variables. */
  pod?: pulumi.Output<PodParts>;
  /** What must exist before the Job starts: role attachments, bindings. */
  dependencies?: pulumi.Resource[];
}

/** What every runner outputs. */
export interface RunnerOutputs extends WorkloadNames {
  serviceAccountName: pulumi.Output<string>;
  namespace: pulumi.Output<string>;
  issuerId: pulumi.Output<string>;
  audience: pulumi.Output<string>;
  subject: pulumi.Output<string>;
}

/**
 * The parts all runners have: namespace, ServiceAccount, policy, ConfigMap and workload, as children of the runner. Each
 * takes its inputs from the proven plan.
 */
export function createRunnerChildren(
  parent: pulumi.ComponentResource,
  name: string,
  args: RunnerArgs,
  plan: pulumi.Output<RunnerPlan>,
  trust: OidcTrustSetup,
  identity: CloudIdentity,
): RunnerOutputs {
  const kind = workloadKind(args, name);
  const childName = kubernetesName(name);
  const labels = plan.apply(({ labels: own }) => ({ ...own, ...recommendedLabels(childName) }));
  const parts = { childName, plan, labels, parent };
  const namespace = createNamespace(args, parts);
  const serviceAccount = createServiceAccount(args, parts, namespace, identity);
  const { caCertificates } = args;
  const policy = sharedBy(args)?.policy ?? ownPolicy();
  const dependsOn = [...serviceAccount.resources, policy, ...(identity.dependencies ?? [])];
  const within = { ...parts, namespace };
  if (kind === "deploymentAgent") {
    const agent = agentTemplate(args, within, serviceAccount.name);
    dependsOn.push(...agent.dependencies);
    return outputs(createWorkload({ ...within, kind, template: agent.template, options: { parent, dependsOn } }));
  }
  const data = pulumi.all([plan.trust, args.script, caCertificates]).apply(([proven, script, ca]) => {
    checkWork({ script });
    return entrypointData({ trust: proven, script, caCertificates: ca });
  });
  const configMap = createConfigMap(data, within);
  const template = runnerTemplate(args, kind, parts, configMap.metadata.name, identity.pod);
  return outputs(createWorkload({ ...within, kind, template, options: { parent, dependsOn } }));

  function ownPolicy(): OidcPolicy {
    return new OidcPolicy(
      childName,
      {
        organization: plan.organization,
        apiUrl: plan.apiUrl,
        caCertificates,
        issuerId: trust.issuerId,
        definitions: plan.trust.apply(({ definition }) => [definition]),
        waive: args.waive,
        adopt: args.adoptDefinitions,
      },
      { parent },
    );
  }

  function outputs(names: WorkloadNames): RunnerOutputs {
    return {
      ...names,
      serviceAccountName: serviceAccount.name,
      namespace,
      issuerId: trust.issuerId,
      audience: plan.trust.audience,
      subject: plan.trust.subject,
    };
  }
}
