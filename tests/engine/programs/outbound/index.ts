import * as pulumi from "@pulumi/pulumi";
import { DeploymentsOidcTrust, EnvironmentOidcTrust, type OutboundAws, type OutboundGcp } from "pulumi-oidc-runner";

const config = new pulumi.Config();
const organization = config.require("organization");
const clouds = config.requireObject<{ aws?: OutboundAws; gcp?: OutboundGcp }>("clouds");

const deployments = new DeploymentsOidcTrust("deployments", {
  organization,
  stacks: [{ project: "site", stack: config.require("stack") }],
  ...clouds,
});
const environments = config.requireBoolean("environments")
  ? new EnvironmentOidcTrust("environments", {
      organization,
      environments: [{ project: "site", environment: "prod" }],
      ...clouds,
    })
  : undefined;

// A stack output that is undefined is warned of.
export const { settingsCommand } = deployments;
export const roleName = deployments.roleName ?? "";
export const principals = deployments.principals ?? [];
export const serviceAccountEmail = deployments.serviceAccountEmail ?? "";
export const environmentDefinition = environments?.environmentDefinition ?? "";
