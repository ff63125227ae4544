import * as pulumi from "@pulumi/pulumi";
import { EnvironmentOidcTrust } from "pulumi-oidc-runner";

const config = new pulumi.Config();

// A role of AWS, a managed identity of Azure and a service account of Google Cloud for one environment of Pulumi ESC.
const trust = new EnvironmentOidcTrust("site", {
  organization: config.require("organization"),
  environments: [{ project: "site", environment: "prod" }],
  aws: {
    createOidcProvider: true,
    role: { managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] },
  },
  azure: {
    identity: {
      resourceGroupName: config.require("resourceGroup"),
      roleAssignments: [{ role: "Reader", scope: config.require("scope") }],
    },
  },
  gcp: {
    project: config.require("project"),
    // Google keeps a deleted pool's id for 30 days, so each program has one of its own.
    poolId: "esc-site",
    createPool: true,
    createProvider: true,
    serviceAccount: { projectRoles: ["roles/storage.objectViewer"] },
  },
  issuerUrl: config.get("issuerUrl"),
});

export const roleArn = trust.roleArn;
// pulumi stack output environmentDefinition | pulumi env edit ORGANIZATION/site/prod --file -
export const environmentDefinition = trust.environmentDefinition;
export const editCommand = trust.editCommand;
