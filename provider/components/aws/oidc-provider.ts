import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { peer, perRun } from "../lib";

/** IAM OIDC providers made, and what they are for. */
const madeInRun = perRun<{ parts: unknown[]; arn: pulumi.Output<string> }[]>(() => []);

/** An account's IAM OIDC provider, and how to come by it. */
export interface OidcProviderOptions {
  /** `iss` of the tokens. It resolves when all that is checked is good: an error would otherwise be told of twice. */
  issuer: pulumi.Output<string>;
  /** `aud` that the provider is to take. */
  audience: string;
  /** Make it, once for all of the program that is for the same issuer; otherwise it is found. */
  create: boolean | undefined;
  /** What tells the issuer from the program's others. */
  key: readonly pulumi.Input<string>[];
  /** ARN, where it is known; one that is empty counts as none, because a Cluster of @pulumi/eks without a provider has it. */
  arn: pulumi.Input<string | undefined>;
}

/** ARN of the IAM OIDC provider for an issuer: the given one, the program's own, or the one that the account has. */
export function oidcProviderArnOf(
  parent: pulumi.ComponentResource,
  name: string,
  options: OidcProviderOptions,
): pulumi.Output<string> {
  if (options.create) {
    return createdProvider(parent, name, options);
  }
  const { issuer, audience, arn } = options;
  return pulumi
    .output({ given: arn, issuer })
    .apply(async (known) => (known.given ? known.given : foundProvider(known.issuer, audience, parent)));
}

/**
 * One for the whole program: an account has one for each issuer. It belongs to the stack, not to the component that came first,
 * so that removing that component leaves the others' roles alone.
 */
function createdProvider(
  parent: pulumi.ComponentResource,
  name: string,
  { issuer, audience, key }: OidcProviderOptions,
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
  const args = { url: issuer, clientIdLists: [audience] };
  const { arn } = new OpenIdConnectProvider(`oidc-provider-${suffix}`, args, { provider });
  made.push({ parts, arn });
  return arn;
}

async function foundProvider(url: string, audience: string, parent: pulumi.Resource): Promise<string> {
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
  if (found.clientIdLists?.includes(audience) === false) {
    throw new OidcRunnerError("OIDC_PROVIDER_AUDIENCE", `${found.arn} takes no tokens for ${audience}`, {
      where: "cluster.oidcProviderArn",
      fix: `run \`aws iam add-client-id-to-open-id-connect-provider --client-id ${audience} --open-id-connect-provider-arn ${found.arn}\``,
    });
  }
  return found.arn;
}
