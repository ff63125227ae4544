import * as pulumi from "@pulumi/pulumi";
import {
  ANY,
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
  subjectInvalid,
  USUAL_OPERATIONS,
} from "../../../trust/issuers";
import type { SubjectGroups } from "../../../trust/parties/azure";
import { type Check, checkArguments, checked, checksOf, type LintWaiver, required } from "../../resources";
import type { OutboundAws, OutboundAwsSession, OutboundAzure, OutboundGcp } from "./args";
import { SESSION_SECONDS } from "./aws";
import { type AzureAccess, countAzureSubjects } from "./azure";
import { atLeastOneCloud, type Clouds, type CloudValues, checkCloudTrusts, cloudChecks, cloudValues } from "./clouds";
import { OutboundComponent } from "./component";
import { type DeploymentOidcSettings, settingsCommand } from "./deployment-settings";
import { type GcpAccess, grantName } from "./gcp";
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
  /** Access to Azure. It compares names exactly, so that `*` can't be given for a stack. Default: none. */
  azure?: OutboundAzure;
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
 * AWS, Azure and Google Cloud trust the deployments of some stacks, which Pulumi Deployments runs. On AWS a role, whose trust policy
 * names the organization (`aud`) and each stack and operation (`sub`). On Azure a federated credential for each stack and operation, of
 * a managed identity or an application. On Google Cloud members of a workload identity pool, each of which is
 * one operation of one stack (`principal://…/subject/PROJECT/STACK/OPERATION`, because the token's own subject is longer than Google
 * takes), through a provider whose condition names the organization. The documents are evaluated for the wanted runs and for their near
 * misses before anything is made. Each cloud's package, `@pulumi/aws`, `@pulumi/azure-native` (`@pulumi/azuread` for applications) or
 * `@pulumi/gcp`, is needed for its block alone.
 *
 * Errors: `OPTION_MISSING`, `OPTION_CONFLICT`, `SUBJECT_INVALID`, `ISSUER_URL_INVALID`, `WAIVER_INVALID`, `ROLE_INVALID`, `MANAGED_POLICY_NOT_FOUND`,
 * `TRUST_POLICY_TOO_LONG`, `OIDC_PROVIDER_ARN_INVALID`, `OIDC_PROVIDER_MISMATCH`, `OIDC_PROVIDER_NOT_FOUND`, `OIDC_PROVIDER_EXISTS`,
 * `OIDC_PROVIDER_AUDIENCE`, `AZURE_CREDENTIALS_TOO_MANY`, `AZURE_CREDENTIAL_INVALID`, `AZURE_IDENTITY_INVALID`, `AZURE_ROLE_INVALID`,
 * `GCP_TRUST_INVALID`, `GCP_SUBJECT_TOO_LONG`, `GCP_PROVIDER_MISMATCH`, `GCP_PROVIDER_NOT_FOUND`, `GCP_ID_TAKEN`,
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
export class DeploymentsOidcTrust extends OutboundComponent {
  /** `aud` of the trusted tokens. */
  readonly audience!: pulumi.Output<string>;
  /** `sub` of the trusted tokens, one for each stack and operation; `*` stands for any name. */
  readonly subjects!: pulumi.Output<string[]>;
  /** The block `operationContext.oidc` of a `pulumiservice.DeploymentSettings`. */
  readonly deploymentSettings!: pulumi.Output<DeploymentOidcSettings>;
  /**
   * The same for each stack, by `PROJECT/STACK`: with `azure.split` the stacks have different identities, and `deploymentSettings` leaves
   * Azure out.
   */
  readonly deploymentSettingsByStack!: pulumi.Output<Record<string, DeploymentOidcSettings>>;
  /** The same as a command for each stack: `pulumi deployment settings edit …`. */
  readonly settingsCommand!: pulumi.Output<string>;

  constructor(name: string, args: DeploymentsOidcTrustArgs, options?: pulumi.ComponentResourceOptions) {
    checkArguments("DeploymentsOidcTrust", name, args);
    atLeastOneCloud(args, name);
    const { organization, stacks, operations = USUAL_OPERATIONS, aws, azure, gcp, issuerUrl, waive } = args;
    const groups = groupsOf(stacks, operations);
    const own = { organization, stacks, issuerUrl, waive };
    const values = required({ ...own, ...cloudValues(args) }, "organization", "stacks");
    const given = checked(values, checksFor(operations, args, name, groups)) as pulumi.Output<Values>;
    if (azure !== undefined) countAzureSubjects(azure, name, groups);
    super("oidc-runner:index:DeploymentsOidcTrust", name, {}, options);
    const trusted = given.apply((known) => tokensOf(known as Values, operations));
    const waived = given.apply((known) => known.waive ?? []);
    warnUnlessWaived(this, waived, driftRuns(operations));
    const names = stacks.map(({ project, stack }, index) => grantName([project, stack], index));
    const { roleArn, entra, google } = this.giveAccess(
      args,
      {
        ...{ name, organization, issuerUrl, waived, providerId: PROVIDER_ID, tokens: () => trusted },
        otherAudiences: [pulumi.interpolate`aws:${organization}`],
        grants: names.flatMap((one) => operations.map((operation) => `${one}-${operation}`)),
        groups: names,
        groupOf: stacks.flatMap((_, group) => operations.map(() => group)),
      },
      options,
    );
    const others = settingsOf(roleArn, aws?.session, google, gcp);
    const settings = pulumi.output({ given, others, entra: entra?.exchange }).apply((known) => {
      const ofStack = known.given.stacks.map(({ project, stack }, index) => {
        const clientId = known.entra?.clientIds[index];
        return [`${project}/${stack}`, withAzure(known.others, known.entra, clientId)] as const;
      });
      const isOne = new Set(known.entra?.clientIds).size <= 1;
      const all = isOne ? (ofStack[0]?.[1] ?? known.others) : known.others;
      return { all, byStack: Object.fromEntries(ofStack) };
    });
    const command = pulumi
      .all([given, settings.byStack])
      .apply(([known, byStack]) =>
        settingsCommand(known.organization, known.stacks, ({ project, stack }) => byStack[`${project}/${stack}`] ?? {}),
      );
    this.finish({
      ...{ audience: trusted.audience, subjects: trusted.subjects },
      ...{ deploymentSettings: settings.all, deploymentSettingsByStack: settings.byStack, settingsCommand: command },
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

function withAzure(
  { aws, gcp }: DeploymentOidcSettings,
  entra: pulumi.Unwrap<AzureAccess["exchange"]> | undefined,
  clientId = "",
): DeploymentOidcSettings {
  const { tenantId, subscriptionId } = entra ?? {};
  return {
    ...(aws && { aws }),
    ...(tenantId !== undefined && subscriptionId !== undefined && { azure: { clientId, tenantId, subscriptionId } }),
    ...(gcp && { gcp }),
  };
}

/** An identity of Azure takes all operations of a stack, because a stack's settings name one. */
function groupsOf(stacks: readonly unknown[], operations: readonly unknown[]): SubjectGroups {
  // Programs run without a type check too.
  return { groups: stacks?.length ?? 0, subjects: operations.length, names: ["stacks", "operations"] };
}

const check = checksOf<Values>();

function checksFor(
  operations: readonly DeploymentOperation[],
  clouds: Clouds,
  name: string,
  groups: SubjectGroups,
): Check<Values>[] {
  return [
    check.options("organization", () => checkOperationList(operations)),
    ...cloudChecks(clouds, name, groups),
    check.one("organization", (organization) => checkRunsOrganization(organization)),
    check.one("stacks", (stacks) => checkStackPatterns(stacks)),
    check.each("stacks", [], checkStackPattern),
    ...(clouds.azure === undefined
      ? []
      : [
          check.one("stacks", (stacks) => {
            stacks.forEach((stack, index) => {
              namesOne(stack, `stacks[${index}]`);
            });
          }),
          check.each("stacks", [], namesOne),
        ]),
    check.one("issuerUrl", (url) => checkIssuerUrl(url)),
    check.several(["organization", "stacks", "issuerUrl", "oidcProviderArn"], ({ oidcProviderArn, ...known }) =>
      checkCloudTrusts(clouds, () => tokensOf(known, operations), oidcProviderArn),
    ),
  ];
}

/** Refuses a stack that stands for several, which Azure can't trust. */
function namesOne({ project, stack }: StackPattern, where: string): void {
  if (project === ANY || stack === ANY) {
    const fix = "name each stack, or trust all of them in a component without azure";
    throw subjectInvalid("Azure compares subjects exactly, and knows no *", where, fix);
  }
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
