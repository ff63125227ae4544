import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { STS_AUDIENCE } from "../../../trust/issuers";
import type { EksAws, ResolvedEksCluster } from "../eks";
import { peer, perRun } from "../lib";
import type { RunnerPlan } from "../runner";

/** IAM OIDC providers made, and what they are for. */
const madeInRun = perRun<{ parts: unknown[]; arn: pulumi.Output<string> }[]>(() => []);

/**
 * ARN of the IAM OIDC provider for a cluster: the given one, the program's own, or the one that the account has.
 *
 * Asked for when the plan is good: an unproven one would be reported twice, the first time as an argument of the call.
 */
export function oidcProviderArnOf(
  parent: pulumi.ComponentResource,
  name: string,
  { createOidcProvider }: EksAws,
  cluster: ResolvedEksCluster,
  plan: pulumi.Output<RunnerPlan>,
): pulumi.Output<string> {
  if (createOidcProvider) {
    return createdProvider(parent, name, cluster, plan);
  }
  return pulumi.output({ given: cluster.oidcProviderArn, plan }).apply(async ({ given, plan: { trust } }) => {
    // A Cluster of @pulumi/eks that made no provider has an empty ARN.
    return given ? given : foundProvider(trust.issuerUrl, parent);
  });
}

/**
 * One for all runners of the program on the cluster: an account has one for each issuer. It belongs to the stack, not to the
 * runner that came first, so that removing that runner leaves the others' roles alone.
 */
function createdProvider(
  parent: pulumi.ComponentResource,
  name: string,
  { key }: ResolvedEksCluster,
  plan: pulumi.Output<RunnerPlan>,
): pulumi.Output<string> {
  const { OpenIdConnectProvider } = peer(
    "@pulumi/aws",
    () => require("@pulumi/aws/iam/openIdConnectProvider") as typeof import("@pulumi/aws/iam/openIdConnectProvider"),
  );
  const made = madeInRun();
  const provider = parent.getProvider("aws:iam/openIdConnectProvider:OpenIdConnectProvider");
  const parts = [...key, provider];
  const existing = made.find((entry) => entry.parts.every((part, index) => part === parts[index]));
  if (existing !== undefined) {
    return existing.arn;
  }
  const plain = parts.every((part) => part === undefined || typeof part === "string");
  const suffix = plain ? createHash("sha256").update(parts.join(" ")).digest("hex").slice(0, 8) : name;
  const args = { url: plan.trust.issuerUrl, clientIdLists: [STS_AUDIENCE] };
  const { arn } = new OpenIdConnectProvider(`oidc-provider-${suffix}`, args, { provider });
  made.push({ parts, arn });
  return arn;
}

async function foundProvider(url: string, parent: pulumi.Resource): Promise<string> {
  const { getOpenIdConnectProvider } = peer(
    "@pulumi/aws",
    () =>
      require("@pulumi/aws/iam/getOpenIdConnectProvider") as typeof import("@pulumi/aws/iam/getOpenIdConnectProvider"),
  );
  const found = await getOpenIdConnectProvider({ url }, { parent }).catch((error: Error) => {
    // Other failures, such as a right that is missing, are told as AWS tells them.
    if (/not found|couldn't find|NoSuchEntity|empty result/i.test(error.message)) {
      return undefined;
    }
    throw error;
  });
  if (!found?.arn) {
    throw new OidcRunnerError("OIDC_PROVIDER_NOT_FOUND", `the AWS account has no IAM OIDC provider for ${url}`, {
      where: "cluster.oidcProviderArn",
      fix: "set aws.createOidcProvider in one program, or run `eksctl utils associate-iam-oidc-provider --cluster NAME --approve`",
    });
  }
  // Undefined from a provider plugin that does not tell.
  if (found.clientIdLists?.includes(STS_AUDIENCE) === false) {
    throw new OidcRunnerError("OIDC_PROVIDER_AUDIENCE", `${found.arn} takes no tokens for ${STS_AUDIENCE}`, {
      where: "cluster.oidcProviderArn",
      fix: `run \`aws iam add-client-id-to-open-id-connect-provider --client-id ${STS_AUDIENCE} --open-id-connect-provider-arn ${found.arn}\``,
    });
  }
  return found.arn;
}
