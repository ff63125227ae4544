import { getClusterOutput } from "@pulumi/aws/eks/getCluster";
import * as pulumi from "@pulumi/pulumi";
import { EksOidcRunner, type EksOidcRunnerArgs } from "pulumi-oidc-runner/eks";

const config = new pulumi.Config();
// As the resource of the cluster would tell it.
const { name, arn, identities } = getClusterOutput({ name: config.require("clusterName") });
const common = {
  organization: config.require("organization"),
  accessToken: { organization: {} },
  cluster: { name, arn, identities },
  namespace: config.require("namespace"),
  script: config.require("script"),
  caCertificates: config.require("caCertificates"),
} satisfies EksOidcRunnerArgs;
const createOidcProvider = config.requireBoolean("createOidcProvider");

const web = new EksOidcRunner("web", {
  ...common,
  aws: {
    createOidcProvider,
    tokenExpirationSeconds: 3600,
    role: {
      path: "/runners/",
      maxSessionDuration: config.requireNumber("maxSessionDuration"),
      managedPolicyArns: config.requireObject<string[]>("managedPolicyArns"),
      inlinePolicies: {
        state: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::state/*" }],
        }),
      },
      tags: { team: "platform" },
    },
  },
});
const agent = new EksOidcRunner("agent", { ...common, aws: { podIdentity: { role: {} } } });
const exchange = new EksOidcRunner("exchange", {
  ...common,
  aws: { createOidcProvider, role: {} },
  exchangeAwsToken: true,
});

export const roleArns = [web.roleArn, agent.roleArn, exchange.roleArn];
