import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { VerifiedService } from "pulumi-oidc-runner/service";

const config = new pulumi.Config();
const project = config.require("project");
const location = config.require("location");
/** Built from server/, with both the server and its client. */
const image = config.require("image");
const port = config.getNumber("port") ?? 8080;
/** A Secret with the server's certificate, such as cert-manager keeps; clients send tokens over TLS alone, but for loopback. */
const tlsSecretName = config.get("tlsSecretName");
/** PEM, where the server's certificate, or an issuer's, is not of a public authority. */
const caCertificates = config.get("caCertificates");
/** Where the keys are, in a rehearsal. */
const discoveryUrl = config.get("discoveryUrl");
const googleDiscoveryUrl = config.get("googleDiscoveryUrl");

const NAMESPACE = "id-namespace";
/** A caller that is allowed and one that is not: each a ServiceAccount, and the Google service account that it acts as. */
const CALLERS = { listed: ["gke-sa", "gke-gsa"], stranger: ["other-sa", "other-gsa"] } as const;
const email = (account: string) => `${account}@${project}.iam.gserviceaccount.com`;

const [allowedAccount, allowedGoogleAccount] = CALLERS.listed;
const hello = new VerifiedService("hello", {
  image,
  port,
  namespace: "hello",
  createNamespace: true,
  cluster: { gke: { project, location, name: config.require("clusterName") }, discoveryUrl },
  allow: [{ namespace: NAMESPACE, serviceAccountName: allowedAccount }],
  google: { serviceAccountEmails: [email(allowedGoogleAccount)], discoveryUrl: googleDiscoveryUrl },
  tls: tlsSecretName === undefined ? undefined : { secretName: tlsSecretName },
  caCertificates,
});
const url = config.get("url") ?? pulumi.interpolate`https://${hello.serviceName}.${hello.namespace}.svc`;

// The same callers at Cloud Run, where Google verifies them.
const run = new gcp.cloudrunv2.Service("hello", {
  project,
  location,
  template: { containers: [{ image: config.get("runImage") ?? image }] },
  deletionProtection: false,
});
const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
const namespace = new kubernetes.core.v1.Namespace(NAMESPACE, { metadata: { name: NAMESPACE, labels: restricted } });
const authorities =
  caCertificates === undefined
    ? undefined
    : new kubernetes.core.v1.ConfigMap("authorities", {
        metadata: { namespace: namespace.metadata.name },
        data: { "ca.crt": caCertificates },
      });

for (const [who, [account, googleAccount]] of Object.entries(CALLERS)) {
  const google = new gcp.serviceaccount.Account(googleAccount, { project, accountId: googleAccount });
  const mayActAs = new gcp.serviceaccount.IAMMember(googleAccount, {
    serviceAccountId: google.name,
    role: "roles/iam.workloadIdentityUser",
    member: `serviceAccount:${project}.svc.id.goog[${NAMESPACE}/${account}]`,
  });
  const mayInvoke =
    who === "listed"
      ? [
          new gcp.cloudrunv2.ServiceIamMember(googleAccount, {
            ...{ project, location, name: run.name },
            role: "roles/run.invoker",
            member: google.member,
          }),
        ]
      : [];
  const serviceAccount = new kubernetes.core.v1.ServiceAccount(account, {
    metadata: {
      name: account,
      namespace: namespace.metadata.name,
      annotations: { "iam.gke.io/gcp-service-account": google.email },
    },
    automountServiceAccountToken: false,
  });
  for (const identity of ["cluster", "google"]) {
    client(`${who}-${identity}`, identity, serviceAccount.metadata.name, [hello, mayActAs, ...mayInvoke]);
  }
}

/** A Job that calls the service, and Cloud Run with `identity` google, and prints what it got. */
function client(
  name: string,
  identity: string,
  serviceAccountName: pulumi.Input<string>,
  dependsOn: pulumi.Resource[],
): void {
  const token = (volume: string, audience: pulumi.Input<string>) => ({
    name: volume,
    projected: { sources: [{ serviceAccountToken: { audience, expirationSeconds: 600, path: "token" } }] },
  });
  const mounted = (volume: string, mountPath: string) => ({ name: volume, mountPath, readOnly: true });
  const files = authorities && { name: "authorities", configMap: { name: authorities.metadata.name } };
  new kubernetes.batch.v1.Job(
    name,
    {
      metadata: { namespace: namespace.metadata.name },
      spec: {
        backoffLimit: 0,
        activeDeadlineSeconds: 300,
        template: {
          metadata: { labels: { "app.kubernetes.io/name": "verified-client" } },
          spec: {
            serviceAccountName,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            restartPolicy: "Never",
            securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
              {
                name: "client",
                image,
                command: ["node", "/app/client.mjs"],
                env: [
                  { name: "CALLER", value: name },
                  { name: "IDENTITY", value: identity },
                  { name: "SERVICE_URL", value: url },
                  { name: "AUDIENCE", value: hello.audience },
                  ...(identity === "google" ? [{ name: "CLOUD_RUN_URL", value: run.uri }] : []),
                  ...(files ? [{ name: "NODE_EXTRA_CA_CERTS", value: "/etc/authorities/ca.crt" }] : []),
                ],
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
                volumeMounts: [
                  mounted("token", "/var/run/secrets/hello"),
                  mounted("other", "/var/run/secrets/other"),
                  ...(files ? [mounted("authorities", "/etc/authorities")] : []),
                ],
              },
            ],
            volumes: [
              token("token", hello.audience),
              token("other", "https://other.example.com"),
              ...(files ? [files] : []),
            ],
          },
        },
      },
    },
    { dependsOn },
  );
}

export const serviceName = hello.serviceName;
export const workloadName = hello.workloadName;
export const audience = hello.audience;
export const issuerUrl = hello.issuerUrl;
export const cloudRunUrl = run.uri;
