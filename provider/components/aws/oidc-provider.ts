import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { explained, peer, perRun } from "../lib";

/** IAM OIDC providers made, and what they are for. */
const madeInRun = perRun<{ parts: unknown[]; audiences: Audiences; arn: pulumi.Output<string> }[]>(() => []);

type Audiences = readonly pulumi.Input<string>[];

/** An account's IAM OIDC provider, and how to come by it. */
export interface OidcProviderOptions {
  /** `iss` of the tokens. It resolves when all that is checked is good: an error would otherwise be told of twice. */
  issuer: pulumi.Output<string>;
  /** `aud` of the tokens, which the provider must take. */
  audience: pulumi.Input<string>;
  /** What a provider that is made takes besides. Default: nothing. */
  otherAudiences?: Audiences;
  /**
   * Keep audiences that others have added to a provider that is made here: @pulumi/aws has no resource for one audience, so that
   * a list of one's own takes away those of others. Default: false.
   */
  keepAudiences?: boolean;
  /** Make it, once for all of the program that is for the same issuer; otherwise it is found. */
  create: boolean | undefined;
  /** What tells the issuer from the program's others. */
  key: readonly pulumi.Input<string>[];
  /** The argument that gives the ARN, and how to come by a provider, for errors. */
  hints: { where: string; fix: string };
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
  const { issuer, audience, arn, hints } = options;
  return pulumi
    .output({ given: arn, issuer, audience })
    .apply(async (known) => (known.given ? known.given : foundProvider(known.issuer, known.audience, parent, hints)));
}

/**
 * One for the whole program: an account has one for each issuer. It belongs to the stack, not to the component that came first,
 * so that removing that component leaves the others' roles alone.
 */
function createdProvider(
  parent: pulumi.ComponentResource,
  name: string,
  { issuer, audience, otherAudiences = [], keepAudiences, key, hints }: OidcProviderOptions,
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
    return pulumi.output({ ...existing, audience }).apply(({ arn, audiences, audience: own }) => {
      if (audiences.includes(own)) return arn;
      throw new OidcRunnerError(
        "OIDC_PROVIDER_AUDIENCE",
        `the provider that the program makes takes no tokens for ${own}`,
        {
          where: hints.where,
          fix: "name the audience in that component too, or have the provider made by one of them and give its ARN to the other",
        },
      );
    });
  }
  const plain = parts.every((part) => part === undefined || typeof part === "string");
  const suffix = plain ? createHash("sha256").update(parts.join(" ")).digest("hex").slice(0, 8) : name;
  const audiences = [audience, ...otherAudiences];
  const clientIdLists = keepAudiences
    ? pulumi.output({ issuer, audiences }).apply(async (known) => {
        const found = await lookUp(known.issuer, parent);
        return [...new Set([...known.audiences, ...(found?.clientIdLists ?? [])])];
      })
    : audiences;
  const resourceName = `oidc-provider-${suffix}`;
  // AWS' words: getscaf/sfu-fullstack-template#75.
  const exists = explained(resourceName, /EntityAlreadyExists: Provider with url (\S+) already exists/, ([url]) => {
    const importing = `\`pulumi import aws:iam/openIdConnectProvider:OpenIdConnectProvider ${resourceName} ARN\``;
    return new OidcRunnerError("OIDC_PROVIDER_EXISTS", `the AWS account has an IAM OIDC provider for ${url} already`, {
      where: "aws.createOidcProvider",
      fix: `leave createOidcProvider out, and it is found by its URL; or have this stack manage it with ${importing}`,
    });
  });
  const args = { url: issuer, clientIdLists };
  const { arn } = new OpenIdConnectProvider(resourceName, args, { provider, ...exists });
  made.push({ parts, audiences, arn });
  return arn;
}

async function foundProvider(
  url: string,
  audience: string,
  parent: pulumi.Resource,
  { where, fix }: OidcProviderOptions["hints"],
): Promise<string> {
  const found = await lookUp(url, parent);
  if (!found?.arn) {
    const what = `the AWS account has no IAM OIDC provider for ${url}`;
    throw new OidcRunnerError("OIDC_PROVIDER_NOT_FOUND", what, { where, fix });
  }
  // Undefined from a provider plugin that does not tell.
  if (found.clientIdLists?.includes(audience) === false) {
    throw new OidcRunnerError("OIDC_PROVIDER_AUDIENCE", `${found.arn} takes no tokens for ${audience}`, {
      where,
      fix: `run \`aws iam add-client-id-to-open-id-connect-provider --client-id ${audience} --open-id-connect-provider-arn ${found.arn}\``,
    });
  }
  return found.arn;
}

/** The account's provider for an issuer; undefined where there is none. */
async function lookUp(url: string, parent: pulumi.Resource) {
  const { getOpenIdConnectProvider } = peer(
    "@pulumi/aws",
    () =>
      require("@pulumi/aws/iam/getOpenIdConnectProvider") as typeof import("@pulumi/aws/iam/getOpenIdConnectProvider"),
  );
  return getOpenIdConnectProvider({ url }, { parent }).catch((error: Error) => {
    // Other failures, such as a right that is missing, are told as AWS tells them.
    if (/not found|couldn't find|NoSuchEntity|empty result/i.test(error.message)) {
      return undefined;
    }
    throw error;
  });
}
