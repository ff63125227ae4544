import * as pulumi from "@pulumi/pulumi";
import { verifierDocument } from "../../../trust/parties/service";
import { checkArguments, checked } from "../../resources";
import { deploymentSpec, deploymentWaitSeconds } from "../../workload/kinds";
import { mergePodTemplate, type PodTemplate } from "../../workload/patch";
import { kubernetesName, recommendedLabels, selectorLabels } from "../../workload/pod";
import {
  FILES,
  networkPolicySpec,
  type ServerArguments,
  serverTemplate,
  serviceSpec,
  TOKEN_REVIEW_RULES,
} from "../../workload/service";
import {
  createLastingConfigMap,
  createNamespace,
  type KubernetesClass,
  makeServiceAccount,
  type ObjectContext,
} from "../kubernetes";
import { childOptions, exactlyOne, peer } from "../lib";
import { planAfter, warnDefaultNamespace } from "../runner";
import { resolveIssuer } from "../trust";
import type { VerifiedServiceArgs } from "./args";
import {
  CLUSTERS,
  checkPeers,
  checkServiceArgs,
  namespacesOf,
  RESERVED,
  type ServiceInputs,
  serverChecks,
  serverInputs,
  serviceChecks,
  serviceInputs,
} from "./checks";

export type * from "./args";

/** What a service's children are made from, as its component gives it. */
interface ServiceContext extends ObjectContext {
  args: VerifiedServiceArgs;
  plan: pulumi.Output<ServiceInputs & { audience: string }>;
  selector: Record<string, string>;
}

/**
 * A server whose callers are verified: Deployment, Service and ServiceAccount, and a ConfigMap by which the server knows whose tokens to accept. The
 * server's image has the npm package `oidc-runner-runtime` and calls `verifierFromEnvironment()`; issuer, audience and list of callers are wired from these
 * arguments, and a list that admits strangers is refused before anything is made. A change of them rolls out new pods.
 *
 * The pods pass Pod Security `restricted`, have a root file system that can't be written, and no token of the Kubernetes API unless
 * `tokenReview` or `jwksFromApiServer` asks for it. To be reached from outside the cluster, put an Ingress or a Gateway before the output `serviceName`.
 *
 * Errors: `OPTION_MISSING`, `OPTION_CONFLICT`, `OPTION_INVALID`, `SERVICE_INVALID`, `NAMESPACE_INVALID`, `NAMESPACE_MISSING`, `SERVICE_ACCOUNT_NAME_INVALID`,
 * `CLAIM_PATH_INVALID`, `PATTERN_WITHOUT_LITERAL`, `PATTERN_TOO_LONG`, `POLICY_LINT`, `GOOGLE_EMAIL_INVALID`, `ISSUER_URL_INVALID`, `ISSUER_URL_SHARED`,
 * `API_URL_INVALID`, `API_URL_INSECURE`, `GKE_CLUSTER_INVALID`, `OIDC_ISSUER_OFF`, `DEPLOYMENT_INVALID`, `COMMAND_EMPTY`, `ENV_RESERVED`, `ENV_STORED_TOKEN`,
 * `ENV_TWICE`, `LABEL_INVALID`, `POD_TEMPLATE_INVALID`, `POD_TEMPLATE_TRUST`, `PEER_MISSING`.
 *
 * @example
 * ```ts
 * // The pods of `checkout` in the namespace `shop` may call it, and a Google service account.
 * const orders = new VerifiedService("orders", {
 *   image: "registry.example.com/orders:1.4.0",
 *   namespace: "orders",
 *   createNamespace: true,
 *   cluster: { gke: { project: "acme-prod", location: "europe-west1", name: "prod" } },
 *   allow: [{ namespace: "shop", serviceAccountName: "checkout" }],
 *   google: { serviceAccountEmails: ["batch@acme-prod.iam.gserviceaccount.com"] },
 *   replicas: 2,
 *   tls: { secretName: "orders-tls" },
 *   networkPolicy: {},
 * });
 * export const audience = orders.audience;
 *
 * // kubeadm, k3s and kind: the keys from the cluster's own API server, which also reviews each token.
 * const stock = new VerifiedService("stock", {
 *   image: "registry.example.com/stock:2.0.1",
 *   namespace: "stock",
 *   cluster: { kubernetes: { issuerUrl: "https://kubernetes.default.svc.cluster.local" }, jwksFromApiServer: true },
 *   allow: [{ namespace: "shop" }],
 *   tokenReview: {},
 * });
 * ```
 */
export class VerifiedService extends pulumi.ComponentResource {
  /** Name of the Service, by which clients find it. */
  readonly serviceName!: pulumi.Output<string>;
  /** Name of the Deployment. */
  readonly workloadName!: pulumi.Output<string>;
  /** Name of the ServiceAccount that the server runs as. */
  readonly serviceAccountName!: pulumi.Output<string>;
  /** Namespace of all of it. */
  readonly namespace!: pulumi.Output<string>;
  /** What `aud` of the callers' tokens must be. */
  readonly audience!: pulumi.Output<string>;
  /** `iss` of the callers' pods' tokens, if pods may call. */
  readonly issuerUrl?: pulumi.Output<string>;

  /** The Service. */
  readonly service!: pulumi.CustomResource;
  /** The Deployment. */
  readonly workload!: pulumi.CustomResource;
  /** The ServiceAccount, if it is made here. */
  readonly serviceAccount?: pulumi.CustomResource;

  constructor(name: string, args: VerifiedServiceArgs, options?: pulumi.ComponentResourceOptions) {
    checkArguments("VerifiedService", name, args);
    checkServiceArgs(name, args);
    const issuer = issuerOf(name, args, () => this);
    super("oidc-runner:index:VerifiedService", name, {}, options);
    warnDefaultNamespace(args.namespace, this);
    const childName = kubernetesName(name);
    const plan = planService(name, args, issuer);
    const own = childOptions(this, options);
    const labels = plan.apply((known) => ({
      ...known.labels,
      ...recommendedLabels(childName, "verified-service"),
    }));
    const userLabels = plan.apply((known) => known.labels ?? {});
    const namespace = createNamespace(args, { childName, name: plan.namespace, labels: userLabels, options: own });
    const selector = selectorLabels(childName, "verified-service");
    const context: ServiceContext = { childName, labels, namespace, options: own, args, plan, selector };
    const children = createChildren(context);
    const outputs = {
      serviceName: children.service.metadata.name,
      workloadName: children.workload.metadata.name,
      serviceAccountName: children.accountName,
      namespace,
      audience: plan.audience,
      ...(issuer !== undefined && { issuerUrl: plan.apply(({ issuerUrl }) => issuerUrl ?? "") }),
    };
    const { service, workload, serviceAccount } = children;
    Object.assign(this, outputs, { service, workload, serviceAccount });
    this.registerOutputs(outputs);
  }
}

/** The issuer of the callers' pods; looked up where the cluster is given by its name. */
function issuerOf(
  name: string,
  { cluster }: VerifiedServiceArgs,
  owner: () => pulumi.Resource | undefined,
): pulumi.Input<string> | undefined {
  if (cluster === undefined) {
    return undefined;
  }
  const where = `${name}.cluster`;
  const kind = exactlyOne(cluster, CLUSTERS, where);
  return kind === "kubernetes"
    ? cluster.kubernetes?.issuerUrl
    : resolveIssuer({ [kind]: cluster[kind] }, where, owner).issuerUrl;
}

/** The one Output that all children take their inputs from: it resolves only when every value has passed its check. */
function planService(
  name: string,
  args: VerifiedServiceArgs,
  issuer: pulumi.Input<string> | undefined,
): ServiceContext["plan"] {
  // As an Output: what is bad about the issuer refuses the plan, and not the program, which goes on.
  const issuerUrl = issuer && pulumi.output(issuer);
  const inputs = { ...serviceInputs(name, args), issuerUrl };
  const plan = checked(inputs, serviceChecks(name, args.cluster)).apply((known) => ({
    ...known,
    audience: known.audience ?? `https://${known.serviceName}.${known.namespace}.svc`,
  }));
  const peers = pulumi.all([args.allow, args.networkPolicy?.from]).apply(([allow, from]) => {
    if (args.networkPolicy !== undefined) {
      checkPeers(namespacesOf(allow ?? []), from ?? []);
    }
  });
  return planAfter(planAfter(plan, peers), checked(serverInputs(name, args), serverChecks));
}

/** Whose tokens are accepted, for the pod. */
function configuration({ args, plan }: ServiceContext): pulumi.Output<Record<string, string>> {
  const { cluster, google, tokenReview } = args;
  return pulumi.all([plan, args.caCertificates]).apply(([known, caCertificates]): Record<string, string> => {
    const { audience, issuerUrl, allow = [], discoveryUrl, cacheSeconds } = known;
    const { serviceAccountEmails = [], googleDiscoveryUrl } = known;
    const document = verifierDocument({
      audience,
      ...(issuerUrl !== undefined && {
        cluster: {
          issuer: issuerUrl,
          ...(discoveryUrl !== undefined && { discoveryUrl }),
          ...(cluster?.jwksFromApiServer && { jwksFromApiServer: true }),
          ...(tokenReview !== undefined && { tokenReview: { cacheSeconds } }),
          allow,
        },
      }),
      ...(google !== undefined && { google: { serviceAccountEmails, discoveryUrl: googleDiscoveryUrl } }),
    });
    return {
      [FILES.verifier]: `${JSON.stringify(document, undefined, 2)}\n`,
      ...(caCertificates !== undefined && { [FILES.certificates]: caCertificates }),
    };
  });
}

function createChildren(context: ServiceContext) {
  const { args, plan, childName, labels, namespace, options, selector } = context;
  const classes = peer("@pulumi/kubernetes", () => ({
    ...(require("@pulumi/kubernetes/apps/v1/deployment") as { Deployment: KubernetesClass }),
    ...(require("@pulumi/kubernetes/core/v1/service") as { Service: KubernetesClass }),
  }));
  const serviceAccount =
    args.createServiceAccount === false
      ? undefined
      : makeServiceAccount(childName, { name: plan.serviceAccountName, namespace, labels }, options);
  const accountName = serviceAccount?.metadata.name ?? plan.serviceAccountName;
  const rights = args.tokenReview === undefined ? [] : createReviewRights(context, accountName);
  const configMap = createLastingConfigMap(configuration(context), context);
  const template = podTemplateOf(context, configMap.metadata.name);
  const dependsOn = [...(serviceAccount === undefined ? [] : [serviceAccount]), ...rights];
  const settings = plan.apply(({ replicas, strategy }) => ({ replicas, strategy }));
  const wait = pulumi.all([template, settings]).apply(([pod, known]) => String(deploymentWaitSeconds(pod, known)));
  const workload = new classes.Deployment(
    childName,
    {
      metadata: { namespace, labels, annotations: { "pulumi.com/timeoutSeconds": wait } },
      spec: pulumi.all([template, settings]).apply(([pod, known]) => deploymentSpec({ ...pod }, known, selector)),
    },
    { ...options, dependsOn },
  );
  const service = new classes.Service(
    childName,
    {
      // The Deployment is waited for until its pods are ready. The wait for a Service's endpoints would say the same once more, and never end
      // without replicas (pulumi/pulumi-kubernetes at f47bc2d6f199, provider/pkg/await/service.go).
      metadata: { name: plan.serviceName, namespace, labels, annotations: { "pulumi.com/skipAwait": "true" } },
      spec: plan.apply(({ servicePort = args.tls === undefined ? 80 : 443 }) =>
        serviceSpec({ selector, port: servicePort }),
      ),
    },
    options,
  );
  if (args.networkPolicy !== undefined) {
    createNetworkPolicy(context);
  }
  return { workload, service, serviceAccount, accountName };
}

/** The pod template, with the user's merged in. What is bad in it would be reported once more if it were read before the plan is good. */
function podTemplateOf(
  { args, plan, labels }: ServiceContext,
  configMapName: pulumi.Output<string>,
): pulumi.Output<PodTemplate> {
  const { image, command, port, env, secretEnv, readinessProbe, livenessProbe, resources, nodeSelector, tolerations } =
    args;
  const server: { [K in keyof Required<ServerArguments>]: VerifiedServiceArgs[K] } = {
    ...{ image, command, port, env, secretEnv, readinessProbe, livenessProbe, resources, nodeSelector, tolerations },
  };
  const given = plan.apply(() => pulumi.output({ server, podTemplate: args.podTemplate }));
  return pulumi.all([plan, given, labels, configMapName]).apply(([known, user, own, configMap]) => {
    const { serviceAccountName, tlsSecretName } = known;
    const ours = serverTemplate({
      ...(user.server as ServerArguments),
      ...{ serviceAccountName, tlsSecretName, labels: own, configMapName: configMap },
      hasCertificates: args.caCertificates !== undefined,
      asksApiServer: args.tokenReview !== undefined || args.cluster?.jwksFromApiServer === true,
    });
    return mergePodTemplate(ours, user.podTemplate ?? {}, "podTemplate", RESERVED);
  });
}

/** The right to have tokens reviewed; TokenReviews belong to no namespace. */
function createReviewRights(
  { childName, labels, namespace, options }: ServiceContext,
  serviceAccountName: pulumi.Output<string>,
): pulumi.Resource[] {
  const kubernetes = peer("@pulumi/kubernetes", () => ({
    ...(require("@pulumi/kubernetes/rbac/v1/clusterRole") as { ClusterRole: KubernetesClass }),
    ...(require("@pulumi/kubernetes/rbac/v1/clusterRoleBinding") as typeof import("@pulumi/kubernetes/rbac/v1/clusterRoleBinding")),
  }));
  const metadata = { labels };
  const role = new kubernetes.ClusterRole(childName, { metadata, rules: TOKEN_REVIEW_RULES }, options);
  const binding = new kubernetes.ClusterRoleBinding(
    childName,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: serviceAccountName, namespace }],
    },
    options,
  );
  return [role, binding];
}

function createNetworkPolicy({ args, plan, childName, labels, namespace, options, selector }: ServiceContext): void {
  const { NetworkPolicy } = peer(
    "@pulumi/kubernetes",
    () => require("@pulumi/kubernetes/networking/v1/networkPolicy") as { NetworkPolicy: KubernetesClass },
  );
  const spec = pulumi
    .all([plan, args.networkPolicy?.from])
    .apply(([{ allow = [] }, from = []]) => networkPolicySpec(selector, namespacesOf(allow), from));
  new NetworkPolicy(childName, { metadata: { namespace, labels }, spec }, options);
}
