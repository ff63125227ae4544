import * as pulumi from "@pulumi/pulumi";
import { GkeOidcRunner, type GkeOidcRunnerArgs } from "pulumi-oidc-runner/gke";

const config = new pulumi.Config();
const common = {
  organization: config.require("organization"),
  accessToken: { organization: {} },
  // Without project: it is the provider's.
  cluster: { location: "europe-west1", name: config.require("clusterName"), lookUp: true },
  namespace: config.require("namespace"),
  script: config.require("script"),
  caCertificates: config.require("caCertificates"),
} satisfies GkeOidcRunnerArgs;

const account = new GkeOidcRunner("account", {
  ...common,
  gcp: { serviceAccount: { projectRoles: ["roles/viewer"] } },
});
const direct = new GkeOidcRunner("direct", {
  ...common,
  gcp: { directPrincipal: { projectRoles: ["roles/iam.serviceAccountTokenCreator"] } },
  waive: [{ name: "GOOGLE_ROLE_BROAD", reason: "the test needs a role that the lab knows" }],
});

export const email = account.serviceAccountEmail;
export const principals = [account.principal, direct.principal];
