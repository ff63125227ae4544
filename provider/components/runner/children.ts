import * as pulumi from "@pulumi/pulumi";
import { type AccessToken, OidcPolicy, warn } from "../../resources";
import { AGENT_RULES, agentData, runInputsDigest } from "../../workload/kinds";
import type { PodTemplate } from "../../workload/patch";
import { kubernetesName } from "../../workload/pod";
import { createLastingConfigMap, createNamespace, type KubernetesClass, makeServiceAccount } from "../kubernetes";
import { type ChildOptions, peer } from "../lib";
import type { TrustReference } from "../trust";
import type { RunnerArgs } from "./args";
import type { CloudIdentity, RunnerContext } from "./context";
import { createEntrypoint } from "./entrypoint";
import type { RunnerPlan } from "./plan";
import { type AgentParts, agentTemplate, runnerTemplate, userPod } from "./pod";
import { createWorkload } from "./workload";
import { workloadKind } from "./workload-kind";

/** What a runner's children are made from, as its component gives it. */
export interface RunnerParts {
  args: RunnerArgs;
  plan: pulumi.Output<RunnerPlan>;
  trust: TrustReference;
  identity?: CloudIdentity;
  /** What the program gave the component. */
  options: pulumi.ComponentResourceOptions | undefined;
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
  policy?: OidcPolicy;
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
export function createRunnerChildren(options: ChildOptions, name: string, parts: RunnerParts): RunnerChildren {
  // For each property of a resource the SDK notes four stack traces, for `PULUMI_DEBUG_PROMISE_LEAKS` to show (pulumi/pulumi,
  // sdk/nodejs/runtime/debuggable.ts at v3.200.0 and v3.248.0): a sixth of what a runner costs. Where a resource is made, which
  // errors name, is noted whatever the limit is (resource.ts, callsites).
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = Math.min(1, stackTraceLimit);
  try {
    return createAll(options, name, parts);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function createAll(
  options: ChildOptions,
  name: string,
  { args, plan, trust, identity = {}, options: given = {} }: RunnerParts,
): RunnerChildren {
  const childName = kubernetesName(name);
  const context: RunnerContext = {
    ...{ options, given, args, childName, plan, kind: workloadKind(args, name) },
    pod: plan.apply(() => userPod(args)),
    labels: plan.ownLabels,
    namespace: createNamespace(args, { childName, name: plan.trust.namespace, labels: plan.labels, options }),
  };
  const runInputs = pulumi
    .all([plan, context.pod, identity.principal])
    .apply(([{ trust: proven, ...values }, { pod, script, triggers, podTemplate }, cloudPrincipal]) => {
      const work = { ...pod, script, triggers, podSpec: podTemplate?.spec };
      return runInputsDigest({ ...values, ...proven, ...work, cloudPrincipal });
    });
  const serviceAccount = createServiceAccount(context, identity);
  // Shared policies are written before the plan that was proven with them is known.
  const policies = args.createPolicy === false ? [] : [createPolicy(context, trust)];
  const dependsOn: pulumi.Resource[] = [...serviceAccount.resources, ...policies, ...(identity.dependencies ?? [])];
  const workload = createWorkload(context, template(), runInputs, { ...options, dependsOn });
  const outputs = {
    workloadName: workload.metadata.name,
    serviceAccountName: serviceAccount.name,
    namespace: context.namespace,
    issuerId: pulumi.output(trust.issuerId),
    audience: plan.trust.audience,
    subject: plan.trust.subject,
  };
  return { outputs, children: { workload, serviceAccount: serviceAccount.resources[0], policy: policies[0] } };

  function template(): pulumi.Output<PodTemplate> {
    if (context.kind === "agent") {
      dependsOn.push(...createRights(context, serviceAccount.name));
      return agentTemplate(context, agentParts(context));
    }
    return runnerTemplate(context, createEntrypoint(context), identity.pod);
  }
}

/** The runner's own policy. */
function createPolicy({ args, childName, plan, options }: RunnerContext, trust: TrustReference): OidcPolicy {
  return new OidcPolicy(
    childName,
    {
      organization: plan.organization,
      apiUrl: plan.apiUrl,
      caCertificates: args.caCertificates,
      issuerId: trust.issuerId,
      policies: plan.apply(({ trust: { definition }, accessToken }) => [
        // One block of them is set: the plan is made from checked arguments.
        { decision: definition.decision, accessToken: accessToken as AccessToken, rules: definition.rules },
      ]),
      waive: args.waive,
      adopt: args.adoptPolicies,
    },
    options,
  );
}

/** The ServiceAccount that is trusted: one that is made, or the name of one that is there. */
function createServiceAccount(
  { args, childName, plan, labels, namespace, options }: RunnerContext,
  identity: CloudIdentity,
): { name: pulumi.Output<string>; resources: pulumi.CustomResource[] } {
  const { serviceAccountName } = plan.trust;
  if (args.createServiceAccount === false) {
    if (identity.annotationsNeeded) {
      warnNotAnnotated(
        pulumi.output({ annotations: identity.annotations, namespace, name: serviceAccountName }),
        options.parent,
      );
    }
    return { name: serviceAccountName, resources: [] };
  }
  const metadata = { name: serviceAccountName, namespace, labels, annotations: identity.annotations };
  const made = makeServiceAccount(childName, metadata, options);
  return { name: made.metadata.name, resources: [made] };
}

/** Says how to give a ServiceAccount, which is not ours to change, what its cloud identity needs. */
function warnNotAnnotated(
  known: pulumi.Output<{ annotations?: Record<string, string>; namespace: string; name: string }>,
  runner: pulumi.Resource,
): void {
  known.apply(({ annotations = {}, namespace, name }) => {
    const values = Object.entries(annotations).map(([key, value]) => `${key}=${value}`);
    warn(
      `SERVICE_ACCOUNT_NOT_ANNOTATED: the ServiceAccount ${namespace}/${name} is not made here, and its cloud identity needs an annotation. Fix: kubectl annotate serviceaccount ${name} --namespace=${namespace} --overwrite ${values.join(" ")}`,
      runner,
    );
  });
}

/** What an agent has besides ServiceAccount and policy: its files, and a ServiceAccount for the pods that it makes. */
function agentParts(context: RunnerContext): AgentParts {
  const { caCertificates, agent: { workerServiceAccountName, workerPodTemplate } = {} } = context.args;
  const files = pulumi
    .all([caCertificates, workerPodTemplate, context.plan])
    .apply(([ca, pod]) => agentData({ caCertificates: ca, workerPodTemplate: pod }));
  const hasFiles = caCertificates !== undefined || workerPodTemplate !== undefined;
  return {
    files,
    configMapName: hasFiles ? createLastingConfigMap(files, context).metadata.name : undefined,
    workerServiceAccountName: pulumi.output(workerServiceAccountName ?? createWorkerAccount(context)),
  };
}

/** Who the agent's pods are: without rights, and not the agent, whose token is exchanged for one of the pool. */
function createWorkerAccount({ childName, labels, namespace, options }: RunnerContext): pulumi.Output<string> {
  return makeServiceAccount(`${childName}-worker`, { namespace, labels }, options).metadata.name;
}

function createRights(
  { childName, labels, namespace, options }: RunnerContext,
  serviceAccountName: pulumi.Output<string>,
) {
  const kubernetes = peer("@pulumi/kubernetes", () => ({
    ...(require("@pulumi/kubernetes/rbac/v1/role") as { Role: KubernetesClass }),
    ...(require("@pulumi/kubernetes/rbac/v1/roleBinding") as typeof import("@pulumi/kubernetes/rbac/v1/roleBinding")),
  }));
  const metadata = { namespace, labels };
  const role = new kubernetes.Role(childName, { metadata, rules: AGENT_RULES }, options);
  const binding = new kubernetes.RoleBinding(
    childName,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: serviceAccountName, namespace }],
    },
    options,
  );
  return [role, binding];
}
