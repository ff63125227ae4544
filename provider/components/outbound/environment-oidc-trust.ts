import * as pulumi from "@pulumi/pulumi";
import {
  type Cloud,
  CUSTOM_AUDIENCE_ISSUER,
  checkCustomAudience,
  checkEnvironments,
  checkIssuerUrl,
  checkOpenings,
  checkSubjectAttributes,
  customAudienceNeighbours,
  customAudienceStart,
  customAudienceSubjects,
  customAudienceTokens,
  type EnvironmentName,
  openingAffixes,
  openingAudience,
  openingNeighbours,
  openingSubjects,
  openingTokens,
  PULUMI_ISSUER,
  type SubjectAttribute,
  YAML,
} from "../../../trust/issuers";
import type { SubjectGroups } from "../../../trust/parties/azure";
import { type Check, checkArguments, checked, checksOf, type LintWaiver, required } from "../../resources";
import { exactlyOne } from "../lib";
import type { OutboundAws, OutboundAzure, OutboundGcp } from "./args";
import { SESSION_SECONDS } from "./aws";
import { countAzureSubjects } from "./azure";
import { atLeastOneCloud, type CloudValues, checkCloudTrusts, cloudChecks, cloudValues } from "./clouds";
import { type OutboundAccess, OutboundComponent } from "./component";
import { type DefinitionParts, environmentDefinition } from "./environment-definition";
import { grantName } from "./gcp";
import type { OutboundTokens } from "./tokens";
import { warnUnlessWaived } from "./warnings";

/** An environment of Pulumi ESC. */
export interface TrustedEnvironment {
  /** Name of the project; `default` for environments that were made before there were projects, which need a trust of their own. */
  project: pulumi.Input<string>;
  /** Name of the environment. */
  environment: pulumi.Input<string>;
}

/** Tokens with an audience of one's own, which `fn::open::oidc` makes; Pulumi turns it on for an organization. */
export interface EnvironmentCustomAudience {
  /** `aud` of the tokens, 1 to 512 bytes; Google Cloud takes 256 characters, and Azure recommends `api://AzureADTokenExchange`. */
  audience: pulumi.Input<string>;
  /** Id of the organization: `https://pulumi.com/org_id` of `fn::open::debug-oidc-claims`. */
  organizationId: pulumi.Input<string>;
  /** Ids of the environments: `https://pulumi.com/current_env_id` of `fn::open::debug-oidc-claims`. */
  environmentIds: pulumi.Input<string>[];
}

/** Arguments of `EnvironmentOidcTrust`: at least one cloud, and exactly one of `environments` and `customAudience`. */
export interface EnvironmentOidcTrustArgs {
  /** Pulumi organization of the environments. */
  organization: pulumi.Input<string>;
  /** The environments whose logins (`fn::open::aws-login`, `fn::open::azure-login`, `fn::open::gcp-login`) are trusted, and no others. */
  environments?: TrustedEnvironment[];
  /** Trust tokens that `fn::open::oidc` makes for an audience of one's own; the work exchanges them itself. */
  customAudience?: EnvironmentCustomAudience;
  /**
   * What the subjects of the logins' tokens are made of, in the definition's order. `[]` stands for the subject that a login has without
   * them, which names what was opened: an environment that imports this one is refused then, and a stack's configuration too, because
   * its name is `<yaml>` (`YAML_SUBJECT`; pulumi/pulumi#14509).
   * Default: `currentEnvironment.name`.
   */
  subjectAttributes?: SubjectAttribute[];
  /** Logins of the users who may open the environments; needed with `pulumi.user.login`. Default: anybody who may open them. */
  users?: pulumi.Input<string>[];
  /** The environments that may be opened first and import those; needed with `rootEnvironment.name`. Default: any. */
  rootEnvironments?: TrustedEnvironment[];
  /** Access to AWS. Default: none. */
  aws?: OutboundAws;
  /** Access to Azure. Default: none. */
  azure?: OutboundAzure;
  /** Access to Google Cloud. Default: none. */
  gcp?: OutboundGcp;
  /**
   * `iss` of the tokens. Default: https://api.pulumi.com/oidc, or https://api.pulumi.com/oidc/v2 with `customAudience`; a self-hosted
   * Pulumi Cloud has its own.
   */
  issuerUrl?: pulumi.Input<string>;
  /** Warnings to leave out, each by name and with a reason. Default: none. */
  waive?: pulumi.Input<pulumi.Input<LintWaiver>[]>;
}

/** The values that are checked. */
interface Values extends CloudValues {
  organization: string;
  environments?: EnvironmentName[];
  customAudience?: { audience: string; organizationId: string; environmentIds: string[] };
  users?: string[];
  rootEnvironments?: EnvironmentName[];
  issuerUrl?: string;
}

/**
 * AWS, Azure and Google Cloud trust environments of Pulumi ESC, which log in when they are opened. On AWS a role, whose trust policy names the
 * organization (`aud`) and each environment (`sub`), and the user if that is asked for. On Azure a federated
 * credential for each subject, of a managed identity or an application. On Google Cloud members of a workload identity
 * pool, each of which is one subject. The documents are evaluated for the wanted tokens and for their near misses before anything is made.
 * Each cloud's package, `@pulumi/aws`, `@pulumi/azure-native` (`@pulumi/azuread` for applications) or `@pulumi/gcp`, is needed for its
 * block alone.
 *
 * Errors: those of `DeploymentsOidcTrust`.
 *
 * @example
 * ```ts
 * const trust = new EnvironmentOidcTrust("site", {
 *   organization: "acme",
 *   environments: [{ project: "site", environment: "prod" }],
 *   aws: { role: { managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } },
 * });
 * // pulumi stack output definition | pulumi env edit acme/site/prod --file -
 * export const definition = trust.environmentDefinition;
 * ```
 */
export class EnvironmentOidcTrust extends OutboundComponent {
  /** `sub` of the trusted tokens. */
  readonly subjects!: pulumi.Output<string[]>;
  /**
   * Definition of an environment that logs in to the clouds, in YAML; add what else the environment has. With `azure.split` that of the
   * first.
   */
  readonly environmentDefinition!: pulumi.Output<string>;
  /** The same for each environment, by `PROJECT/ENVIRONMENT` (or its id, with `customAudience`): with `azure.split` they differ. */
  readonly environmentDefinitions!: pulumi.Output<Record<string, string>>;
  /**
   * A command for each environment that replaces its definition by the one on standard input: `pulumi env edit … --file -`. Empty with
   * `customAudience`, which knows no names.
   */
  readonly editCommand!: pulumi.Output<string>;

  constructor(name: string, args: EnvironmentOidcTrustArgs, options?: pulumi.ComponentResourceOptions) {
    checkArguments("EnvironmentOidcTrust", name, args);
    atLeastOneCloud(args, name);
    const way = exactlyOne(args, ["environments", "customAudience"], name);
    const { organization, environments, customAudience, users, rootEnvironments, azure, issuerUrl, waive } = args;
    const attributes = way === "customAudience" ? [] : (args.subjectAttributes ?? ["currentEnvironment.name"]);
    const own = { organization, environments, customAudience, users, rootEnvironments, issuerUrl, waive };
    const { groups, groupOf, groupNames } = groupsOf(args, attributes);
    const values = required({ ...own, ...cloudValues(args) }, "organization");
    const given = checked(values, checksFor(attributes, args, name, groups)) as pulumi.Output<Values>;
    if (azure !== undefined) countAzureSubjects(azure, name, groups);
    super("oidc-runner:index:EnvironmentOidcTrust", name, {}, options);
    const tokens = (cloud: Cloud) => given.apply((known) => tokensOf(known as Values, attributes, cloud));
    const waived = given.apply((known) => known.waive ?? []);
    warnUnlessWaived(this, waived, way === "environments" && attributes.length === 0 ? [YAML_SUBJECT] : []);
    const access = this.giveAccess(
      args,
      {
        ...{ name, organization, waived, tokens, groupOf, groups: groupNames, providerId: providerIdOf(args) },
        issuerUrl: issuerUrl ?? (way === "environments" ? PULUMI_ISSUER : CUSTOM_AUDIENCE_ISSUER),
        otherAudiences: way === "environments" ? [organization, pulumi.interpolate`aws:${organization}`] : [],
        grants: grantNames(args, attributes),
      },
      options,
    );
    const definitions = definitionsOf(args, attributes, access, given);
    this.finish({
      subjects: tokens("aws").subjects,
      environmentDefinitions: definitions.apply((all): Record<string, string> => Object.fromEntries(all)),
      environmentDefinition: definitions.apply(([first]) => first?.[1] ?? ""),
      editCommand: given.apply((known) =>
        ((known.environments ?? []) as EnvironmentName[])
          .map(({ project, environment }) => `pulumi env edit ${known.organization}/${project}/${environment} --file -`)
          .join("\n"),
      ),
    });
  }
}

const YAML_SUBJECT = {
  name: "YAML_SUBJECT",
  what: `the tokens of an environment that a stack's configuration opens, or that is tried before it is saved, have the subject …:env:${YAML} and are refused (pulumi/pulumi#14509)`,
  fix: "leave subjectAttributes out, and put environmentDefinition into the environment",
} as const;

const check = checksOf<Values>();

function checksFor(
  attributes: SubjectAttribute[],
  clouds: EnvironmentOidcTrustArgs,
  name: string,
  groups: SubjectGroups,
): Check<Values>[] {
  return [
    check.options("organization", () => checkSubjectAttributes(attributes)),
    ...cloudChecks(clouds, name, groups),
    check.one("issuerUrl", (url) => checkIssuerUrl(url)),
    check.one("environments", (environments) => checkEnvironments(environments)),
    check.one("customAudience", (openings) => checkCustomAudience(openings)),
    check.several(["environments", "organization", "users", "rootEnvironments"], ({ environments = [], ...known }) =>
      checkOpenings({ ...known, environments, subjectAttributes: attributes }),
    ),
    check.several(
      ["organization", "environments", "customAudience", "users", "rootEnvironments", "issuerUrl", "oidcProviderArn"],
      ({ oidcProviderArn, ...known }) =>
        checkCloudTrusts(clouds, (cloud) => tokensOf(known, attributes, cloud), oidcProviderArn),
    ),
  ];
}

type Known = Pick<
  Values,
  "organization" | "environments" | "customAudience" | "users" | "rootEnvironments" | "issuerUrl"
>;

function tokensOf(
  { organization, environments = [], customAudience, users, rootEnvironments, issuerUrl }: Known,
  subjectAttributes: readonly SubjectAttribute[],
  cloud: Cloud,
): OutboundTokens {
  const attributes = { "google.subject": ["sub"] };
  const identitiesOf = (subjects: string[]) => subjects.map((value) => ({ attribute: "google.subject", value }));
  if (customAudience !== undefined) {
    const issuer = issuerUrl ?? CUSTOM_AUDIENCE_ISSUER;
    const openings = { ...customAudience, issuer };
    const subjects = customAudienceSubjects(openings);
    const start = customAudienceStart(customAudience.organizationId);
    return {
      ...{ issuer, audience: customAudience.audience, subjects, tokens: customAudienceTokens(openings) },
      neighbours: customAudienceNeighbours(openings),
      gcp: { subjects: [{ start }], attributes, identities: identitiesOf(subjects) },
    };
  }
  const issuer = issuerUrl ?? PULUMI_ISSUER;
  const openings = { organization, environments, subjectAttributes, users, rootEnvironments, issuer };
  const subjects = openingSubjects(openings);
  return {
    ...{ issuer, audience: openingAudience(openings, cloud), subjects, tokens: openingTokens(openings, cloud) },
    neighbours: openingNeighbours(openings, cloud),
    gcp: { subjects: openingAffixes(organization), attributes, identities: identitiesOf(subjects) },
  };
}

/** The pool's provider, where no other is named: one for each audience and issuer. */
function providerIdOf({ environments = [], customAudience }: EnvironmentOidcTrustArgs): string {
  const isLegacy = environments.some(({ project }) => project === "default");
  return customAudience !== undefined ? "pulumi-esc-v2" : isLegacy ? "pulumi-esc-default" : "pulumi-esc";
}

/** What the subjects differ in, attribute by attribute, in the order of `openingSubjects`. */
function valuesOf(
  { environments = [], customAudience, users = [], rootEnvironments = [] }: EnvironmentOidcTrustArgs,
  attributes: readonly SubjectAttribute[],
): pulumi.Input<string>[][][] {
  const pairs = (list: readonly TrustedEnvironment[]) => list.map(({ project, environment }) => [project, environment]);
  const ids = customAudience?.environmentIds.map((id) => [id]);
  const values: Record<SubjectAttribute, pulumi.Input<string>[][]> = {
    "currentEnvironment.name": ids ?? pairs(environments),
    "rootEnvironment.name": pairs(rootEnvironments),
    "pulumi.user.login": users.map((user) => [user]),
    "pulumi.organization.login": [[]],
  };
  // One that ESC does not have is refused by the checks.
  return named(attributes).map((attribute) => values[attribute] ?? []);
}

function named(attributes: readonly SubjectAttribute[]): readonly SubjectAttribute[] {
  return attributes.length === 0 ? ["currentEnvironment.name"] : attributes;
}

/** A name for each subject, in their order. */
function grantNames(args: EnvironmentOidcTrustArgs, attributes: readonly SubjectAttribute[]): string[] {
  return combined(valuesOf(args, attributes)).map((parts, index) => grantName(parts.flat(), index));
}

/** An identity of Azure takes all subjects of an environment, because its definition names one. */
function groupsOf(args: EnvironmentOidcTrustArgs, attributes: readonly SubjectAttribute[]) {
  const values = valuesOf(args, attributes);
  const place = named(attributes).indexOf("currentEnvironment.name");
  const environments = values[place] ?? [];
  const groups = environments.length;
  const groupOf = combined(values.map((list) => list.map((_, index) => index))).map((indexes) => indexes[place] ?? 0);
  const subjects = groups === 0 ? 0 : groupOf.length / groups;
  const count: SubjectGroups = { groups, subjects, names: ["environments", "subjects"] };
  return { groups: count, groupOf, groupNames: environments.map(grantName) };
}

/** Each value of the first list with each of the second, and so on. */
function combined<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((before, list) => before.flatMap((parts) => list.map((more) => [...parts, more])), [[]]);
}

/** The definition of each environment, by its name. */
function definitionsOf(
  { aws, gcp, customAudience }: EnvironmentOidcTrustArgs,
  subjectAttributes: readonly SubjectAttribute[],
  { roleArn, google, entra }: OutboundAccess,
  given: pulumi.Output<Values>,
): pulumi.Output<[name: string, definition: string][]> {
  const { region, tokenLifetimeSeconds } = gcp ?? {};
  return pulumi
    .output({
      ...{ roleArn, session: aws?.session, given, audience: customAudience?.audience, azure: entra?.exchange },
      google: google && {
        ...google.exchange,
        ...{ serviceAccount: google.serviceAccountEmail, region, tokenLifetimeSeconds },
      },
    })
    .apply(({ roleArn: arn, session = {}, google: access, azure: client, audience, given: known }) => {
      const { name: sessionName = "pulumi-esc", durationSeconds = SESSION_SECONDS, policyArns } = session;
      const names =
        known.customAudience?.environmentIds ??
        (known.environments ?? []).map(({ project, environment }) => `${project}/${environment}`);
      return names.map((name, index): [string, string] => {
        const parts: DefinitionParts = {
          ...(arn !== undefined && {
            aws: { roleArn: arn, sessionName, duration: seconds(durationSeconds), policyArns },
          }),
          ...(client && {
            azure: {
              ...{ clientId: client.clientIds[index] ?? "", tenantId: client.tenantId },
              subscriptionId: client.subscriptionId,
            },
          }),
          ...(access && {
            gcp: {
              ...{ project: access.projectNumber, workloadPoolId: access.poolId, providerId: access.providerId },
              ...{ serviceAccount: access.serviceAccount, region: access.region },
              tokenLifetime: seconds(access.tokenLifetimeSeconds),
            },
          }),
          ...{ subjectAttributes, customAudience: audience },
        };
        return [name, environmentDefinition(parts)];
      });
    });
}

function seconds(life: number | undefined): string | undefined {
  return life === undefined ? undefined : `${life}s`;
}
