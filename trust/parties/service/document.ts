import { OidcRunnerError } from "../../errors";
import { type AllowedIdentity, allowedDefinitions, GOOGLE_ISSUER } from "./allow";

/** Where Google's discovery document says that the keys are (https://accounts.google.com/.well-known/openid-configuration, 2026-11). */
const GOOGLE_KEYS = "https://www.googleapis.com";

/** An issuer in a {@link VerifierDocument}. */
export interface VerifierIssuer {
  issuer: string;
  /** Address of the discovery document, where it is not at the issuer's own. */
  discoveryUrl?: string;
  /** Further origins that the discovery document may name for the keys. */
  jwksOrigins?: string[];
  /** The keys are read from the API server of the service's own cluster, with its pod's credentials. */
  jwksFromApiServer?: boolean;
  /** That API server reviews each token. */
  tokenReview?: { cacheSeconds?: number };
}

/** What a deployed service verifies tokens by: the trust document of a service, which its pod has as a file. */
export interface VerifierDocument {
  issuers: VerifierIssuer[];
  audience: string;
  allow: AllowedIdentity[];
}

/** Who may call a service, as it is deployed. */
export interface ServiceCallers {
  audience: string;
  /** Pods of a cluster. */
  cluster?: VerifierIssuer & { allow: Omit<AllowedIdentity, "issuer">[] };
  /** Google service accounts, by their emails. */
  google?: { serviceAccountEmails: string[]; discoveryUrl?: string };
}

/**
 * Makes the document, and refuses a list that admits strangers, or that is empty.
 *
 * A Google service account is known by its email, which Google says to have verified; `email_verified` is a boolean in these
 * tokens, and rules compare its text.
 *
 * @throws OidcRunnerError `OPTION_MISSING`, `OPTION_CONFLICT`, `NAMESPACE_INVALID`, `SERVICE_ACCOUNT_NAME_INVALID`,
 * `CLAIM_PATH_INVALID`, `PATTERN_WITHOUT_LITERAL`, `PATTERN_TOO_LONG`, `POLICY_LINT`
 */
export function verifierDocument({ audience, cluster, google }: ServiceCallers): VerifierDocument {
  const issuers: VerifierIssuer[] = [];
  const allow: AllowedIdentity[] = [];
  if (cluster !== undefined) {
    const { allow: pods, ...issuer } = cluster;
    issuers.push(issuer);
    allow.push(...pods.map((pod) => ({ issuer: issuer.issuer, ...pod })));
  }
  if (google !== undefined) {
    const { serviceAccountEmails, discoveryUrl } = google;
    issuers.push({ issuer: GOOGLE_ISSUER, jwksOrigins: [GOOGLE_KEYS], ...(discoveryUrl && { discoveryUrl }) });
    allow.push(
      ...serviceAccountEmails.map((email) => ({ issuer: GOOGLE_ISSUER, rules: { email, email_verified: "true" } })),
    );
  }
  allowedDefinitions(
    allow,
    issuers.map(({ issuer }) => issuer),
  );
  return { issuers, audience, allow };
}

/**
 * Refuses what can't be the audience of a service: an empty text, or one with white space.
 *
 * @throws OidcRunnerError `OPTION_INVALID`
 */
export function checkServiceAudience(audience: string, where = "audience"): void {
  if (audience === "" || /\s/.test(audience)) {
    throw new OidcRunnerError("OPTION_INVALID", `"${audience}" can't be the audience of a service`, {
      where,
      fix: "give the name that clients know the service by, such as https://orders.example.com, without white space",
    });
  }
}

/**
 * Refuses what is not the email of a Google service account: one that is made, or one that Google makes for a project.
 *
 * @throws OidcRunnerError `OPTION_MISSING`, `GOOGLE_EMAIL_INVALID`
 */
export function checkServiceAccountEmails(emails: readonly string[], where = "google.serviceAccountEmails"): void {
  if (emails.length === 0) {
    throw new OidcRunnerError("OPTION_MISSING", "no Google service account is named", {
      where,
      fix: "give at least one email, or leave google out",
    });
  }
  for (const [index, email] of emails.entries()) {
    if (!/^[a-z0-9-]+@([a-z0-9-]+\.)+gserviceaccount\.com$/.test(email)) {
      throw new OidcRunnerError("GOOGLE_EMAIL_INVALID", `"${email}" is not the email of a Google service account`, {
        where: `${where}[${index}]`,
        fix: "give NAME@PROJECT.iam.gserviceaccount.com",
      });
    }
  }
}
