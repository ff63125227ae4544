import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ENTRYPOINT_PARTS } from "../../../provider/workload/entrypoint";
import { RUN_INPUTS_ANNOTATION } from "../../../provider/workload/kinds/run-again";
import type { MockedRun, Registered } from "../../helpers/pulumi-mocks";
import { API } from "./cloud";

/** What is expected of a runner named `deployer` in the organization `acme`; the rest are the parts that vary. */
export interface Expectation {
  /** Type of the component. */
  component: string;
  issuerUrl: string;
  namespace: string;
  serviceAccountName?: string;
  /** Name of the shared trust; undefined when one was given. */
  trustName?: string;
  /** Name under which the issuer is registered, with the hash of its owner. */
  issuerName?: string;
  issuerId: string;
  /** Access token of the policy. Default: the organization's. */
  accessToken?: object;
  annotations?: Record<string, unknown>;
  /** Environment variables after OIDC_RUNNER_TOKEN_TYPE. */
  owner?: string;
  tokenType?: string;
  awsRoleArn?: string;
  /** Client id and tenant of a pod with an identity of Entra ID. */
  azureClient?: { clientId: string; tenantId: string };
  /** Project of a pod with a Google identity. */
  googleProject?: string;
  /** What the metadata server must answer. */
  googleIdentity?: string;
  /** What the ServiceAccount, and what the Job, waits for besides the common parts. */
  annotationsFrom?: string[];
  jobFrom?: string[];
}

/** Stands for the texts of the entrypoint's files, which would drown every other difference. */
const ENTRYPOINT = "the entrypoint";

/** Stands for the digest of what runs a Job again; tests/provider/components/runner/run-again.test.ts looks into it. */
const RUN_INPUTS = "digest of the run inputs";

/**
 * The registered resources, with the entrypoint's texts replaced by {@link ENTRYPOINT} if they are the same, and a Job's
 * digest by {@link RUN_INPUTS}.
 */
export function registered(run: MockedRun<unknown>): Registered[] {
  const directory = join(__dirname, "../../../provider/workload/entrypoint");
  const texts = ["entrypoint.sh", ...ENTRYPOINT_PARTS].map((path) => [
    path,
    // As it ships: tests/provider/workload/entrypoint/index.test.ts looks into what is left out.
    readFileSync(join(directory, path), "utf8").replace(/^[ \t]*(#(?!!).*)?\n/gm, ""),
  ]);
  return run.resources.map((resource) => {
    const { data, metadata } = resource.inputs as {
      data?: Record<string, string>;
      metadata?: { annotations?: Record<string, string> };
    };
    const digest = metadata?.annotations?.[RUN_INPUTS_ANNOTATION];
    const inputs = {
      ...resource.inputs,
      ...(digest !== undefined &&
        /^[0-9a-f]{16}$/.test(digest) && {
          metadata: { ...metadata, annotations: { ...metadata?.annotations, [RUN_INPUTS_ANNOTATION]: RUN_INPUTS } },
        }),
      ...(data !== undefined && texts.every(([name = "", text]) => data[name] === text) && { data: ENTRYPOINT }),
    };
    return { ...resource, inputs };
  });
}

const LABELS = {
  "app.kubernetes.io/name": "oidc-runner",
  "app.kubernetes.io/instance": "deployer",
  "app.kubernetes.io/managed-by": "pulumi",
};

const SHARED_LABELS = { "app.kubernetes.io/name": "oidc-runner", "app.kubernetes.io/managed-by": "pulumi" };

/** Every resource of the runner but those of its cloud, with all inputs, sorted as a run lists them. */
export function expectedRunner(expectation: Expectation): Registered[] {
  const { component, issuerUrl, namespace, serviceAccountName = "deployer", trustName, issuerId } = expectation;
  const parent = `${component} deployer`;
  const scripts = `${namespace}-entrypoint`;
  const subject = `system:serviceaccount:${namespace}:${serviceAccountName}`;
  const issuer = `pulumi-nodejs:dynamic/oidc-runner:OidcIssuer ${trustName}`;
  const annotationsFrom = expectation.annotationsFrom ?? [];
  const trust: Registered[] =
    trustName === undefined
      ? []
      : [
          { type: "oidc-runner:index:OidcTrustSetup", name: trustName, inputs: {}, dependencies: [] },
          {
            type: "pulumi-nodejs:dynamic/oidc-runner:OidcIssuer",
            name: trustName,
            inputs: {
              __provider: 'exports.handler = () => require("pulumi-oidc-runner/dynamic").issuer;',
              organization: "acme",
              issuerUrl,
              name: expectation.issuerName,
              apiUrl: API,
            },
            parent: `oidc-runner:index:OidcTrustSetup ${trustName}`,
            dependencies: [],
          },
        ];
  return [
    {
      type: "kubernetes:batch/v1:Job",
      name: "deployer",
      inputs: {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: {
          namespace,
          labels: LABELS,
          annotations: {
            "pulumi.com/replaceUnready": "true",
            "pulumi.com/timeoutSeconds": "3960",
            "pulumi-oidc-runner/run-inputs": RUN_INPUTS,
          },
        },
        spec: {
          activeDeadlineSeconds: 3600,
          backoffLimit: 0,
          template: {
            metadata: { labels: LABELS, annotations: {} },
            spec: expectedPod(expectation, serviceAccountName),
          },
        },
      },
      parent,
      dependencies: [
        `kubernetes:core/v1:ConfigMap ${scripts}`,
        "kubernetes:core/v1:ServiceAccount deployer",
        "pulumi-nodejs:dynamic/oidc-runner:OidcPolicy deployer",
        ...(expectation.jobFrom ?? []),
      ].sort(),
    },
    {
      type: "kubernetes:core/v1:ConfigMap",
      name: scripts,
      inputs: {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: {
          namespace,
          labels: SHARED_LABELS,
          ownerReferences: [
            { apiVersion: "v1", kind: "ConfigMap", name: `${scripts}-owner-9e21`, uid: `uid-of-${scripts}-owner` },
          ],
        },
        immutable: true,
        data: ENTRYPOINT,
      },
      dependencies: [`kubernetes:core/v1:ConfigMap ${scripts}-owner`],
    },
    {
      type: "kubernetes:core/v1:ConfigMap",
      name: `${scripts}-owner`,
      inputs: { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace, labels: SHARED_LABELS } },
      dependencies: [],
    },
    {
      type: "kubernetes:core/v1:ServiceAccount",
      name: "deployer",
      inputs: {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: {
          name: serviceAccountName,
          namespace,
          labels: LABELS,
          ...(expectation.annotations && { annotations: expectation.annotations }),
        },
        automountServiceAccountToken: false,
      },
      parent,
      dependencies: annotationsFrom,
    },
    { type: component, name: "deployer", inputs: {}, dependencies: [] },
    ...trust,
    {
      type: "pulumi-nodejs:dynamic/oidc-runner:OidcPolicy",
      name: "deployer",
      inputs: {
        __provider: 'exports.handler = () => require("pulumi-oidc-runner/dynamic").policy;',
        organization: "acme",
        apiUrl: API,
        issuerId,
        policies: [
          {
            decision: "allow",
            accessToken: expectation.accessToken ?? { organization: {} },
            rules: { aud: "urn:pulumi:org:acme", sub: subject },
          },
        ],
      },
      parent,
      dependencies: trustName === undefined ? [] : [issuer],
    },
  ];
}

function expectedPod(expectation: Expectation, serviceAccountName: string): Record<string, unknown> {
  const { awsRoleArn, azureClient, googleProject, googleIdentity, tokenType = "organization", owner } = expectation;
  const subject = `system:serviceaccount:${expectation.namespace}:${serviceAccountName}`;
  const token = (name: string, audience: string, expirationSeconds = 600, path = "token") => ({
    name,
    projected: { sources: [{ serviceAccountToken: { audience, expirationSeconds, path } }] },
  });
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: "Never",
    terminationGracePeriodSeconds: 300,
    nodeSelector: { "kubernetes.io/os": "linux" },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name: "runner",
        image: "pulumi/pulumi:3.259.0-nonroot",
        command: ["/bin/sh", "/opt/oidc-runner/entrypoint.sh"],
        args: ["pulumi", "whoami"],
        workingDir: "/tmp",
        env: [
          { name: "HOME", value: "/tmp" },
          { name: "USER", value: "runner" },
          { name: "XDG_CONFIG_HOME", value: "/tmp/.config" },
          { name: "XDG_CACHE_HOME", value: "/tmp/.cache" },
          { name: "XDG_DATA_HOME", value: "/tmp/.local/share" },
          { name: "XDG_STATE_HOME", value: "/tmp/.local/state" },
          { name: "GOPATH", value: "/tmp/go" },
          { name: "GOCACHE", value: "/tmp/.cache/go-build" },
          { name: "npm_config_cache", value: "/tmp/.npm" },
          { name: "PIP_CACHE_DIR", value: "/tmp/.cache/pip" },
          { name: "TMPDIR", value: "/tmp" },
          { name: "PULUMI_HOME", value: "/tmp/.pulumi" },
          { name: "PULUMI_CREDENTIALS_PATH", value: "/var/run/oidc-runner" },
          { name: "PULUMI_CREDENTIAL_STORE", value: "plaintext" },
          { name: "PULUMI_BACKEND_URL", value: API },
          { name: "PULUMI_SKIP_UPDATE_CHECK", value: "true" },
          { name: "OIDC_RUNNER_ORGANIZATION", value: "acme" },
          { name: "OIDC_RUNNER_TOKEN_TYPE", value: tokenType },
          ...(owner === undefined ? [] : [{ name: "OIDC_RUNNER_TOKEN_OWNER", value: owner }]),
          { name: "OIDC_RUNNER_EXPIRATION_SECONDS", value: "7200" },
          { name: "OIDC_RUNNER_TOKEN_FILE", value: "/var/run/secrets/pulumi/token" },
          { name: "OIDC_RUNNER_PRIVATE_DIR", value: "/var/run/oidc-runner" },
          {
            name: "OIDC_RUNNER_EXPECTED",
            value: [
              `iss=${expectation.issuerUrl}`,
              `sub=${subject}`,
              "aud=urn:pulumi:org:acme",
              "rule=aud: urn:pulumi:org:acme",
              `rule=sub: ${subject}`,
            ].join("\n"),
          },
          ...(awsRoleArn === undefined
            ? []
            : [
                { name: "AWS_ROLE_ARN", value: awsRoleArn },
                {
                  name: "AWS_WEB_IDENTITY_TOKEN_FILE",
                  value: "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
                },
                { name: "AWS_STS_REGIONAL_ENDPOINTS", value: "regional" },
                { name: "AWS_REGION", value: "eu-west-1" },
                { name: "AWS_DEFAULT_REGION", value: "eu-west-1" },
                {
                  name: "AWS_ROLE_SESSION_NAME",
                  valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.name" } },
                },
              ]),
          ...(azureClient === undefined
            ? []
            : [
                { name: "AZURE_CLIENT_ID", value: azureClient.clientId },
                { name: "AZURE_TENANT_ID", value: azureClient.tenantId },
                { name: "AZURE_FEDERATED_TOKEN_FILE", value: "/var/run/secrets/azure/tokens/azure-identity-token" },
                { name: "AZURE_AUTHORITY_HOST", value: "https://login.microsoftonline.com/" },
              ]),
          ...(googleProject === undefined
            ? []
            : [
                { name: "OIDC_RUNNER_GOOGLE_IDENTITY", value: googleIdentity },
                { name: "GOOGLE_CLOUD_PROJECT", value: googleProject },
              ]),
        ],
        resources: { requests: { "ephemeral-storage": "4Gi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        terminationMessagePolicy: "FallbackToLogsOnError",
        volumeMounts: [
          { name: "entrypoint", mountPath: "/opt/oidc-runner", readOnly: true },
          { name: "pulumi-token", mountPath: "/var/run/secrets/pulumi", readOnly: true },
          { name: "private", mountPath: "/var/run/oidc-runner" },
          { name: "home", mountPath: "/tmp" },
          ...(awsRoleArn === undefined
            ? []
            : [
                {
                  name: "aws-iam-token",
                  mountPath: "/var/run/secrets/eks.amazonaws.com/serviceaccount",
                  readOnly: true,
                },
              ]),
          ...(azureClient === undefined
            ? []
            : [{ name: "azure-identity-token", mountPath: "/var/run/secrets/azure/tokens", readOnly: true }]),
        ],
      },
    ],
    volumes: [
      { name: "entrypoint", configMap: { name: `${expectation.namespace}-entrypoint-9e21`, defaultMode: 0o555 } },
      token("pulumi-token", "urn:pulumi:org:acme"),
      { name: "private", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
      { name: "home", emptyDir: {} },
      ...(awsRoleArn === undefined ? [] : [token("aws-iam-token", "sts.amazonaws.com")]),
      ...(azureClient === undefined
        ? []
        : [token("azure-identity-token", "api://AzureADTokenExchange", 3600, "azure-identity-token")]),
    ],
  };
}
