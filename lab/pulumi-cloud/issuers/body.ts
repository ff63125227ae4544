import { z } from "zod";
import { ApiError } from "../errors";
import { type JsonWebKeySet, parseJsonWebKeySet } from "../json-web-key-set";
import type { Issuer } from "../organization";
import type { Switches } from "../switches";
import { timestamp } from "../timestamp";

const FIELDS = {
  thumbprints: z.array(z.string()).nullish(),
  maxExpiration: z.int().nullish(),
  jwks: z.unknown().optional(),
};

/** Body of a registration. */
export const REGISTER_BODY = z.looseObject({ name: z.string().optional(), url: z.string().optional(), ...FIELDS });

/** Body of a PATCH. An absent field stays, null clears. */
export const UPDATE_BODY = z.looseObject({ name: z.string().nullish(), url: z.string().nullish(), ...FIELDS });

/** The name, which registration and PATCH both require. */
export function requireName(name: string | null | undefined): string {
  if (name === undefined || name === null || name.trim() === "") {
    throw new ApiError(400, "the issuer name is required");
  }
  return name;
}

/** The issuer URL: https, nothing but scheme, host, port and path, so that it can be an `iss`. */
export function requireUrl(url: string | undefined): string {
  const parsed = url !== undefined && URL.canParse(url) ? new URL(url) : undefined;
  if (url === undefined || parsed?.protocol !== "https:" || /[?#@\s]/.test(url)) {
    throw new ApiError(400, "the issuer url must be an https URL without query and fragment");
  }
  return url;
}

/** `maxExpiration` within bounds; undefined when absent, null or 0, which all mean no limit of the issuer's own. */
export function checkMaxExpiration(value: number | null | undefined, switches: Switches): number | undefined {
  const { minimum, maximum } = switches.maxExpirationBounds;
  if (!value) {
    return undefined;
  }
  if (value < minimum || value > maximum) {
    throw new ApiError(400, "maxExpiration is out of bounds");
  }
  return value;
}

/** `jwks` when it is one; undefined when absent or null. */
export function checkJwks(value: unknown): JsonWebKeySet | undefined {
  return value === undefined || value === null ? undefined : parseJsonWebKeySet(value);
}

/** An issuer as the API shows it, in the order of a real answer (pulumi/docs#16317). */
export function issuerAnswer(issuer: Issuer, { unlimitedExpiration }: Switches) {
  const { id, name, url, thumbprints, jwks, lastUsed } = issuer;
  const maxExpiration = issuer.maxExpiration ?? (unlimitedExpiration === "zero" ? 0 : undefined);
  return {
    id,
    name,
    url,
    issuer: issuer.issuer,
    ...(thumbprints.length === 0 ? {} : { thumbprints }),
    ...(jwks === undefined ? {} : { jwks }),
    ...(maxExpiration === undefined ? {} : { maxExpiration }),
    created: timestamp(issuer.created),
    modified: timestamp(issuer.modified),
    ...(lastUsed === undefined ? {} : { lastUsed: timestamp(lastUsed) }),
  };
}
