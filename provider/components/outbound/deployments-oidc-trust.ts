import * as pulumi from "@pulumi/pulumi";
import {
  checkIssuerUrl,
  checkOperationList,
  checkRunsOrganization,
  checkStackPattern,
  checkStackPatterns,
  type DeploymentOperation,
  PULUMI_ISSUER,
  RUN_ATTRIBUTES,
  runAffixes,
  runIdentities,
  runNeighbours,
  runSubjects,
  runTokens,
  type StackPattern,
  USUAL_OPERATIONS,
} from "../../../trust/issuers";
import { type Check, checked, checksOf, type LintWaiver, required } from "../../resources";
import { childOptions } from "../lib";
import type { OutboundAws, OutboundAwsSession, OutboundGcp } from "./args";
import { awsAccess, SESSION_SECONDS } from "./aws";
import { atLeastOneCloud, type Clouds, type CloudValues, checkCloudTrusts, cloudChecks, cloudValues } from "./clouds";
import { type DeploymentOidcSettings, settingsCommand } from "./deployment-settings";
import { type GcpAccess, gcpAccess, grantName } from "./gcp";
import type { OutboundTokens } from "./tokens";
import { warnUnlessWaived } from "./warnings";

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
  /** Access to Google Cloud. Default: none. */
  gcp?: OutboundGcp;
  /** `iss` of the deployments' tokens. Default: https://api.pulumi.com/oidc; a self-hosted Pulumi Cloud has its own. */
  issuerUrl?: pulumi.Input<string>;
  /** Warnings to leave out, each by name and with a reason. Default: none. */
  waive?: pulumi.Input<pulumi.Input<LintWaiver>[]>;
}

/** The values that are checked. */
interface Values extends CloudValues {
  organization: string;
  stacks: StackPattern[];
  issuerUrl?: string;
}

/**
 * AWS and Google Cloud trust the deployments of some stacks, which Pulumi Deployments runs. On AWS a role, whose trust policy names
 * the organization (`aud`) and each stack and operation (`sub`). On Google Cloud members of a workload identity pool, each of which is
 * one operation of one stack (`principal://…/subject/PROJECT/STACK/OPERATION`, because the token's own subject is longer than Google
 * takes), through a provider whose condition names the organization. The documents are evaluated for the wanted runs and for their near
 * misses before anything is made. Each cloud's package, `@pulumi/aws` or `@pulumi/gcp`, is needed for its block alone.
 *
 * Errors: `OPTION_MISSING`, `OPTION_CONFLICT`, `SUBJECT_INVALID`, `ISSUER_URL_INVALID`, `WAIVER_INVALID`, `ROLE_INVALID`,
 * `TRUST_POLICY_TOO_LONG`, `OIDC_PROVIDER_ARN_INVALID`, `OIDC_PROVIDER_MISMATCH`, `OIDC_PROVIDER_NOT_FOUND`,
 * `OIDC_PROVIDER_AUDIENCE`, `GCP_TRUST_INVALID`, `GCP_SUBJECT_TOO_LONG`, `GCP_PROVIDER_MISMATCH`, `GCP_PROVIDER_NOT_FOUND`,
 * `GOOGLE_ACCOUNT_INVALID`, `GOOGLE_EMAIL_INVALID`, `GOOGLE_PROJECT_INVALID`, `GOOGLE_PROJECT_NUMBER_INVALID`,
 * `GOOGLE_ROLE_INVALID`, `GOOGLE_GRANT_TWICE`, `PEER_MISSING`.
 *
 * @example
 * ```ts
 * const trust = new DeploymentsOidcTrust("site", {
 *   organization: "acme",
 *   stacks: [{ project: "site", stack: "prod" }],
 *   aws: { role: { managedPolicyArns: ["arn:aws:iam::aws:policy/PowerUserAccess"] } },
 *   gcp: { project: "acme-prod", serviceAccount: { projectRoles: ["roles/storage.admin"] } },
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
  /** Name of the workload identity pool, `projects/NUMBER/locations/global/workloadIdentityPools/POOL`, with `gcp`. */
  readonly workloadPool?: pulumi.Output<string>;
  /** The trusted deployments as Google's IAM writes them, for grants of your own, with `gcp`. */
  readonly principals?: pulumi.Output<string[]>;
  /** Email of the Google service account, if there is one. */
  readonly serviceAccountEmail?: pulumi.Output<string>;
  /** The Google service account, if it is made here. */
  readonly serviceAccount?: pulumi.CustomResource;

  constructor(name: string, args: DeploymentsOidcTrustArgs, options?: pulumi.ComponentResourceOptions) {
    atLeastOneCloud(args, name);
    const { organization, stacks, operations = USUAL_OPERATIONS, aws, gcp, issuerUrl, waive } = args;
    const own = { organization, stacks, issuerUrl, waive };
    const values = required({ ...own, ...cloudValues(args) }, "organization", "stacks");
    const given = checked(values, checksFor(operations, args)) as pulumi.Output<Values>;
    super("oidc-runner:index:DeploymentsOidcTrust", name, {}, options);
    const children = childOptions(this, options);
    const trusted = given.apply((known) => tokensOf(known as Values, operations));
    const waived = given.apply((known) => known.waive ?? []);
    warnUnlessWaived(this, waived, driftRuns(operations));
    this.audience = trusted.audience;
    this.subjects = trusted.subjects;
    if (aws !== undefined) {
      const esc = pulumi.interpolate`aws:${organization}`;
      Object.assign(this, awsAccess(children, name, aws, { trusted, issuerUrl, otherAudiences: [esc] }));
    }
    let google: GcpAccess | undefined;
    if (gcp !== undefined) {
      const grants = stacks.flatMap(({ project, stack }, index) =>
        operations.map((operation) => `${grantName([project, stack], index)}-${operation}`),
      );
      google = gcpAccess(children, { name, organization, providerId: PROVIDER_ID, grants, waived }, gcp, trusted);
      const { exchange: _, ...shown } = google;
      Object.assign(this, shown);
    }
    this.deploymentSettings = settingsOf(this.roleArn, aws?.session, google, gcp);
    this.settingsCommand = pulumi
      .all([given, this.deploymentSettings])
      .apply(([known, settings]) => settingsCommand(known.organization, known.stacks, settings));
    const { audience, subjects, deploymentSettings, roleArn, roleName, oidcProviderArn } = this;
    const { workloadPool, principals, serviceAccountEmail } = this;
    this.registerOutputs({
      ...{ audience, subjects, deploymentSettings, settingsCommand: this.settingsCommand },
      ...{ roleArn, roleName, oidcProviderArn, workloadPool, principals, serviceAccountEmail },
    });
  }
}

/** The pool's provider for deployments, where no other is named. */
const PROVIDER_ID = "pulumi-deployments";

function settingsOf(
  roleArn: pulumi.Output<string> | undefined,
  session: OutboundAwsSession | undefined,
  google: GcpAccess | undefined,
  gcp: OutboundGcp | undefined,
): pulumi.Output<DeploymentOidcSettings> {
  const email = google?.serviceAccountEmail;
  const { region, tokenLifetimeSeconds } = gcp ?? {};
  const access = email && { email, ...google.exchange, region, tokenLifetimeSeconds };
  return pulumi.output({ roleArn, session, access }).apply((known): DeploymentOidcSettings => {
    const { name = "pulumi-deployments", durationSeconds = SESSION_SECONDS, policyArns } = known.session ?? {};
    return {
      ...(known.roleArn !== undefined && {
        aws: {
          ...{ roleARN: known.roleArn, sessionName: name, duration: `${durationSeconds}s` },
          ...(policyArns !== undefined && { policyARNs: policyArns }),
        },
      }),
      ...(known.access && {
        gcp: {
          ...{ projectId: known.access.projectNumber, workloadPoolId: known.access.poolId },
          ...{ providerId: known.access.providerId, serviceAccount: known.access.email },
          ...(known.access.region !== undefined && { region: known.access.region }),
          ...(known.access.tokenLifetimeSeconds !== undefined && {
            tokenLifetime: `${known.access.tokenLifetimeSeconds}s`,
          }),
        },
      }),
    };
  });
}

const check = checksOf<Values>();

function checksFor(operations: readonly DeploymentOperation[], clouds: Clouds): Check<Values>[] {
  return [
    check.options("organization", () => checkOperationList(operations)),
    ...cloudChecks(clouds),
    check.one("organization", (organization) => checkRunsOrganization(organization)),
    check.one("stacks", (stacks) => checkStackPatterns(stacks)),
    check.each("stacks", [], checkStackPattern),
    check.one("issuerUrl", (url) => checkIssuerUrl(url)),
    check.several(["organization", "stacks", "issuerUrl", "oidcProviderArn"], ({ oidcProviderArn, ...known }) =>
      checkCloudTrusts(clouds, () => tokensOf(known, operations), oidcProviderArn),
    ),
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
    gcp: {
      subjects: [runAffixes(organization)],
      attributes: RUN_ATTRIBUTES,
      identities: runIdentities(runs),
    },
  };
}

/** Drift runs: what their tokens name is not known. */
function driftRuns(operations: readonly DeploymentOperation[]) {
  const drift = operations.filter((operation) => !USUAL_OPERATIONS.includes(operation));
  const what = `not verified: the token of a ${drift.join(" or ")} run may name another operation, such as refresh or update`;
  const fix = "look at the token of such a run (oidc-runner claims), and name the operation that it has";
  return drift.length === 0 ? [] : [{ name: "UNVERIFIED_OPERATION" as const, what, fix }];
}
