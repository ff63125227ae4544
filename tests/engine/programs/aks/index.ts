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

const made = new AksOidcRunner("made", {
  ...common,
  script: config.require("script"),
  azure: {
    identity: {
      resourceGroupName: "site",
      tags: { team: config.get("team") ?? "platform" },
      roleAssignments: [
        { role: "Reader", scope: group },
        { role: "Storage Blob Data Contributor", scope: pulumi.output(`${group}/providers/A.B/c/d`) },
      ],
    },
    authorityHost,
  },
});
const given = new AksOidcRunner("given", {
  ...common,
  script: config.require("script"),
  azure: { clientId: config.require("clientId"), authorityHost },
});

export const clientIds = [made.clientId, given.clientId];
export const principalId = made.principalId;
export const tenantIds = [made.tenantId, given.tenantId];
