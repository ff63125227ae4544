import { OidcRunnerError } from "../../errors";
import { aks } from "../aks";
import { eks } from "../eks";
import { gke } from "../gke";

/** Options of an issuer that depend on each other; what is not known yet counts as given. */
export interface IssuerOptions {
  /** Undefined as long as it is not known. */
  issuerUrl?: string;
  jwks?: unknown;
  jwksFromCluster?: unknown;
  thumbprints?: unknown;
  regenerateThumbprints?: unknown;
  issuerId?: unknown;
  importId?: unknown;
}

/** Pairs that are mutually exclusive, and why. */
const EXCLUSIVE: [keyof IssuerOptions, keyof IssuerOptions, string][] = [
  ["jwks", "jwksFromCluster", "the keys come from one place"],
  ["regenerateThumbprints", "thumbprints", "what is given can't be recorded again"],
  ["regenerateThumbprints", "jwks", "Pulumi Cloud asks no server for static keys"],
  ["regenerateThumbprints", "jwksFromCluster", "Pulumi Cloud asks no server for static keys"],
  ["issuerId", "importId", "one uses the issuer without owning it, the other owns it"],
];

/**
 * Refuses options that contradict each other.
 *
 * @throws OidcRunnerError `OPTION_CONFLICT`, `JWKS_OF_ROTATING_ISSUER`
 */
export function checkIssuerOptions(options: IssuerOptions, where: string): void {
  for (const [one, other, reason] of EXCLUSIVE) {
    if (options[one] !== undefined && options[other] !== undefined) {
      const names = [one, other].map((name) => (name === "importId" ? "the option import" : name));
      throw new OidcRunnerError("OPTION_CONFLICT", `${names.join(" and ")} are mutually exclusive: ${reason}`, {
        where,
        fix: `give only one of ${names.join(", ")}`,
      });
    }
  }
  for (const option of ["jwks", "jwksFromCluster"] as const) {
    if (options[option] !== undefined && options.issuerUrl !== undefined) {
      refuseStaticKeys(options.issuerUrl, option);
    }
  }
}

/**
 * Refuses static keys for an issuer whose keys rotate, because they would be out of date within days and every exchange
 * refused.
 *
 * @throws OidcRunnerError `JWKS_OF_ROTATING_ISSUER`
 */
export function refuseStaticKeys(issuerUrl: string, option: "jwks" | "jwksFromCluster"): void {
  const reason = [eks, gke, aks].find(({ signs }) => signs(issuerUrl))?.rotatesKeys;
  if (reason !== undefined) {
    throw new OidcRunnerError(
      "JWKS_OF_ROTATING_ISSUER",
      `${reason}, so uploaded keys stop working; Pulumi Cloud reads them from ${issuerUrl} itself`,
      { where: option, fix: `leave ${option} out` },
    );
  }
}
