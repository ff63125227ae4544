import { iamArn, LAB_ACCOUNT_ID, MANAGED_POLICIES, type OidcProvider } from "../../aws";
import { type CloudFunction, ServiceError } from "../cloud";
import type { EksFacts } from "../cluster-facts";
import type { LabClient } from "../lab-client";
import { checkRegion } from "./forms";
import { oidcProviderOutputs } from "./oidc-provider";

/** Functions of the `aws` provider. `region` gives the provider's region. */
export function awsFunctions(lab: LabClient, region: () => string): Record<string, CloudFunction> {
  return {
    "aws:index/getCallerIdentity:getCallerIdentity": async () => ({
      accountId: LAB_ACCOUNT_ID,
      arn: iamArn("user/lab"),
      id: LAB_ACCOUNT_ID,
      userId: "AIDALABLABLABLABLABLA",
    }),
    "aws:index/getPartition:getPartition": async () => ({
      dnsSuffix: "amazonaws.com",
      id: "aws",
      partition: "aws",
      reverseDnsPrefix: "com.amazonaws",
    }),
    "aws:index/getRegion:getRegion": async (args) => {
      const name = [args.region, args.name].find((value) => typeof value === "string") ?? region();
      checkRegion(String(name));
      const endpoint = `ec2.${String(name)}.amazonaws.com`;
      return { description: String(name), endpoint, id: name, name, region: name };
    },
    "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider": async (args) => {
      const { arn, url } = args;
      const wanted = typeof arn === "string" ? arn : iamArn(`oidc-provider/${String(url).replace(/^https:\/\//, "")}`);
      const found = await lab.call<OidcProvider>("GET", `/aws/oidc-providers/${encodeURIComponent(wanted)}`);
      const { tagsAll: _all, ...outputs } = oidcProviderOutputs(found);
      return { ...outputs, id: found.arn };
    },
    "aws:iam/getPolicy:getPolicy": async ({ arn }) => {
      const [, path = "", name = ""] = /^arn:aws:iam::aws:policy(\/(?:.*\/)?)([^/]+)$/.exec(String(arn)) ?? [];
      if (!MANAGED_POLICIES.has(name)) {
        // In the words of the provider (hashicorp/terraform-provider-aws at 01f43111, internal/service/iam/policy_data_source.go).
        throw new ServiceError("NoSuchEntity", 404, `reading IAM Policy (${String(arn)}): couldn't find resource`);
      }
      return { arn, attachmentCount: 0, description: "", id: arn, name, path, policy: "", policyId: "", tags: {} };
    },
    "aws:eks/getCluster:getCluster": async ({ name }) => {
      const cluster = await lab.call<EksFacts>("GET", `/aws/clusters/${encodeURIComponent(String(name))}`);
      return {
        arn: `arn:aws:eks:${cluster.region}:${LAB_ACCOUNT_ID}:cluster/${cluster.name}`,
        certificateAuthorities: [{ data: cluster.certificateAuthority }],
        clusterId: "",
        endpoint: cluster.endpoint,
        id: cluster.name,
        identities: [{ oidcs: [{ issuer: cluster.issuer }] }],
        kubernetesNetworkConfigs: [{ ipFamily: "ipv4" }],
        name: cluster.name,
        region: cluster.region,
        status: "ACTIVE",
        tags: {},
      };
    },
  };
}
