import * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import {
  type AzureCredential,
  checkAzureIdentity,
  checkCredentialCount,
  checkSubscriptionId,
  parseApplicationId,
  parseIdentityId,
  proveAzureTrust,
  type SubjectGroups,
} from "../../../trust/parties/azure";
import {
  type AzureIdentityClient,
  assignRoles,
  broadRoles,
  checkRoleAssignments,
  countCredentials,
  existingApplication,
  existingUserAssignedIdentity,
  type MadeAzureIdentity,
  makeApplication,
  makeCredentials,
  makeUserAssignedIdentity,
} from "../azure";
import { type ChildOptions, exactlyOne } from "../lib";
import type { OutboundAzure } from "./args";
import type { OutboundTokens } from "./tokens";
import { type Waived, warnUnlessWaived } from "./warnings";

/** What a trust has of Azure. */
export interface AzureAccess {
  /** Client id of the identity of each group, in their order. */
  clientIds: pulumi.Output<string[]>;
  /** Object ids of the identities' service principals. */
  principalIds: pulumi.Output<string[]>;
  tenantId: pulumi.Output<string>;
  /** The first identity or the application, if it is made. */
  identity: pulumi.CustomResource | undefined;
  /** What an exchange names. */
  exchange: {
    clientIds: pulumi.Output<string[]>;
    tenantId: pulumi.Output<string>;
    subscriptionId: pulumi.Output<string>;
  };
}

/** The values of the Azure block that are checked. */
export interface AzureValues {
  azureIdentity?: { resourceGroupName: string; name?: string };
  azure?: { identityId?: string; applicationId?: string; subscriptionId?: string };
}

/** The same as a program gives them. */
export function azureValues(azure: OutboundAzure | undefined) {
  if (azure === undefined) {
    return {};
  }
  const { identity, identityId, applicationId, subscriptionId } = azure;
  return {
    azure: { identityId, applicationId, subscriptionId },
    azureIdentity: identity && { resourceGroupName: identity.resourceGroupName ?? "", name: identity.name },
  };
}

const WAYS = ["identity", "application", "identityId", "applicationId"] as const;

/**
 * Refuses options of the Azure block that do not go together, whatever their values are, and more subjects than fit.
 *
 * @throws OidcRunnerError `OPTION_CONFLICT`, `OPTION_MISSING`, `AZURE_ROLE_INVALID`, `AZURE_IDENTITY_INVALID`,
 * `AZURE_CREDENTIALS_TOO_MANY`
 */
export function checkAzureOptions(azure: OutboundAzure, name: string, groups: SubjectGroups): void {
  const way = exactlyOne(azure, WAYS, "azure");
  const isThere = way === "identityId" || way === "applicationId";
  if (azure.split && isThere) {
    throw new OidcRunnerError("OPTION_CONFLICT", "split is for identities that are made", {
      where: "azure.split",
      fix: "leave it out, or give azure.identity or azure.application",
    });
  }
  if ((way === "application" || way === "applicationId") && azure.subscriptionId === undefined) {
    throw new OidcRunnerError("OPTION_MISSING", "an application is of no subscription", {
      where: "azure.subscriptionId",
      fix: "give the subscription that Pulumi's Azure providers are to work in",
    });
  }
  if (way === "identity" && azure.identity?.name === undefined && !/^[A-Za-z0-9][\w-]{0,119}$/.test(name)) {
    throw new OidcRunnerError("AZURE_IDENTITY_INVALID", `"${name}" can't begin the name of an identity`, {
      where: "azure.identity.name",
      fix: "give a name, or call the component by letters, digits, hyphens and underscores, at most 120",
    });
  }
  const made = azure.identity === undefined ? "application" : "identity";
  checkRoleAssignments(azure[made]?.roleAssignments ?? [], `azure.${made}.roleAssignments`);
  checkCredentialCount(groups, isThere ? undefined : (azure.split ?? false), "azure");
}

/**
 * Refuses a trust that adds more credentials to an identity that is there already than those of the program's trusts before it leave
 * room for.
 *
 * @throws OidcRunnerError `AZURE_CREDENTIALS_TOO_MANY`
 */
export function countAzureSubjects(azure: OutboundAzure, name: string, { groups, subjects }: SubjectGroups): void {
  const id = azure.identityId ?? azure.applicationId;
  if (id !== undefined) countCredentials(id, name, groups * subjects);
}

/**
 * Refuses values of the Azure block that Azure would refuse when other resources exist already.
 *
 * @throws OidcRunnerError `AZURE_IDENTITY_INVALID`
 */
export function checkAzureIds({ identityId, applicationId, subscriptionId }: NonNullable<AzureValues["azure"]>): void {
  if (identityId !== undefined) parseIdentityId(identityId, "azure.identityId");
  if (applicationId !== undefined) parseApplicationId(applicationId, "azure.applicationId");
  if (subscriptionId !== undefined) checkSubscriptionId(subscriptionId, "azure.subscriptionId");
}

/** Refuses names of an identity that is made. */
export function checkNewIdentity(settings: Partial<NonNullable<AzureValues["azureIdentity"]>>): void {
  checkAzureIdentity(settings, "azure.identity");
}

/**
 * Refuses tokens that Azure can't trust, before anything is made.
 *
 * @throws OidcRunnerError `AZURE_CREDENTIAL_INVALID`
 */
export function checkAzureTrust(known: OutboundTokens): void {
  // Each subject has a credential of its own, of whatever identity.
  known.subjects.forEach((_, index) => {
    prove(known, [index]);
  });
}

/** What names a trust and its credentials. */
export interface AzureNames {
  name: string;
  /** A name for each subject, in their order. */
  grants: readonly string[];
  /** A name for each group of subjects. */
  groups: readonly string[];
  /** The group of each subject. */
  groupOf: readonly number[];
  /** Findings that are known and meant. */
  waived: Waived;
}

/** Lets tokens act as an identity, or as several of which each takes one of the groups. */
export function azureAccess(
  options: ChildOptions,
  { name, grants, groupOf, groups, waived }: AzureNames,
  azure: OutboundAzure,
  trusted: pulumi.Output<OutboundTokens>,
): AzureAccess {
  const { parent } = options;
  const roles = (azure.identity ?? azure.application)?.roleAssignments ?? [];
  pulumi.output(roles).apply((known) => warnUnlessWaived(parent, waived, broadRoles(known)));
  const parts = azure.split
    ? groups.map((suffix, group) => ({ suffix: [suffix], takes: (one: number) => one === group }))
    : [ALL];
  const identities = parts.map(({ suffix, takes }) => {
    const own = groupOf.flatMap((group, index) => (takes(group) ? [index] : []));
    const credentials = trusted.apply((known) => prove(known as OutboundTokens, own));
    const called = [name, ...suffix].join("-");
    const identity = identityFor(options, called, azure, suffix, credentials);
    // Other names than those of one identity for all: what keeps its name is deleted before it is made, and several at a time.
    const start = suffix.length === 0 ? name : `${name}-own`;
    const names = own.map((index) => credentialName(start, grants[index] as string));
    makeCredentials(options, identity, names, credentials);
    assignRoles(options, called, roles, identity.principalId);
    return identity;
  });
  const [first] = identities as [AzureIdentityClient & Partial<MadeAzureIdentity>];
  const given = azure.subscriptionId ?? azure.identityId ?? first.identity?.id ?? "";
  const { tenantId, identity } = first;
  const clientIds = pulumi.all(groups.map((_, group) => (azure.split ? (identities[group] ?? first) : first).clientId));
  const subscriptionId = pulumi.all([given, trusted]).apply(([id]) => id.split("/")[2] ?? id);
  return {
    ...{ clientIds, tenantId, identity },
    principalIds: pulumi.all(identities.map(({ principalId }) => principalId)),
    exchange: { clientIds, tenantId, subscriptionId },
  };
}

/** One identity for all groups. */
const ALL = { suffix: [], takes: () => true };

function identityFor(
  options: ChildOptions,
  name: string,
  { identity, application, identityId, applicationId }: OutboundAzure,
  suffix: readonly string[],
  checked: pulumi.Output<unknown>,
): AzureIdentityClient & Partial<MadeAzureIdentity> {
  if (application !== undefined) {
    return makeApplication(options, name, application, checked);
  }
  if (identityId !== undefined) {
    return existingUserAssignedIdentity(options.parent, { id: identityId, where: "azure.identityId" }, checked);
  }
  if (applicationId !== undefined) {
    return existingApplication(options.parent, { id: applicationId, where: "azure.applicationId" }, checked);
  }
  const { name: given, ...settings } = identity as NonNullable<typeof identity>;
  const own = given === undefined ? undefined : pulumi.output(given).apply((text) => [text, ...suffix].join("-"));
  return makeUserAssignedIdentity(options, name, { ...settings, name: own }, checked);
}

/** The name that Azure's is made from, in the characters that it takes and with room for 8 digits more. */
function credentialName(name: string, grant: string): string {
  return `${name
    .replace(/^[^A-Za-z0-9]+/, "")
    .replace(/[^\w-]/g, "-")
    .slice(0, 80)}-${grant}`;
}

/** The credentials of one identity, proven against the neighbours and the tokens of the others. */
function prove(
  { issuer, audience, subjects, tokens, neighbours }: OutboundTokens,
  own: readonly number[],
): AzureCredential[] {
  const others = tokens.filter((_, index) => !own.includes(index));
  const subject = own.map((index) => subjects[index] as string);
  return proveAzureTrust({ issuer, audience, subject }, [...neighbours, ...others]);
}
