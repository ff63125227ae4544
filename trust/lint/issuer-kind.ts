import { isAksIssuer, isDefaultIssuer, isEksIssuer, isGkeIssuer } from "../issuers";

/** Issuers whose tokens the linter knows. */
export type IssuerKind = "kubernetes" | "github" | "gitlab" | "pulumi";

/** GitHub Enterprise Server signs at `/_services/token` of its own host (GitHub documentation, "OpenID Connect reference"). */
const GITHUB = /^https:\/\/token\.actions\.githubusercontent\.com(\/|$)|^https:\/\/[^/]+\/_services\/token$/;

const KINDS: [IssuerKind, (url: string) => boolean][] = [
  ["github", (url) => GITHUB.test(url)],
  ["gitlab", (url) => /^https:\/\/gitlab\.com$/.test(url)],
  ["pulumi", (url) => /^https:\/\/api\.pulumi\.com\/oidc(\/v2)?$/.test(url)],
  ["kubernetes", (url) => [isEksIssuer, isGkeIssuer, isAksIssuer, isDefaultIssuer].some((is) => is(url))],
];

/** Which kind of issuer an issuer URL belongs to; undefined for hosts that can be anybody's, such as a GitLab of one's own. */
export function issuerKindOf(url: string): IssuerKind | undefined {
  const plain = url.replace(/\/$/, "");
  return KINDS.find(([, is]) => is(plain))?.[0];
}
