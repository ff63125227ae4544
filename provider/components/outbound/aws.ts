import * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { PULUMI_ISSUER } from "../../../trust/issuers";
import {
  checkPolicyArn,
  checkPolicyLength,
  checkRoleOptions,
  conditionKeyPrefix,
  POLICY_LENGTH,
  proveAwsTrust,
  type RoleOptions,
} from "../../../trust/parties/aws";
import { type AwsRole, makeTokenRole, oidcProviderArnOf, type TokenTrust } from "../aws";
import { atMostOne, type ChildOptions } from "../lib";
import type { OutboundAws } from "./args";
import type { OutboundTokens } from "./tokens";

/** What a trust has of AWS. */
export interface AwsAccess {
  roleArn: pulumi.Output<string>;
  roleName: pulumi.Output<string>;
  oidcProviderArn: pulumi.Output<string>;
  role: pulumi.CustomResource | undefined;
}

/**
 * Life of the credentials where a trust does not say it, in seconds. It is always told: a role allows an hour unless it is told more,
 * and Pulumi ESC asks for two (pulumi/docs at 024c22c2, content/docs/esc/providers/login/aws-login.md).
 */
export const SESSION_SECONDS = 3600;

/** The values of the AWS block that are checked. */
export interface AwsValues {
  role?: RoleOptions;
  oidcProviderArn?: string;
  session?: { name?: string; durationSeconds?: number; policyArns?: string[] };
}

/** The same as a program gives them. */
export function awsValues({ role, oidcProviderArn, session }: OutboundAws) {
  return { role, oidcProviderArn, session };
}

/**
 * Refuses options of the AWS block that do not go together, whatever their values are.
 *
 * @throws OidcRunnerError `OPTION_CONFLICT`, `OPTION_MISSING`, `ROLE_INVALID`
 */
export function checkAwsOptions(aws: OutboundAws): void {
  const { role = {}, createOidcProvider, oidcProviderArn, oidcProviderAudiences, trustPolicyLength: length } = aws;
  atMostOne<AwsRole, keyof AwsRole>(role, ["name", "namePrefix"], "aws.role");
  const ways = { ...(createOidcProvider && { createOidcProvider }), oidcProviderArn };
  atMostOne(ways, ["createOidcProvider", "oidcProviderArn"], "aws");
  if (oidcProviderAudiences !== undefined && !createOidcProvider) {
    throw new OidcRunnerError("OPTION_MISSING", "oidcProviderAudiences needs createOidcProvider", {
      where: "aws.oidcProviderAudiences",
      fix: "set aws.createOidcProvider, or add audiences to the provider where it is made",
    });
  }
  const { usual, raised } = POLICY_LENGTH;
  if (length !== undefined && !(Number.isInteger(length) && length >= usual && length <= raised)) {
    throw invalid(`${length} is not a quota`, "aws.trustPolicyLength", `give ${usual} to ${raised} characters`);
  }
}

/**
 * Refuses values of the AWS block that AWS would refuse when other resources exist already.
 *
 * @throws OidcRunnerError `ROLE_INVALID`, `OIDC_PROVIDER_ARN_INVALID`, `OIDC_PROVIDER_MISMATCH`
 */
export function checkAwsValues({ role = {}, session = {} }: AwsValues): void {
  checkRoleOptions(role, "aws.role");
  const { name, durationSeconds, policyArns = [] } = session;
  // Pulumi Cloud fills in its variables and cuts the name to 64 characters.
  const plain = name?.replace(/\$\{[a-z]+(?:\.[a-z]+)*\}/g, "xx");
  if (plain !== undefined && !(/^[\w+=,.@-]{2,}$/.test(plain) && (plain !== name || name.length <= 64))) {
    const fix = "use 2 to 64 letters, digits and characters of _+=,.@-, and variables such as ${stack.name}";
    throw invalid(`"${name}" is not a session's name`, "aws.session.name", fix);
  }
  const { maxSessionDuration = 3600 } = role;
  const isPossible = (seconds: number) => Number.isInteger(seconds) && seconds >= 900 && seconds <= maxSessionDuration;
  if (durationSeconds !== undefined && !isPossible(durationSeconds)) {
    const fix = `give whole seconds, 900 to ${maxSessionDuration}, or a longer aws.role.maxSessionDuration`;
    throw invalid(
      `${durationSeconds} is not a length that the role's sessions have`,
      "aws.session.durationSeconds",
      fix,
    );
  }
  if (policyArns.length > 10) {
    throw invalid(`${policyArns.length} policies are too many`, "aws.session.policyArns", "give at most 10");
  }
  for (const [index, arn] of policyArns.entries()) {
    checkPolicyArn(arn, `aws.session.policyArns[${index}]`);
  }
}

/**
 * Refuses a provider of another issuer, and tokens whose trust policy would be too long, before anything is made. Where the provider's
 * ARN is not known yet, one of the partition `aws` is taken for it; the role checks the real one, which is longer elsewhere.
 *
 * @throws OidcRunnerError `OIDC_PROVIDER_ARN_INVALID`, `OIDC_PROVIDER_MISMATCH`, `TRUST_POLICY_TOO_LONG`
 */
export function checkAwsTrust(
  { trustPolicyLength }: OutboundAws,
  known: OutboundTokens,
  arn: string | undefined,
): void {
  if (arn !== undefined) {
    conditionKeyPrefix(arn, known.issuer, "aws.oidcProviderArn");
  }
  const { tokens, neighbours, subjects, ...trust } = known;
  const oidcProviderArn = arn ?? `arn:aws:iam::${"0".repeat(12)}:oidc-provider/${known.issuer.replace("https://", "")}`;
  const policy = proveAwsTrust({ ...trust, subject: subjects, oidcProviderArn, wildcards: true }, neighbours, tokens);
  checkPolicyLength(policy, trustPolicyLength ?? POLICY_LENGTH.usual, "aws");
}

/** What a role is for. */
export interface AwsTrusted {
  trusted: pulumi.Output<OutboundTokens>;
  /** The issuer as the program gives it. */
  issuerUrl: pulumi.Input<string> | undefined;
  /** What a provider that is made takes besides the tokens' audience. */
  otherAudiences: readonly pulumi.Input<string>[];
}

/** Makes a role that tokens may assume, and makes or finds the account's provider for their issuer. */
export function awsAccess(
  options: ChildOptions,
  name: string,
  aws: OutboundAws,
  { trusted, issuerUrl, otherAudiences }: AwsTrusted,
): AwsAccess {
  const { role = {}, createOidcProvider, oidcProviderAudiences = [], trustPolicyLength: longest } = aws;
  const oidcProviderArn = oidcProviderArnOf(options.parent, name, {
    issuer: trusted.issuer,
    audience: trusted.audience,
    otherAudiences: [...otherAudiences, ...oidcProviderAudiences],
    keepAudiences: true,
    create: createOidcProvider,
    key: [issuerUrl ?? PULUMI_ISSUER],
    hints: {
      where: "aws.oidcProviderArn",
      fix: "set aws.createOidcProvider in one program of the account, or give aws.oidcProviderArn",
    },
    arn: aws.oidcProviderArn,
  });
  const trust = pulumi.all([trusted, oidcProviderArn]).apply(([{ subjects, ...known }, arn]): TokenTrust => {
    return { ...known, subject: subjects, wildcards: true, oidcProviderArn: arn, longest };
  });
  const made = makeTokenRole(options, name, role, trust, "aws.role");
  // Mocks in a program's own tests may leave the ARN out.
  const roleName = made.arn.apply((arn?: string) => arn?.split("/").pop() ?? "");
  return { roleArn: made.arn, roleName, oidcProviderArn, role: made.role };
}

function invalid(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("ROLE_INVALID", what, { where, fix });
}
