import { type AuthPolicyRecord, type CloudClient, confirmGone, mayBeGone } from "../api";

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
