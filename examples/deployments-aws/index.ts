import * as pulumi from "@pulumi/pulumi";
import { DeploymentsOidcTrust } from "pulumi-oidc-runner";

const config = new pulumi.Config();

// A role that Pulumi Deployments assumes for this stack and no other, with the account's provider for Pulumi Cloud.
const trust = new DeploymentsOidcTrust("site", {
  organization: config.require("organization"),
  stacks: [{ project: "site", stack: "prod" }],
  // Destroying the stack is left to people.
  operations: ["preview", "update", "refresh"],
  aws: {
    createOidcProvider: true,
    role: { managedPolicyArns: ["arn:aws:iam::aws:policy/PowerUserAccess"], maxSessionDuration: 7200 },
    session: { durationSeconds: 7200 },
  },
  issuerUrl: config.get("issuerUrl"),
});

export const roleArn = trust.roleArn;
// The block operationContext.oidc of a pulumiservice.DeploymentSettings, and the same as a command.
export const deploymentSettings = trust.deploymentSettings;
export const settingsCommand = trust.settingsCommand;
