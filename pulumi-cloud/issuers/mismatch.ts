import { OidcRunnerError } from "../../trust";
import { type IssuerRecord, issOf } from "../api";

/**
 * Refuses an issuer whose tokens have another `iss` than is wanted. `iss` is compared as it is, so every exchange would be
 * refused, for a final slash as for another host. The URL it was registered by may differ: Pulumi's guides for GitLab and GKE
 * write a final slash that the tokens lack (pulumi/docs, guides/oidc-issuers/gitlab.md at 4779abe, kubernetes-gke.md at
 * 4cff4002), while the tokens of AKS have one.
 *
 * @throws OidcRunnerError `ISSUER_MISMATCH`
 */
export function refuseMismatch(record: IssuerRecord, wanted: string): void {
  const iss = issOf(record);
  if (iss !== wanted) {
    const slash = iss.replace(/\/$/, "") === wanted.replace(/\/$/, "") ? ": a final slash counts" : "";
    throw new OidcRunnerError(
      "ISSUER_MISMATCH",
      `tokens of issuer ${record.id} have the iss ${iss}, not ${wanted}${slash}`,
      {
        where: "url",
        fix: `write url: "${iss}"`,
      },
    );
  }
}
