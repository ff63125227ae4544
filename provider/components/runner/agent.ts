import * as pulumi from "@pulumi/pulumi";
import { AGENT_RULES, agentData, agentPodTemplate } from "../../workload/kinds";
import { mergePodTemplate, type PodTemplate } from "../../workload/patch";
import { peer } from "../lib";
import type { RunnerArgs } from "./args";
import type { Work } from "./command";
import { createLastingConfigMap } from "./config-map";

import type { WorkloadParts } from "./context";
import type { Workload } from "./workload-kind";

type Parts = Pick<WorkloadParts, "childName" | "plan" | "labels" | "namespace"> & {
  work: pulumi.Output<Work>;
  parent: pulumi.ComponentResource;
};

/**
 * What a customer-managed workflow agent has besides ServiceAccount and policy: the right to make pods in its namespace, a
 * ServiceAccount for those pods, and its pod template.
 */
export function agentTemplate(
  args: RunnerArgs,
  parts: Parts,
  serviceAccountName: pulumi.Output<string>,
): { template: pulumi.Output<PodTemplate>; dependencies: pulumi.Resource[] } {
  const { workerServiceAccountName, workerPodTemplate } = args.agent ?? {};
  const { caCertificates } = args;
  const data = pulumi
    .all([caCertificates, workerPodTemplate, parts.plan])
    .apply(([ca, pod]) => agentData({ caCertificates: ca, workerPodTemplate: pod }));
  const hasData = caCertificates !== undefined || workerPodTemplate !== undefined;
  const configMap = hasData ? createLastingConfigMap(data, parts).metadata.name : undefined;
  const worker = pulumi.output(workerServiceAccountName ?? createWorkerAccount(parts));
  const template = pulumi
    .all([parts.work, parts.plan, parts.labels, configMap, data, worker])
    .apply(([{ podTemplate: patch, ...work }, values, labels, configMapName, files, workerName]) => {
      const agent = values.workload as Workload["agent"];
      const more = { agent, configMapName, files: Object.keys(files), workerServiceAccountName: workerName };
      const pod = agentPodTemplate({ ...values, ...work, ...more, labels, restartPolicy: "Always" });
      return mergePodTemplate(pod, patch);
    });
  return { template, dependencies: createRights(parts, serviceAccountName) };
}

/** Who the agent's pods are: nobody with rights, and not the agent, whose token is exchanged for one of the pool. */
function createWorkerAccount({ childName, labels, namespace, parent }: Parts): pulumi.Output<string> {
  const { ServiceAccount } = peer(
    "@pulumi/kubernetes",
    () =>
      require("@pulumi/kubernetes/core/v1/serviceAccount") as typeof import("@pulumi/kubernetes/core/v1/serviceAccount"),
  );
  const args = { metadata: { namespace, labels }, automountServiceAccountToken: false };
  return new ServiceAccount(`${childName}-worker`, args, { parent }).metadata.name;
}

function createRights({ childName, labels, namespace, parent }: Parts, serviceAccountName: pulumi.Output<string>) {
  const kubernetes = peer("@pulumi/kubernetes", () => ({
    ...(require("@pulumi/kubernetes/rbac/v1/role") as typeof import("@pulumi/kubernetes/rbac/v1/role")),
    ...(require("@pulumi/kubernetes/rbac/v1/roleBinding") as typeof import("@pulumi/kubernetes/rbac/v1/roleBinding")),
  }));
  const metadata = { namespace, labels };
  const role = new kubernetes.Role(childName, { metadata, rules: AGENT_RULES as never }, { parent });
  const binding = new kubernetes.RoleBinding(
    childName,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: serviceAccountName, namespace }],
    },
    { parent },
  );
  return [role, binding];
}
