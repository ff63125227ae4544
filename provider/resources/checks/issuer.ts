import { type Connection, checkApiUrl } from "../../../pulumi-cloud/api";
import type { ClusterReference, IssuerInputs } from "../../../pulumi-cloud/issuers";
import { checkIssuerOptions, checkKeySet, checkOwnIssuer, normalThumbprints } from "../../../trust/issuers";
import { checkOrganization, type Duration, expirationSecondsOf } from "../../../trust/policy";
import { type Check, checksOf, parseImportId } from "../lib";

/** Inputs of `OidcIssuer`, as programs give them. */
export interface GivenIssuerInputs extends Connection, Omit<IssuerInputs, "maxExpirationSeconds" | "own"> {
  maxExpirationSeconds?: Duration;
  jwksFromCluster?: ClusterReference;
  /** Pulumi's resource option `import`. */
  importId?: string;
}

const check = checksOf<GivenIssuerInputs>();

/** The checks of an issuer's arguments: in a program, and again in the provider. */
export function issuerChecks(where: string): Check<GivenIssuerInputs>[] {
  return [
    check.one("organization", checkOrganization),
    check.one("apiUrl", checkApiUrl),
    check.one("issuerUrl", checkOwnIssuer),
    check.one("maxExpirationSeconds", expirationSecondsOf),
    check.one("thumbprints", normalThumbprints),
    check.one("jwks", checkKeySet),
    check.options("importId", (_given, { importId, organization }) => {
      if (importId !== undefined) parseImportId(importId, 2, organization);
    }),
    check.options("issuerUrl", (given, { issuerUrl }) => checkIssuerOptions({ ...given, issuerUrl }, where)),
  ];
}
