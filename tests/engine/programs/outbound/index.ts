import * as pulumi from "@pulumi/pulumi";
import { DeploymentsOidcTrust, EnvironmentOidcTrust, type OutboundAws } from "pulumi-oidc-runner";

const config = new pulumi.Config();
const organization = config.require("organization");
const aws = config.requireObject<OutboundAws>("aws");

const deployments = new DeploymentsOidcTrust("deployments", {
  organization,
  stacks: [{ project: "site", stack: config.require("stack") }],
  aws,
});
const environments = config.requireBoolean("environments")
  ? new EnvironmentOidcTrust("environments", {
      organization,
      environments: [{ project: "site", environment: "prod" }],
      aws,
    })
  : undefined;

export const { roleName, oidcProviderArn, settingsCommand } = deployments;
export const environmentDefinition = environments?.environmentDefinition;
export const environmentRoleName = environments?.roleName;
