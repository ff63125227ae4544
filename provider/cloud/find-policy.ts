import { CloudApiError } from "./api-error";
import type { AuthPolicyRecord } from "./api-types";
import type { CloudClient } from "./client";

/** The auth policy of an issuer, or undefined when the issuer is gone: the service answers 404, or 400 "Invalid issuer ID". */
export async function findPolicy(client: CloudClient, issuerId: string): Promise<AuthPolicyRecord | undefined> {
  try {
    return await client.getPolicy(issuerId);
  } catch (error) {
    if (error instanceof CloudApiError && (error.status === 404 || error.status === 400)) {
      return undefined;
    }
    throw error;
  }
}
