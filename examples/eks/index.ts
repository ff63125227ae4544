import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { EksOidcRunner } from "pulumi-oidc-runner/eks";

const config = new pulumi.Config();

// A Job on EKS with an access token of the organization and an IAM role of its own, and no stored secret for either.
const runner = new EksOidcRunner("deployer", {
  organization: config.require("organization"),
  accessToken: { organization: {} },
  cluster: { name: config.require("clusterName") },
  namespace: "pulumi-eks",
  createNamespace: true,
  aws: { role: { managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } },
  script: readFileSync(join(__dirname, "who-am-i.sh"), "utf8"),
});

export const workloadName = runner.workloadName;
export const namespace = runner.namespace;
export const roleArn = runner.roleArn;
export const subject = runner.subject;
export const issuerId = runner.issuerId;
