/** What the webhook looks at of a pod. */
export interface WebhookPod {
  metadata: { labels?: Record<string, string>; annotations?: Record<string, string>; [field: string]: unknown };
  spec: {
    containers: WebhookContainer[];
    initContainers?: WebhookContainer[];
    volumes?: { name: string; [source: string]: unknown }[];
    [field: string]: unknown;
  };
}

interface WebhookContainer {
  name: string;
  env?: { name: string; value?: string; [field: string]: unknown }[];
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
  [field: string]: unknown;
}

/** What the webhook knows of the pod's ServiceAccount and cluster. */
export interface WebhookSettings {
  /** Annotation `eks.amazonaws.com/role-arn` of the ServiceAccount. */
  roleArn?: string;
  /** Whether an association of EKS Pod Identity names the ServiceAccount; it then wins over the annotation. */
  podIdentity?: boolean;
  /** Its flag `--aws-default-region`, which EKS gives. */
  region?: string;
  /** Its flag `--sts-regional-endpoint`, or the ServiceAccount's annotation. */
  regionalSts?: boolean;
}

/** Names, paths and audiences are the defaults of the webhook's flags. */
const WEB_IDENTITY = {
  volume: "aws-iam-token",
  directory: "/var/run/secrets/eks.amazonaws.com/serviceaccount",
  path: "token",
  audience: "sts.amazonaws.com",
};
const POD_IDENTITY = {
  volume: "eks-pod-identity-token",
  directory: "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount",
  path: "eks-pod-identity-token",
  audience: "pods.eks.amazonaws.com",
};

/**
 * What EKS's admission webhook makes of a pod: which variables, mounts, volumes and labels it adds, and which it finds there
 * already (behaviour of aws/amazon-eks-pod-identity-webhook at 3bf80a3, its README and `--help`; Linux nodes only).
 */
export function eksWebhook(pod: WebhookPod, settings: WebhookSettings): WebhookPod {
  const { roleArn, podIdentity = false } = settings;
  if (roleArn === undefined && !podIdentity) {
    return pod;
  }
  const method = podIdentity ? POD_IDENTITY : WEB_IDENTITY;
  const file = `${method.directory}/${method.path}`;
  const identity: [string, string][] = podIdentity
    ? [
        ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"],
        ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file],
      ]
    : [
        ["AWS_ROLE_ARN", roleArn ?? ""],
        ["AWS_WEB_IDENTITY_TOKEN_FILE", file],
      ];
  const skipped = (pod.metadata.annotations?.["eks.amazonaws.com/skip-containers"] ?? "").split(",");
  const mutated = (container: WebhookContainer): WebhookContainer =>
    skipped.includes(container.name) ? container : withIdentity(container, identity, method, settings);
  const { containers, initContainers, volumes = [], ...spec } = pod.spec;
  const expirationSeconds = Number(pod.metadata.annotations?.["eks.amazonaws.com/token-expiration"] ?? 86_400);
  const serviceAccountToken = { audience: method.audience, expirationSeconds, path: method.path };
  const volume = { name: method.volume, projected: { sources: [{ serviceAccountToken }] } };
  return {
    ...pod,
    metadata: podIdentity
      ? { ...pod.metadata, labels: { ...pod.metadata.labels, "eks.amazonaws.com/pod-identity": "enabled" } }
      : pod.metadata,
    spec: {
      ...spec,
      containers: containers.map(mutated),
      ...(initContainers !== undefined && { initContainers: initContainers.map(mutated) }),
      volumes: volumes.some(({ name }) => name === method.volume) ? volumes : [volume, ...volumes],
    },
  };
}

function withIdentity(
  container: WebhookContainer,
  identity: [string, string][],
  method: typeof WEB_IDENTITY,
  { region, regionalSts = false }: WebhookSettings,
): WebhookContainer {
  const { env = [], volumeMounts = [], ...rest } = container;
  const has = (...names: string[]) => env.some(({ name }) => names.includes(name));
  const regionNames = ["AWS_DEFAULT_REGION", "AWS_REGION"];
  const identityNames = identity.map(([name]) => name);
  // Complete: then not even the mount is looked at.
  if (has(...identityNames) && has(...regionNames) && has("AWS_STS_REGIONAL_ENDPOINTS")) {
    return container;
  }
  const added: [string, string][] = [
    ...(regionalSts && !has("AWS_STS_REGIONAL_ENDPOINTS") ? [["AWS_STS_REGIONAL_ENDPOINTS", "regional"]] : []),
    ...(region !== undefined && !has(...regionNames) ? regionNames.map((name) => [name, region]) : []),
    ...(has(...identityNames) ? [] : identity),
  ] as [string, string][];
  const mount = { name: method.volume, mountPath: method.directory, readOnly: true };
  return {
    ...rest,
    env: [...env, ...added.map(([name, value]) => ({ name, value }))],
    volumeMounts: volumeMounts.some(({ name }) => name === method.volume) ? volumeMounts : [...volumeMounts, mount],
  };
}
