import { sameRegistrant } from "../../trust/issuers";
import { CloudApiError, type CloudClient, confirmGone, type IssuerRecord } from "../api";

/** The issuer as it is, or undefined when it is gone. @throws OidcRunnerError `ISSUER_NOT_VISIBLE` */
export async function readIssuer(client: CloudClient, issuerId: string): Promise<IssuerRecord | undefined> {
  try {
    return await client.getIssuer(issuerId);
  } catch (error) {
    if (!(error instanceof CloudApiError) || error.status !== 404) {
      throw error;
    }
    await confirmGone(client, issuerId, error);
    return undefined;
  }
}

/** The issuer that a resource registered without learning its id, or undefined when there is none. */
export async function findOwnIssuer(
  client: CloudClient,
  { name, url }: { name: string; url: string },
): Promise<IssuerRecord | undefined> {
  return (await client.listIssuers()).find((issuer) => issuer.url === url && sameRegistrant(issuer.name, name));
}
