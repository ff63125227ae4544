import * as pulumi from "@pulumi/pulumi";
import { DeploymentsOidcTrust, EnvironmentOidcTrust } from "pulumi-oidc-runner";

const config = new pulumi.Config();
const organization = config.require("organization");
const project = config.require("project");
const gcp = { project, poolId: "clients", createPool: true, createProvider: true, serviceAccount: {} };
const aws = { createOidcProvider: true };
const azure = { identity: { resourceGroupName: "clients" } };

const deployments = new DeploymentsOidcTrust("deployments", {
  ...{ organization, aws, azure, gcp },
  stacks: [{ project: "site", stack: "prod" }],
  operations: ["preview", "update"],
});
const environments = new EnvironmentOidcTrust("environments", {
  ...{ organization, aws, azure, gcp },
  environments: [{ project: "site", environment: "prod" }],
  subjectAttributes: ["currentEnvironment.name", "pulumi.user.login"],
  users: ["alice"],
});
export const clouds = pulumi.all(
  [deployments, environments].map(({ roleArn, clientId, tenantId, workloadPool, serviceAccountEmail }) => ({
    ...{ roleArn, clientId, tenantId, workloadPool, serviceAccountEmail },
  })),
);
