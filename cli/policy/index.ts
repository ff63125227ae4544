import { connect, defaultApiUrl, issOf, normalApiUrl } from "../../pulumi-cloud/api";
import { isLoopback, OidcRunnerError } from "../../trust";
import { checkIssuerUrl } from "../../trust/issuers";
import { printJson } from "../print";
import { readText } from "../read-input";

/** Options of `oidc-runner policy`. */
export interface PolicyOptions {
  organization: string;
  issuer: string;
  apiUrl?: string;
  caFile?: string;
}

/** Prints the auth policy that an issuer has at Pulumi Cloud, as `explain` and `lint` take it. */
export async function policyCommand({ organization, issuer, apiUrl, caFile }: PolicyOptions): Promise<void> {
  checkIssuerUrl(issuer, "--issuer");
  const client = await connect({
    organization,
    apiUrl: normalApiUrl(apiUrl ?? defaultApiUrl()),
    caCertificates: caFile === undefined ? undefined : readText(caFile, "--ca-file"),
  });
  const issuers = await client.listIssuers();
  const found = issuers.find((record) => issOf(record) === issuer) ?? issuers.find(({ url }) => url === issuer);
  if (found === undefined) {
    const others = issuers.map(issOf).filter((url) => !isLoopback(url));
    throw new OidcRunnerError("ISSUER_NOT_FOUND", `${organization} has no issuer ${issuer}`, {
      where: "--issuer",
      fix: others.length === 0 ? "register it" : `use one that it has: ${others.join(", ")}`,
    });
  }
  const { policies } = await client.getPolicy(found.id);
  printJson({ policies }, 2);
}
