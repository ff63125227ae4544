import { OidcRunnerError } from "../../../trust";
import { type Claims, claimValues, parseClaimPath } from "../../../trust/claims";
import { claimFacts, type IssuerKey, issuerByKey } from "../../../trust/issuers";
import { CI_KEYS, type CiKey, ciSystem, isCiKey } from "./list";
import type { CiSystem, TokenAsked } from "./system";

/**
 * Claims of a job's token, but its times.
 *
 * @param given claims of the job that differ from the example's; null for one that its tokens lack. What follows from them is made from
 * them, unless it is given too.
 */
export function jobClaims({ claims, derive }: CiSystem, given: Claims): Claims {
  const job = { ...claims, ...given };
  return Object.fromEntries(
    Object.entries({ ...job, ...derive(textsOf(job)), ...given }).filter(([, value]) => value !== null),
  );
}

function textsOf(claims: Claims): Record<string, string> {
  const named = Object.keys(claims).map((name) => [name, claimValues(claims, [name])] as const);
  return Object.fromEntries(named.flatMap(([name, [value]]) => (value === undefined ? [] : [[name, value]])));
}

/** The same as far as the job asks for them. An `aud` that is given is in its tokens whatever it asks for. */
export function askedClaims(system: CiSystem, given: Claims, { audience, claims: asked = [] }: TokenAsked): Claims {
  const { optional, onlyAsked = [] } = system;
  const besides = Object.fromEntries(
    asked.flatMap((name) => (Object.hasOwn(optional, name) ? [[name, optional[name]]] : [])),
  );
  const claims = jobClaims(system, { ...besides, ...(audience !== undefined && { aud: audience }), ...given });
  return Object.fromEntries(
    Object.entries(claims).filter(([name]) => !onlyAsked.includes(name) || asked.includes(name)),
  );
}

/**
 * Claims that are given as texts, `NAME=VALUE` each, or `NAME` alone for the example's value of a claim that not every job has. A name is
 * that of a claim, or the path that a rule names it with. A value is a text, or JSON where the example's value is a number, boolean,
 * list or object.
 *
 * @throws OidcRunnerError `LAB_UNKNOWN_ISSUER`, `LAB_UNKNOWN_CLAIM`, `INPUT_INVALID`
 */
export function givenClaims(issuer: string, texts: readonly string[]): { issuer: CiKey; claims: Claims } {
  if (!isCiKey(issuer)) {
    throw unknownIssuer(issuer, CI_KEYS);
  }
  const system = ciSystem(issuer);
  return { issuer, claims: readClaims(issuer, { ...system.optional, ...jobClaims(system, {}) }, texts) };
}

/** The error for an issuer that the lab does not sign for. */
export function unknownIssuer(name: string, keys: readonly string[]): OidcRunnerError {
  return new OidcRunnerError("LAB_UNKNOWN_ISSUER", `the lab has no issuer "${name}"`, {
    where: "--issuer",
    fix: `use ${nearest(name, keys)}`,
  });
}

/**
 * The same for any issuer that the lab signs for.
 *
 * @param example claims of its tokens, which say what is not a text
 */
export function readClaims(issuer: IssuerKey, example: Claims, texts: readonly string[]): Claims {
  const claims: Record<string, unknown> = {};
  for (const text of texts) {
    const [, name = text, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    const keys = keysOf(issuer, name);
    const sample = keys.reduce<unknown>((inner, key) => (inner as Claims | undefined)?.[key], example);
    put(claims, keys, value === undefined ? exampleOf(sample, name) : read(value, sample, name));
  }
  return claims;
}

function keysOf(issuer: IssuerKey, name: string): string[] {
  const record = issuerByKey(issuer);
  const ways = [() => [name], () => parseClaimPath(name)];
  for (const way of ways) {
    try {
      const keys = way();
      if (claimFacts(record, keys) !== undefined) {
        return keys;
      }
    } catch {
      // A text that can't be a claim path is not the name of a claim either.
    }
  }
  throw new OidcRunnerError("LAB_UNKNOWN_CLAIM", `tokens of ${record.name} have no claim "${name}"`, {
    where: "--claim",
    fix: `use ${nearest(name, Object.keys(record.claims))}`,
  });
}

function exampleOf(sample: unknown, name: string): unknown {
  if (sample === undefined) {
    throw new OidcRunnerError("INPUT_INVALID", `the claim ${name} has no value`, {
      where: "--claim",
      fix: `give ${name}=VALUE`,
    });
  }
  return sample;
}

function read(text: string, sample: unknown, name: string): unknown {
  if (sample === undefined || typeof sample === "string") {
    return text;
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new OidcRunnerError("INPUT_INVALID", `the claim ${name} is not a text, and its value is not JSON`, {
      where: "--claim",
      fix: `give JSON, such as ${name}=${JSON.stringify(sample)}`,
    });
  }
}

function put(claims: Record<string, unknown>, [key = "", ...inner]: readonly string[], value: unknown): void {
  if (inner.length === 0) {
    claims[key] = value;
    return;
  }
  claims[key] ??= {};
  put(claims[key] as Record<string, unknown>, inner, value);
}

/** The three names that have most pairs of letters in common with one, the most alike first. */
function nearest(name: string, names: readonly string[]): string {
  const pairs = (text: string) =>
    Array.from({ length: text.length - 1 }, (_, at) => text.slice(at, at + 2).toLowerCase());
  const wanted = pairs(name);
  const likeness = (other: string) => {
    const found = pairs(other);
    return found.filter((pair) => wanted.includes(pair)).length / (found.length + wanted.length);
  };
  return [...names]
    .sort((one, other) => likeness(other) - likeness(one))
    .slice(0, 3)
    .join(", ");
}
