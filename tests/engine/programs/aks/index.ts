import * as pulumi from "@pulumi/pulumi";
import { AksOidcRunner, type AksOidcRunnerArgs } from "pulumi-oidc-runner/aks";

const config = new pulumi.Config();
const authorityHost = config.require("authorityHost");
const group = config.require("scope");
const common = {
  organization: config.require("organization"),
  accessToken: { organization: {} },
  cluster: { name: config.require("clusterName"), resourceGroupName: config.require("clusterResourceGroup") },
  namespace: config.require("namespace"),
  caCertificates: config.require("caCertificates"),
} satisfies AksOidcRunnerArgs;

// Ids of resources that are there already, by their type.
const imports = config.getObject<Record<string, string>>("imports") ?? {};

const made = new AksOidcRunner(
  "made",
  {
    ...common,
    script: config.require("script"),
    azure: {
      identity: {
        resourceGroupName: "site",
        tags: { team: "platform" },
        roleAssignments: [
          { role: "Reader", scope: group },
          { role: "Storage Blob Data Contributor", scope: pulumi.output(`${group}/providers/A.B/c/d`) },
        ],
        ...config.getObject<{ name: string; location: string }>("identity"),
      },
      authorityHost,
    },
  },
  {
    transforms: [
      ({ type, props, opts }) =>
        imports[type] === undefined ? undefined : { props, opts: pulumi.mergeOptions(opts, { import: imports[type] }) },
    ],
  },
);
const given = new AksOidcRunner("given", {
  ...common,
  script: config.require("script"),
  azure: { clientId: config.require("clientId"), authorityHost },
});

export const clientIds = [made.clientId, given.clientId];
export const principalId = made.principalId;
export const tenantIds = [made.tenantId, given.tenantId];
