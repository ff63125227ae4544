import { OidcRunnerError } from "../errors";
import { refuseStaticKeys } from "./rotating-keys";

/** Options of an issuer that depend on each other; what is not known yet counts as given. */
export interface IssuerOptions {
  /** Undefined as long as it is not known. */
  url?: string;
  jwks?: unknown;
  jwksFromCluster?: unknown;
  thumbprints?: unknown;
  regenerateThumbprints?: unknown;
  issuerId?: unknown;
  importId?: unknown;
}

/** Pairs that exclude each other, and why. */
const EXCLUSIVE: [keyof IssuerOptions, keyof IssuerOptions, string][] = [
  ["jwks", "jwksFromCluster", "the keys come from one place"],
  ["regenerateThumbprints", "thumbprints", "what is given can't be recorded anew"],
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
      throw new OidcRunnerError("OPTION_CONFLICT", `${names.join(" and ")} exclude each other: ${reason}`, {
        where,
        fix: `give only one of ${names.join(", ")}`,
      });
    }
  }
  for (const option of ["jwks", "jwksFromCluster"] as const) {
    if (options[option] !== undefined && options.url !== undefined) {
      refuseStaticKeys(options.url, option);
    }
  }
}
