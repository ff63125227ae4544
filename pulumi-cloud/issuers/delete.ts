import { OidcRunnerError } from "../../trust";
import { wasTakenOver } from "../../trust/issuers";
import { isDefaultDeny, isLeftBehind, type PolicyDefinition } from "../../trust/policy";
import { CloudApiError, type CloudClient, confirmGone, type IssuerRecord } from "../api";
import { findPolicy } from "../policies";
import { isLeasedByAnother } from "./leases";
import { findOwnIssuer, readIssuer } from "./read";

/** What a delete has to know of an issuer. */
export interface DoomedIssuer {
  /** Undefined after a registration that may have happened or not. */
  issuerId?: string;
  adopted?: boolean;
  lease?: string;
  name?: string;
  issuerUrl?: string;
}

/**
 * Deletes the issuer, unless it was adopted, or another resource took it over: in this process (its lease), or in an earlier
 * one that was killed before the old resource went (the lease in its name). Gone already is success.
 *
 * @throws OidcRunnerError `ISSUER_IN_USE` while others' definitions remain and `forceDestroy` is not set;
 *   `ISSUER_NOT_VISIBLE`
 */
export async function deleteIssuer(client: CloudClient, issuer: DoomedIssuer, forceDestroy: boolean): Promise<void> {
  const { name, lease } = issuer;
  if (issuer.adopted) {
    return;
  }
  const record = await findDoomed(client, issuer);
  if (record === undefined || isLeasedByAnother(record.id, lease) || (name && wasTakenOver(name, record.name))) {
    return;
  }
  const issuerId = record.id;
  const policy = forceDestroy ? NONE : await findPolicy(client, issuerId);
  if (policy === undefined) {
    return;
  }
  refuseWhileInUse(issuerId, policy.policies);
  try {
    await client.deleteIssuer(issuerId);
  } catch (error) {
    if (!(error instanceof CloudApiError) || error.status !== 404) {
      throw error;
    }
    await confirmGone(client, issuerId, error);
  }
}

async function findDoomed(
  client: CloudClient,
  { issuerId, name, issuerUrl }: DoomedIssuer,
): Promise<IssuerRecord | undefined> {
  if (issuerId !== undefined) {
    return readIssuer(client, issuerId);
  }
  return name !== undefined && issuerUrl !== undefined ? findOwnIssuer(client, { name, issuerUrl }) : undefined;
}

/** Whose policy is not asked for: nothing in it matters. */
const NONE = { policies: [] };

function refuseWhileInUse(issuerId: string, policies: readonly PolicyDefinition[]): void {
  const foreign = policies.filter((definition) => !isDefaultDeny(definition) && !isLeftBehind(definition)).length;
  if (foreign > 0) {
    throw new OidcRunnerError(
      "ISSUER_IN_USE",
      `${foreign} policy definition(s) of others remain on issuer ${issuerId}`,
      {
        where: "delete",
        fix: "destroy the stacks that wrote them first, or set forceDestroy: true and run 'pulumi up' before destroying",
      },
    );
  }
}
