import * as pulumi from "@pulumi/pulumi";
import { DeploymentsOidcTrust } from "pulumi-oidc-runner";

const config = new pulumi.Config();

// A service account that Pulumi Deployments acts as for this stack and no other, through a pool that other programs can share.
const trust = new DeploymentsOidcTrust("site", {
  organization: config.require("organization"),
  stacks: [{ project: "site", stack: "prod" }],
  // Destroying the stack is left to people.
  operations: ["preview", "update", "refresh"],
  gcp: {
    project: config.require("project"),
    // Google keeps a deleted pool's id for 30 days, so each program has one of its own.
    poolId: "deployments-site",
    createPool: true,
    createProvider: true,
    serviceAccount: { projectRoles: ["roles/storage.admin"] },
  },
  issuerUrl: config.get("issuerUrl"),
});

export const serviceAccountEmail = trust.serviceAccountEmail;
// The block operationContext.oidc of a pulumiservice.DeploymentSettings, and the same as a command.
export const deploymentSettings = trust.deploymentSettings;
export const settingsCommand = trust.settingsCommand;
