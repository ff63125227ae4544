import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { checkProjectId } from "../../../trust/issuers";
import {
  broadRole,
  type checkGoogleAccount,
  checkPoolId,
  checkProjectNumber,
  defaultDisplayName,
  googleAccountId,
  poolName,
  projectOfEmail,
  proveGcpSharedTrust,
} from "../../../trust/parties/gcp";
import { isKnown } from "../../resources";
import {
  checkRoles,
  grantActingAs,
  grantRoles,
  grantsOfRun,
  makeGrants,
  makeServiceAccount,
  poolWithProvider,
  projectNumberOf,
  type RoleOnProject,
  rolesOf,
} from "../gcp";
import { type ChildOptions, exactlyOne } from "../lib";
import type { OutboundGcp } from "./args";
import type { OutboundTokens } from "./tokens";
import { type Waived, warnUnlessWaived } from "./warnings";

/** What a trust has of Google Cloud. */
export interface GcpAccess {
  /** The trusted tokens, as IAM writes them. */
  principals: pulumi.Output<string[]>;
  workloadPool: pulumi.Output<string>;
  /** Where the token is to be exchanged, as Pulumi Cloud's settings name it. */
  exchange: { projectNumber: pulumi.Output<string>; poolId: pulumi.Input<string>; providerId: pulumi.Input<string> };
  serviceAccountEmail: pulumi.Output<string> | undefined;
  serviceAccount: pulumi.CustomResource | undefined;
}

/** The values of the Google block that are checked. */
export interface GcpValues {
  gcp?: {
    project?: string;
    projectNumber?: string;
    poolId?: string;
    providerId?: string;
    serviceAccountEmail?: string;
    tokenLifetimeSeconds?: number;
  };
  account?: Parameters<typeof checkGoogleAccount>[0];
}

/** The same as a program gives them. */
export function gcpValues(gcp: OutboundGcp | undefined) {
  if (gcp === undefined) {
    return {};
  }
  const { project, projectNumber, poolId, providerId, serviceAccountEmail, tokenLifetimeSeconds } = gcp;
  const { accountId, displayName, description } = gcp.serviceAccount ?? {};
  return {
    gcp: { project: project ?? "", projectNumber, poolId, providerId, serviceAccountEmail, tokenLifetimeSeconds },
    account: { accountId, displayName, description },
  };
}

/**
 * Refuses options of the Google block that do not go together, whatever their values are.
 *
 * @throws OidcRunnerError `OPTION_CONFLICT`, `OPTION_MISSING`, `GOOGLE_PROJECT_INVALID`, `GOOGLE_ROLE_INVALID`
 */
export function checkGcpOptions(gcp: OutboundGcp): void {
  const way = exactlyOne(gcp, ["serviceAccount", "serviceAccountEmail", "directPrincipal"], "gcp");
  if (gcp.createPool && !gcp.createProvider) {
    throw new OidcRunnerError("OPTION_MISSING", "a pool that is made has no provider yet", {
      where: "gcp.createPool",
      fix: "set gcp.createProvider as well",
    });
  }
  if (way === "directPrincipal" && (gcp.region !== undefined || gcp.tokenLifetimeSeconds !== undefined)) {
    throw new OidcRunnerError("OPTION_CONFLICT", "region and tokenLifetimeSeconds are for a service account", {
      where: "gcp.directPrincipal",
      fix: "leave them out, or give gcp.serviceAccount",
    });
  }
  checkRoles(rolesOf(gcp), typeof gcp.project === "string" ? gcp.project : undefined);
}

/**
 * Refuses values of the Google block that Google would refuse when other resources exist already.
 *
 * @throws OidcRunnerError `GOOGLE_PROJECT_INVALID`, `GOOGLE_PROJECT_NUMBER_INVALID`, `GOOGLE_EMAIL_INVALID`, `GCP_TRUST_INVALID`
 */
export function checkGcpValues({
  project,
  projectNumber,
  poolId,
  providerId,
  ...known
}: NonNullable<GcpValues["gcp"]>) {
  if (project !== undefined) checkProjectId(project, "gcp.project");
  if (projectNumber !== undefined) checkProjectNumber(projectNumber, "gcp.projectNumber");
  if (poolId !== undefined) checkPoolId(poolId, "gcp.poolId");
  if (providerId !== undefined) checkPoolId(providerId, "gcp.providerId");
  const { serviceAccountEmail, tokenLifetimeSeconds: seconds } = known;
  if (serviceAccountEmail !== undefined) projectOfEmail(serviceAccountEmail);
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds >= 1 && seconds <= 43_200)) {
    throw new OidcRunnerError("GCP_TRUST_INVALID", `${seconds} is not a life of credentials`, {
      where: "gcp.tokenLifetimeSeconds",
      fix: "give whole seconds, 1 to 43200",
    });
  }
}

/**
 * Refuses tokens that Google Cloud can't tell apart or whose names are too long, before anything is made.
 *
 * @throws OidcRunnerError `GCP_TRUST_INVALID`, `GCP_SUBJECT_TOO_LONG`
 */
export function checkGcpTrust(known: OutboundTokens): void {
  prove(known, poolName("1", "pool"));
}

/** What names a trust, and what it is called in an account id and a provider. */
export interface GcpNames {
  name: string;
  organization: pulumi.Input<string>;
  /** Id of a provider for which none is given. */
  providerId: string;
  /** A name for each of the trusted identities, in their order. */
  grants: readonly string[];
  /** Findings that are known and meant. */
  waived: Waived;
}

/** Lets tokens act as a service account or have roles, and makes or finds the pool and its provider for their issuer. */
export function gcpAccess(
  options: ChildOptions,
  { name, organization, grants, waived, ...defaults }: GcpNames,
  gcp: OutboundGcp,
  trusted: pulumi.Output<OutboundTokens>,
): GcpAccess {
  const { parent } = options;
  const { poolId = "pulumi", providerId = defaults.providerId } = gcp;
  const project = pulumi.all([gcp.project, trusted]).apply(([known]) => known);
  const projectNumber =
    gcp.projectNumber === undefined
      ? projectNumberOf(project, parent)
      : pulumi.all([gcp.projectNumber, trusted]).apply(([known]) => known);
  const workloadPool = poolWithProvider(parent, name, {
    ...{ project: gcp.project, projectNumber, createPool: gcp.createPool, createProvider: gcp.createProvider },
    ...{ poolId, providerId },
    settings: trusted.apply((known) => {
      const { members: _, ...settings } = prove(known as OutboundTokens, poolName("1", "pool"));
      return settings;
    }),
  });
  const roles = rolesOf(gcp);
  warnUnlessWaived(parent, waived, broadRoles(roles));
  const made = grantsOfRun();
  const principals = pulumi
    .output({ trusted, workloadPool, project, email: gcp.serviceAccountEmail })
    .apply(({ trusted: known, workloadPool: pool, project: own, email }) => {
      const { members } = prove(known as OutboundTokens, pool);
      const shared =
        gcp.directPrincipal === undefined
          ? [{ role: "roles/iam.workloadIdentityUser", on: email }].filter(({ on }) => on !== undefined)
          : roles.map(({ role, project: on = own }) => ({ role, on }));
      for (const member of members) {
        makeGrants(made, shared as { role: string; on: string }[], member, { name, owner: parent }, GRANT_ONCE);
      }
      return members;
    });
  const owner = `${pulumi.getProject()}/${pulumi.getStack()}/${name}`;
  const { accountId, displayName = defaultDisplayName(name, "Pulumi Cloud"), description } = gcp.serviceAccount ?? {};
  const serviceAccount =
    gcp.serviceAccount &&
    makeServiceAccount(options, name, {
      accountId: pulumi
        .all([accountId, organization, principals])
        .apply(([given, org]) => given ?? googleAccountId(name, `${org}/${owner}`)),
      ...{ project, displayName, description },
    });
  const given = gcp.serviceAccountEmail;
  const email =
    given === undefined ? serviceAccount?.email : pulumi.all([given, principals]).apply(([address]) => address);
  grants.forEach((grant, index) => {
    const member = principals.apply((members) => members[index] as string);
    if (email === undefined) {
      grantRoles(options, `${name}-${grant}`, roles, project, member);
    } else {
      grantActingAs(options, `${name}-${grant}`, email, member);
    }
  });
  if (email !== undefined && serviceAccount !== undefined) {
    const account = pulumi.interpolate`serviceAccount:${email}`;
    grantRoles(options, name, roles, project, account);
  }
  const exchange = { projectNumber, poolId, providerId };
  return { principals, workloadPool, exchange, serviceAccountEmail: email, serviceAccount };
}

const GRANT_ONCE = "give each trust a service account of its own, or put what both trust into one of them";

function prove(known: OutboundTokens, pool: string) {
  const { issuer, audience, tokens, neighbours, gcp } = known;
  return proveGcpSharedTrust({ issuer, audience, pool, ...gcp }, tokens, neighbours);
}

/** Roles that are more than a deployment should have. */
function broadRoles(roles: readonly RoleOnProject[]) {
  return roles.flatMap(({ role, where }) => {
    const why = broadRole(role);
    const fix = "give the roles the work needs";
    return why === undefined ? [] : [{ name: "GOOGLE_ROLE_BROAD" as const, what: `${role} (${where}): ${why}`, fix }];
  });
}

/** Ends of the names of grants: of what they are for where it is known, so that the others stay when one is taken out. */
export function grantName(parts: readonly pulumi.Input<string>[], index: number): string {
  return isKnown(parts)
    ? createHash("sha256")
        .update((parts as string[]).join("/"))
        .digest("hex")
        .slice(0, 8)
    : String(index);
}
