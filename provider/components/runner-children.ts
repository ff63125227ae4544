import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { OidcPolicy } from "../resources/oidc-policy";
import { checkWork } from "../workload/check-work";
import { contentHash, entrypointData } from "../workload/entrypoint-data";
import { jobSpec } from "../workload/job";
import { kubernetesName, recommendedLabels } from "../workload/labels";
import type { PodParts } from "../workload/pod-parts";
import { podTemplate } from "../workload/pod-template";
import type { OidcTrustSetup } from "./oidc-trust-setup";
import { peer } from "./peer";
import type { RunnerArgs } from "./runner-args";
import type { RunnerPlan } from "./runner-plan";

/** What the cloud runners add to the common parts. */
export interface CloudIdentity {
  /** Annotations of the ServiceAccount. */
  annotations?: Record<string, pulumi.Input<string>>;
  /** What the pod needs to have it: token, mount, variables. */
  pod?: pulumi.Output<PodParts>;
  /** What must exist before the Job starts: role attachments, bindings. */
  dependencies?: pulumi.Resource[];
}

/** What every runner outputs. */
export interface RunnerOutputs {
  jobName: pulumi.Output<string>;
  serviceAccountName: pulumi.Output<string>;
  namespace: pulumi.Output<string>;
  issuerId: pulumi.Output<string>;
  audience: pulumi.Output<string>;
  subject: pulumi.Output<string>;
}

/**
 * The parts all runners have: namespace, ServiceAccount, policy, entrypoint ConfigMap and Job, as children of the runner.
 * Each takes its inputs from the proven plan.
 */
export function createRunnerChildren(
  parent: pulumi.ComponentResource,
  name: string,
  args: RunnerArgs,
  plan: pulumi.Output<RunnerPlan>,
  trust: OidcTrustSetup,
  identity: CloudIdentity,
): RunnerOutputs {
  const kubernetes = peer("@pulumi/kubernetes", () => ({
    ...(require("@pulumi/kubernetes/core/v1/serviceAccount") as typeof import("@pulumi/kubernetes/core/v1/serviceAccount")),
    ...(require("@pulumi/kubernetes/core/v1/configMap") as typeof import("@pulumi/kubernetes/core/v1/configMap")),
    ...(require("@pulumi/kubernetes/core/v1/namespace") as typeof import("@pulumi/kubernetes/core/v1/namespace")),
    ...(require("@pulumi/kubernetes/batch/v1/job") as typeof import("@pulumi/kubernetes/batch/v1/job")),
  }));
  const childName = kubernetesName(name);
  const labels = recommendedLabels(childName);
  const child = { parent };
  const proven = plan.apply((values) => values.trust);
  const namespace = args.createNamespace
    ? new kubernetes.Namespace(
        childName,
        {
          metadata: {
            name: proven.namespace,
            labels: { ...labels, "pod-security.kubernetes.io/enforce": "restricted" },
          },
        },
        child,
      ).metadata.name
    : proven.namespace;

  const serviceAccount = new kubernetes.ServiceAccount(
    childName,
    {
      metadata: { name: proven.serviceAccountName, namespace, labels, annotations: identity.annotations },
      automountServiceAccountToken: false,
    },
    child,
  );

  const { caCertificates } = args;
  const policy = new OidcPolicy(
    childName,
    {
      organization: plan.organization,
      apiUrl: plan.apiUrl,
      caCertificates,
      issuerId: trust.issuerId,
      definitions: proven.definition.apply((definition) => [definition]),
      waive: args.waive,
      adopt: args.adoptDefinitions,
      replaceDefaultDeny: trust.adopted.apply((adopted) => !adopted),
    },
    child,
  );

  const data = pulumi.all([proven, args.script, caCertificates]).apply(([provenTrust, script, ca]) => {
    checkWork({ script });
    return entrypointData({ trust: provenTrust, script, caCertificates: ca });
  });
  const configMap = new kubernetes.ConfigMap(
    childName,
    {
      metadata: { name: data.apply((entries) => `${childName}-${contentHash(entries)}`), namespace, labels },
      data,
      immutable: true,
    },
    child,
  );

  const template = pulumi
    .output({
      plan,
      configMapName: configMap.metadata.name,
      image: args.image,
      command: args.command,
      script: args.script,
      env: args.env,
      resources: args.resources,
      identity: identity.pod,
      triggers: args.triggers,
    })
    .apply(({ plan: values, script, triggers, ...work }) => {
      checkWork(work);
      return podTemplate({
        ...values,
        ...work,
        hasScript: script !== undefined,
        labels,
        annotations: triggers === undefined ? {} : { "pulumi-oidc-runner/triggers": digest(triggers) },
      });
    });
  const job = new kubernetes.Job(
    childName,
    {
      // A failed Job is made anew by the next update, so that a mended policy is tried again.
      metadata: { namespace, labels, annotations: { "pulumi.com/replaceUnready": "true" } },
      spec: pulumi.all([template, plan.job]).apply(([pod, options]) => jobSpec(pod, options)) as never,
    },
    { parent, dependsOn: [serviceAccount, policy, ...(identity.dependencies ?? [])] },
  );

  return {
    jobName: job.metadata.name,
    serviceAccountName: serviceAccount.metadata.name,
    namespace: pulumi.output(namespace),
    issuerId: trust.issuerId,
    audience: proven.audience,
    subject: proven.subject,
  };
}

function digest(triggers: string[]): string {
  return createHash("sha256").update(JSON.stringify(triggers)).digest("hex").slice(0, 16);
}
