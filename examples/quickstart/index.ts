import * as pulumi from "@pulumi/pulumi";
import { KubernetesOidcRunner } from "pulumi-oidc-runner";

const config = new pulumi.Config();

// A Job that logs in to Pulumi Cloud with its pod's own identity token, and says who it is.
const runner = new KubernetesOidcRunner("hello", {
  organization: config.require("organization"),
  accessToken: { organization: {} },
  cluster: { issuerUrl: config.require("issuerUrl") },
  namespace: "pulumi-quickstart",
  createNamespace: true,
  command: ["pulumi", "whoami"],
});

export const workloadName = runner.workloadName;
export const namespace = runner.namespace;
export const subject = runner.subject;
export const issuerId = runner.issuerId;
