import { OidcRunnerError } from "../../trust";
import { sameRegistrant } from "../../trust/issuers";
import { CloudApiError, type CloudClient, confirmGone, fetchWith, type IssuerRecord, issOf } from "../api";
import { publishedIss } from "./discovery";

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
  { name, issuerUrl }: { name: string; issuerUrl: string },
): Promise<IssuerRecord | undefined> {
  return (await client.listIssuers()).find(
    ({ url, name: registered }) => url === issuerUrl && sameRegistrant(registered, name),
  );
}

/**
 * Refuses an issuer whose tokens have another `iss` than is wanted. `iss` is compared as it is, so every exchange would be
 * refused, for a final slash as for another host. The URL it was registered by may differ: Pulumi's guides for GitLab and GKE
 * write a final slash that the tokens lack (pulumi/docs, guides/oidc-issuers/gitlab.md at 4779abe, kubernetes-gke.md at
 * 4cff4002), while the tokens of AKS have one.
 *
 * @throws OidcRunnerError `ISSUER_MISMATCH`
 */
export function refuseMismatch(record: IssuerRecord, wanted: string): void {
  refuseOtherIss(`issuer ${record.id}`, issOf(record), wanted);
}

/**
 * Refuses what {@link refuseMismatch} would, by the discovery document, before anything is registered. An issuer that this machine does
 * not reach passes.
 *
 * @throws OidcRunnerError `ISSUER_MISMATCH`
 */
export async function refusePublishedMismatch(issuerUrl: string, caCertificates: string | undefined): Promise<void> {
  const iss = await publishedIss(issuerUrl, await fetchWith(caCertificates));
  if (iss !== undefined) {
    refuseOtherIss(`the issuer at ${issuerUrl}`, iss, issuerUrl);
  }
}

function refuseOtherIss(issuer: string, iss: string, wanted: string): void {
  if (iss !== wanted) {
    const slash = iss.replace(/\/$/, "") === wanted.replace(/\/$/, "") ? ": a final slash counts" : "";
    throw new OidcRunnerError("ISSUER_MISMATCH", `tokens of ${issuer} have the iss ${iss}, not ${wanted}${slash}`, {
      where: "issuerUrl",
      fix: `write issuerUrl: "${iss}"`,
    });
  }
}
