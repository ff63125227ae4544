import * as pulumi from "@pulumi/pulumi";
import { DeploymentsOidcTrust } from "pulumi-oidc-runner";

const config = new pulumi.Config();

// A managed identity that Pulumi Deployments acts as for this stack and no other. Azure compares subjects exactly, so it has a
// credential for each operation, and there is room for 20: five stacks with four operations each.
const trust = new DeploymentsOidcTrust("site", {
  organization: config.require("organization"),
  stacks: [{ project: "site", stack: "prod" }],
  // Destroying the stack is left to people.
  operations: ["preview", "update", "refresh"],
  azure: {
    identity: {
      resourceGroupName: config.require("resourceGroup"),
      roleAssignments: [{ role: "Contributor", scope: config.require("scope") }],
    },
  },
  issuerUrl: config.get("issuerUrl"),
});

export const clientIds = trust.clientIds;
// The block operationContext.oidc of a pulumiservice.DeploymentSettings, and the same as a command.
export const deploymentSettings = trust.deploymentSettings;
export const settingsCommand = trust.settingsCommand;
