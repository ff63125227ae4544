import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { AksOidcRunner } from "pulumi-oidc-runner/aks";

const config = new pulumi.Config();

// A Job on AKS with an access token of the organization and a user-assigned identity of Azure, and no stored secret for either.
const runner = new AksOidcRunner("deployer", {
  organization: config.require("organization"),
  accessToken: { organization: {} },
  // A containerservice.ManagedCluster of the same program will do as well.
  cluster: { name: config.require("clusterName"), resourceGroupName: config.require("clusterResourceGroup") },
  namespace: "pulumi-aks",
  createNamespace: true,
  azure: {
    identity: {
      resourceGroupName: config.require("resourceGroup"),
      roleAssignments: [{ role: "Reader", scope: config.require("scope") }],
    },
    // Other clouds than Azure's public one have another.
    authorityHost: config.get("authorityHost"),
  },
  script: readFileSync(join(__dirname, "who-am-i.sh"), "utf8"),
});

export const workloadName = runner.workloadName;
export const namespace = runner.namespace;
export const clientId = runner.clientId;
export const subject = runner.subject;
export const issuerId = runner.issuerId;
