import { ServiceError } from "../providers/cloud";
import { iamArn } from "./arn";
import { alreadyExists, limitExceeded, noSuchEntity, validationError } from "./errors";

/** An OIDC provider of the account: tokens of this issuer may be named in trust policies. */
export interface OidcProvider {
  arn: string;
  /** The issuer without `https://`, as IAM gives it back. */
  url: string;
  /** Accepted audiences, at most 100. */
  clientIds: string[];
  /** SHA-1 of certificates, at most 5. */
  thumbprints: string[];
  tags: Record<string, string>;
}

/** What is given to create one. */
export type OidcProviderInput = Omit<OidcProvider, "arn">;

/** The account's OIDC providers, kept in memory. */
export class OidcProviders {
  readonly #byArn = new Map<string, OidcProvider>();

  /** Creates a provider; `url` is given with `https://`. */
  create(input: OidcProviderInput): OidcProvider {
    const url = checkUrl(input.url);
    const arn = iamArn(`oidc-provider/${url}`);
    if (this.#byArn.has(arn)) {
      throw alreadyExists(`Provider with url https://${url} already exists.`);
    }
    const provider = { ...input, ...checkLists(input), arn, url };
    this.#byArn.set(arn, provider);
    return provider;
  }

  get(arn: string): OidcProvider {
    const provider = this.#byArn.get(arn);
    if (provider === undefined) {
      throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
    }
    return provider;
  }

  /** Replaces everything but the URL. */
  update(arn: string, input: Omit<OidcProviderInput, "url">): OidcProvider {
    const provider = { ...this.get(arn), ...input, ...checkLists(input) };
    this.#byArn.set(arn, provider);
    return provider;
  }

  /** Roles that name the provider stay, and stop working: IAM does not look. */
  delete(arn: string): void {
    this.get(arn);
    this.#byArn.delete(arn);
  }

  list(): OidcProvider[] {
    return [...this.#byArn.values()];
  }
}

function checkUrl(text: string): string {
  const invalid = (why: string) => new ServiceError("InvalidInput", 400, `Invalid Open ID Connect URL ${text}: ${why}`);
  if (text.length > 255) {
    throw validationError("url", text, "Member must have length less than or equal to 255");
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid("it is not a URL");
  }
  if (url.protocol !== "https:") {
    throw invalid("it must begin with https://");
  }
  if (url.search !== "" || url.hash !== "") {
    throw invalid("it must have no query parameters");
  }
  if (url.username !== "" || url.password !== "") {
    throw invalid("it must have no user information");
  }
  if (url.port !== "") {
    throw invalid("it must have no port number");
  }
  return text.slice("https://".length);
}

function checkLists({ clientIds, thumbprints }: Pick<OidcProvider, "clientIds" | "thumbprints">) {
  if (clientIds.length > 100) {
    throw limitExceeded("ClientIdsPerOpenIdConnectProvider", 100);
  }
  if (thumbprints.length > 5) {
    throw limitExceeded("ThumbprintsPerOpenIdConnectProvider", 5);
  }
  for (const id of clientIds) {
    if (id.length < 1 || id.length > 255) {
      throw validationError("clientIDList", id, "Member must have length between 1 and 255");
    }
  }
  for (const thumbprint of thumbprints) {
    if (!/^[0-9a-fA-F]{40}$/.test(thumbprint)) {
      throw validationError(
        "thumbprintList",
        thumbprint,
        "Member must have length equal to 40, hexadecimal digits only",
      );
    }
  }
  return { clientIds: [...new Set(clientIds)], thumbprints: [...new Set(thumbprints)] };
}
