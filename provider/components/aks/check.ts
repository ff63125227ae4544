import type * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { aksTenant } from "../../../trust/issuers";
import {
  type AzureClient,
  type AzureIdentitySettings,
  type AzureRoleOnScope,
  checkAzureClient,
  checkAzureIdentity,
  checkAzureRoles,
} from "../../../trust/parties/azure";
import { type Check, checksOf } from "../../resources";
import { AZURE_TOKEN_SECONDS, checkTokenExpiration } from "../../workload/access";
import { checkRoleAssignments } from "../azure";
import { atMostOne, exactlyOne } from "../lib";
import type { AksAzure } from "./args";

/** The values of a runner's access to Azure that are checked. */
interface AksInputs {
  identity?: AzureIdentitySettings;
  roleAssignments?: AzureRoleOnScope[];
  client?: AzureClient;
  tokenExpirationSeconds?: number;
}

/** The same as a program gives them. */
export function aksInputs({ identity, clientId, tenantId, authorityHost, tokenExpirationSeconds }: AksAzure) {
  const { resourceGroupName = "", name, roleAssignments } = identity ?? {};
  return {
    identity: identity && { resourceGroupName, name },
    roleAssignments,
    client: { clientId, tenantId, authorityHost },
    tokenExpirationSeconds,
  };
}

const check = checksOf<AksInputs>();
const ROLES = "azure.identity.roleAssignments";

/** Checks of a runner's access to Azure. */
export function aksChecks(name: string, azure: AksAzure): Check<AksInputs>[] {
  return [
    check.options("identity", () => {
      exactlyOne(azure, ["identity", "clientId"], `${name}.azure`);
      // An identity that is made is of the tenant that it is made in.
      atMostOne(azure, ["identity", "tenantId"], `${name}.azure`);
      checkRoleAssignments(azure.identity?.roleAssignments ?? [], ROLES);
    }),
    check.settings("identity", (identity) => checkAzureIdentity(identity, "azure.identity")),
    check.one("roleAssignments", (assignments) => checkAzureRoles(assignments, ROLES)),
    check.settings("client", (client) => checkAzureClient(client, "azure")),
    check.one("tokenExpirationSeconds", (seconds) =>
      checkTokenExpiration(seconds, "azure.tokenExpirationSeconds", AZURE_TOKEN_SECONDS),
    ),
  ];
}

/**
 * Refuses a client id without a tenant, where the issuer is known to name none.
 *
 * @throws OidcRunnerError `OPTION_MISSING`
 */
export function checkTenant({ clientId, tenantId }: AksAzure, issuerUrl: pulumi.Input<string> | undefined): void {
  if (clientId !== undefined && tenantId === undefined && typeof issuerUrl === "string") {
    tenantOf(issuerUrl, undefined);
  }
}

/**
 * The tenant of a client id: the given one, else the one that the cluster's issuer names.
 *
 * @throws OidcRunnerError `OPTION_MISSING`
 */
export function tenantOf(issuerUrl: string, tenantId: string | undefined): string {
  const tenant = tenantId ?? aksTenant(issuerUrl);
  if (tenant === undefined) {
    throw new OidcRunnerError("OPTION_MISSING", `the issuer ${issuerUrl} names no tenant of Entra ID`, {
      where: "azure.tenantId",
      fix: "give the tenant of azure.clientId, as `az account show --query tenantId` prints it",
    });
  }
  return tenant;
}
