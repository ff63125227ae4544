import * as pulumi from "@pulumi/pulumi";
import { GkeOidcRunner } from "pulumi-oidc-runner/gke";

const config = new pulumi.Config();

// A Job on GKE with an access token of the organization and a Google service account, and no stored secret for either.
const runner = new GkeOidcRunner("deployer", {
  organization: config.require("organization"),
  accessToken: { organization: {} },
  // A gcp.container.Cluster of the same program will do as well.
  cluster: {
    project: config.get("project"),
    location: config.require("location"),
    name: config.require("clusterName"),
  },
  namespace: "pulumi-gke",
  createNamespace: true,
  gcp: { serviceAccount: { projectRoles: ["roles/storage.objectViewer"] } },
  waive: [{ name: "IDENTITY_SAMENESS", reason: "all clusters of this project are ours" }],
  command: ["pulumi", "whoami"],
});

export const workloadName = runner.workloadName;
export const namespace = runner.namespace;
export const serviceAccountEmail = runner.serviceAccountEmail;
export const subject = runner.subject;
export const issuerId = runner.issuerId;
