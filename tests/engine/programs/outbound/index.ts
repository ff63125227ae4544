import * as pulumi from "@pulumi/pulumi";
import {
  DeploymentsOidcTrust,
  EnvironmentOidcTrust,
  type OutboundAws,
  type OutboundAzure,
  type OutboundGcp,
} from "pulumi-oidc-runner";

const config = new pulumi.Config();
const organization = config.require("organization");
const clouds = config.requireObject<{ aws?: OutboundAws; azure?: OutboundAzure; gcp?: OutboundGcp }>("clouds");
// Ids of resources that are there already, by their type.
const imports = config.getObject<Record<string, string>>("imports") ?? {};

const deployments = new DeploymentsOidcTrust(
  "deployments",
  {
    organization,
    stacks: config
      .require("stack")
      .split(",")
      .map((stack) => ({ project: "site", stack })),
    ...clouds,
  },
  {
    transforms: [
      ({ type, props, opts }) =>
        imports[type] === undefined ? undefined : { props, opts: pulumi.mergeOptions(opts, { import: imports[type] }) },
    ],
  },
);
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
export const clientIds = deployments.clientIds ?? [];
export const environmentDefinition = environments?.environmentDefinition ?? "";
