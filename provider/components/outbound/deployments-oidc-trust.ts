import * as pulumi from "@pulumi/pulumi";
import {
  checkIssuerUrl,
  checkOperationList,
  checkRunsOrganization,
  checkStackPattern,
  checkStackPatterns,
  type DeploymentOperation,
  PULUMI_ISSUER,
  runNeighbours,
  runSubjects,
  runTokens,
  type StackPattern,
  USUAL_OPERATIONS,
} from "../../../trust/issuers";
import { checkWaivers, type Waiver } from "../../../trust/lint";
import { type Check, checked, checksOf, type LintWaiver, required, warn } from "../../resources";
import { childOptions } from "../lib";
import type { OutboundAws } from "./args";
import { type AwsValues, awsAccess, awsValues, checkAwsOptions, checkAwsTrust, checkAwsValues } from "./aws";
import { atLeastOneCloud } from "./clouds";
import { type DeploymentOidcSettings, settingsCommand } from "./deployment-settings";
import type { OutboundTokens } from "./tokens";

/** A stack that Pulumi Deployments runs, or all stacks of a project. */
export interface DeploymentStack {
  /** Name of the project; `*` alone for any project, with `stack: "*"`. */
  project: pulumi.Input<string>;
  /** Name of the stack; `*` alone for any stack of the project, those to come included. */
  stack: pulumi.Input<string>;
}

/** Arguments of `DeploymentsOidcTrust`: at least one cloud. */
export interface DeploymentsOidcTrustArgs {
  /** Pulumi organization of the stacks. */
  organization: pulumi.Input<string>;
  /** The stacks whose deployments are trusted, and no others. */
  stacks: DeploymentStack[];
  /**
   * What the trusted deployments do. A stack's settings hold one role for all of them. The drift operations are not verified: which
   * operation the token of a drift run names is not documented (`UNVERIFIED_OPERATION`). Default: preview, update, refresh and destroy.
   */
  operations?: DeploymentOperation[];
  /** Access to AWS. Default: none. */
  aws?: OutboundAws;
  /** `iss` of the deployments' tokens. Default: https://api.pulumi.com/oidc; a self-hosted Pulumi Cloud has its own. */
  issuerUrl?: pulumi.Input<string>;
  /** Warnings to leave out, each by name and with a reason. Default: none. */
  waive?: pulumi.Input<pulumi.Input<LintWaiver>[]>;
}

/** The values that are checked. */
interface Values extends AwsValues {
  organization: string;
  stacks: StackPattern[];
  issuerUrl?: string;
  waive?: Waiver[];
}

/**
 * AWS trusts the deployments of some stacks, which Pulumi Deployments runs: a role, whose trust policy names the
 * organization (`aud`) and each stack and operation (`sub`). The trust policy is evaluated for the wanted runs and for their near misses
 * before anything is made.
 *
 * Errors: `OPTION_MISSING`, `OPTION_CONFLICT`, `SUBJECT_INVALID`, `ISSUER_URL_INVALID`, `WAIVER_INVALID`, `ROLE_INVALID`,
 * `TRUST_POLICY_TOO_LONG`, `OIDC_PROVIDER_ARN_INVALID`, `OIDC_PROVIDER_MISMATCH`, `OIDC_PROVIDER_NOT_FOUND`,
 * `OIDC_PROVIDER_AUDIENCE`, `PEER_MISSING`.
 *
 * @example
 * ```ts
 * const trust = new DeploymentsOidcTrust("site", {
 *   organization: "acme",
 *   stacks: [{ project: "site", stack: "prod" }],
 *   aws: { role: { managedPolicyArns: ["arn:aws:iam::aws:policy/PowerUserAccess"] } },
 * });
 * // operationContext: { oidc: trust.deploymentSettings } of a pulumiservice.DeploymentSettings
 * export const settings = trust.deploymentSettings;
 * ```
 */
export class DeploymentsOidcTrust extends pulumi.ComponentResource {
  /** `aud` of the trusted tokens. */
  readonly audience: pulumi.Output<string>;
  /** `sub` of the trusted tokens, one for each stack and operation; `*` stands for any name. */
  readonly subjects: pulumi.Output<string[]>;
  /** The block `operationContext.oidc` of a `pulumiservice.DeploymentSettings`. */
  readonly deploymentSettings: pulumi.Output<DeploymentOidcSettings>;
  /** The same as a command for each stack: `pulumi deployment settings edit …`. */
  readonly settingsCommand: pulumi.Output<string>;
  /** ARN of the role, with `aws`. */
  readonly roleArn?: pulumi.Output<string>;
  /** Name of the role, with `aws`. */
  readonly roleName?: pulumi.Output<string>;
  /** ARN of the account's IAM OIDC provider, with `aws`. */
  readonly oidcProviderArn?: pulumi.Output<string>;
  /** The role, with `aws`. */
  readonly role?: pulumi.CustomResource;

  constructor(name: string, args: DeploymentsOidcTrustArgs, options?: pulumi.ComponentResourceOptions) {
    atLeastOneCloud(args, name);
    const { organization, stacks, operations = USUAL_OPERATIONS, aws, issuerUrl, waive } = args;
    const values = required(
      { organization, stacks, issuerUrl, waive, ...awsValues(aws ?? {}) },
      "organization",
      "stacks",
    );
    const given = checked(values, checksFor(operations, aws));
    super("oidc-runner:index:DeploymentsOidcTrust", name, {}, options);
    const children = childOptions(this, options);
    const trusted = given.apply((known) => tokensOf(known as Values, operations));
    this.audience = trusted.audience;
    this.subjects = trusted.subjects;
    warnDrift(this, operations, given as pulumi.Output<Values>);
    if (aws !== undefined) {
      const esc = pulumi.interpolate`aws:${organization}`;
      Object.assign(this, awsAccess(children, name, aws, { trusted, issuerUrl, otherAudiences: [esc] }));
    }
    this.deploymentSettings = pulumi
      .output({ roleArn: this.roleArn, session: aws?.session })
      .apply(({ roleArn, session = {} }) => ({
        ...(roleArn !== undefined && {
          aws: {
            roleARN: roleArn,
            sessionName: session.name ?? "pulumi-deployments",
            ...(session.durationSeconds !== undefined && { duration: `${session.durationSeconds}s` }),
            ...(session.policyArns !== undefined && { policyARNs: session.policyArns }),
          },
        }),
      }));
    this.settingsCommand = pulumi
      .all([given, this.deploymentSettings])
      .apply(([known, settings]) => settingsCommand(known.organization, (known as Values).stacks, settings));
    const { audience, subjects, deploymentSettings, roleArn, roleName, oidcProviderArn } = this;
    const command = { settingsCommand: this.settingsCommand };
    this.registerOutputs({ audience, subjects, deploymentSettings, ...command, roleArn, roleName, oidcProviderArn });
  }
}

const check = checksOf<Values>();

function checksFor(operations: readonly DeploymentOperation[], aws: OutboundAws | undefined): Check<Values>[] {
  return [
    check.options("organization", () => {
      checkOperationList(operations);
      if (aws !== undefined) checkAwsOptions(aws);
    }),
    check.one("organization", (organization) => checkRunsOrganization(organization)),
    check.one("stacks", (stacks) => checkStackPatterns(stacks)),
    check.each("stacks", [], checkStackPattern),
    check.one("issuerUrl", (url) => checkIssuerUrl(url)),
    check.one("waive", checkWaivers),
    check.settings("role", (role) => checkAwsValues({ role })),
    check.several(["session", "role"], checkAwsValues),
    check.several(["organization", "stacks", "issuerUrl", "oidcProviderArn"], ({ oidcProviderArn, ...known }) => {
      if (aws !== undefined) checkAwsTrust(aws, tokensOf(known, operations), oidcProviderArn);
    }),
  ];
}

function tokensOf(
  { organization, stacks, issuerUrl: issuer = PULUMI_ISSUER }: Pick<Values, "organization" | "stacks" | "issuerUrl">,
  operations: readonly DeploymentOperation[],
): OutboundTokens {
  const runs = { organization, stacks, operations, issuer };
  return {
    issuer,
    audience: organization,
    subjects: runSubjects(runs),
    tokens: runTokens(runs),
    neighbours: runNeighbours(runs),
  };
}

/** Warns of drift runs, unless it is waived. */
function warnDrift(
  trust: pulumi.Resource,
  operations: readonly DeploymentOperation[],
  given: pulumi.Output<Values>,
): void {
  const drift = operations.filter((operation) => !USUAL_OPERATIONS.includes(operation));
  given.apply(({ waive = [] }) => {
    if (drift.length > 0 && !waive.some((waiver) => waiver.name === "UNVERIFIED_OPERATION")) {
      warn(
        `UNVERIFIED_OPERATION: not verified: the token of a ${drift.join(" or ")} run may name another operation, such as refresh or update. Fix: look at the token of such a run (oidc-runner claims), and name the operation that it has`,
        trust,
      );
    }
  });
}
