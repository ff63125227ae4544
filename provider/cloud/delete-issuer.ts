import { OidcRunnerError } from "../errors";
import type { PolicyDefinition } from "../trust/policy";
import { isDefaultDeny, isLeftBehind } from "../trust/standing-deny";
import { CloudApiError } from "./api-error";
import { isClaimedByAnother } from "./claimed-issuers";
import type { CloudClient } from "./client";
import { findPolicy } from "./find-policy";
import { confirmGone } from "./gone";
import { findOwnIssuer } from "./read-issuer";

/** What a delete has to know of an issuer. */
export interface DoomedIssuer {
  /** Undefined after a registration that may have happened or not. */
  issuerId?: string;
  adopted?: boolean;
  claim?: string;
  name?: string;
  url?: string;
}

/**
 * Deletes the issuer, unless it was adopted, or another resource of this process took it over. Gone already is success.
 *
 * @throws OidcRunnerError `ISSUER_IN_USE` while others' definitions remain and `forceDestroy` is not set;
 *   `ISSUER_NOT_VISIBLE`
 */
export async function deleteIssuer(client: CloudClient, issuer: DoomedIssuer, forceDestroy: boolean): Promise<void> {
  const { name, url, claim } = issuer;
  if (issuer.adopted) {
    return;
  }
  const named = name !== undefined && url !== undefined ? { name, url } : undefined;
  const issuerId = issuer.issuerId ?? (named && (await findOwnIssuer(client, named))?.id);
  if (issuerId === undefined || isClaimedByAnother(issuerId, claim)) {
    return;
  }
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
