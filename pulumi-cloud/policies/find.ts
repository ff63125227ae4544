import type { CloudClient } from "../api/client";
import { confirmGone, mayBeGone } from "../api/gone";
import type { AuthPolicyRecord } from "../api/types";

/** The auth policy of an issuer, or undefined when the issuer is gone. @throws OidcRunnerError `ISSUER_NOT_VISIBLE` */
export async function findPolicy(client: CloudClient, issuerId: string): Promise<AuthPolicyRecord | undefined> {
  try {
    return await client.getPolicy(issuerId);
  } catch (error) {
    if (!mayBeGone(error)) {
      throw error;
    }
    await confirmGone(client, issuerId, error);
    return undefined;
  }
}
