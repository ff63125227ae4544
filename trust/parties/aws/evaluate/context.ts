import { type Claims, claimValues } from "../../../claims";
import { type IssuerFacts, KNOWN_ISSUERS } from "../../../issuers";

/** What is known about a condition key: its values (none when the request lacks the key), or that claims don't tell. */
export type KeyValues = string[] | "not-in-claims";

/** What STS knows of a request with a web identity token. */
export interface RequestContext {
  /** The issuer as IAM names it: its URL without the scheme. Undefined when the token has no such issuer. */
  issuer: string | undefined;
  /** The values of a condition key, whose name is compared without regard to case. */
  valuesOf: (key: string) => KeyValues;
}

/** Key → claim, first the one that counts when the token has it: the keys of every issuer. */
const COMMON: Record<string, string[]> = {
  amr: ["amr"],
  aud: ["azp", "aud"],
  email: ["email"],
  oaud: ["aud"],
  sub: ["sub"],
};
/**
 * The condition keys of a token: `<issuer>:<claim>`, only for the claims that STS makes available (IAM User Guide, "IAM and
 * AWS STS condition context keys": keys for OIDC federation, as of 2026). Any other claim is not a key, whatever the token
 * holds: tokens of EKS and Pulumi have `sub`, `aud`, `oaud`, `amr` and `email` at most.
 *
 * Assumed: the token is good, its audience is among the client ids of the IAM OIDC provider, and a token with several
 * audiences and no `azp` gives `aud` several values. Keys of `aws:` and `sts:` are about the request, which claims say
 * nothing of.
 */
export function requestContext(claims: Claims): RequestContext {
  const issuer = issuerName(claims.iss);
  const prefix = `${issuer}:`.toLowerCase();
  const keys = new Map(conditionKeysOf(issuer ?? "").map((name) => [name, COMMON[name] ?? [name]]));
  return {
    issuer,
    valuesOf: (key) => {
      const name = key.toLowerCase();
      if (/^(aws|sts):/.test(name)) {
        return "not-in-claims";
      }
      const sources = issuer !== undefined && name.startsWith(prefix) ? keys.get(name.slice(prefix.length)) : undefined;
      return sources?.map((claim) => claimValues(claims, [claim])).find((values) => values.length > 0) ?? [];
    },
  };
}

/** The claims of an issuer (`HOST/PATH`) that STS makes condition keys of, named as the keys are behind the issuer. */
export function conditionKeysOf(issuer: string): string[] {
  const url = `https://${issuer}`;
  const isAt = ({ urls, signs }: IssuerFacts) => (urls.length > 0 ? urls.includes(url) : signs?.(url) === true);
  return [...Object.keys(COMMON), ...KNOWN_ISSUERS.filter(isAt).flatMap(({ awsKeys }) => awsKeys ?? [])];
}

/** Google writes its issuer without the scheme in some tokens. */
function issuerName(iss: unknown): string | undefined {
  if (typeof iss !== "string") {
    return undefined;
  }
  return iss === "accounts.google.com" ? iss : /^https:\/\/(.+)$/.exec(iss)?.[1];
}
