import { isDeepStrictEqual } from "node:util";
import { normalApiUrl } from "../../../pulumi-cloud/api";
import type { IssuerState } from "../../../pulumi-cloud/issuers";
import { type KeySet, normalThumbprints, sameKeySet, sameLabel, sameThumbprints } from "../../../trust/issuers";
import { type Duration, expirationSecondsOf } from "../../../trust/policy";
import type { GivenIssuerInputs } from "../checks";
import { diffInputs, type InputDiff, isKnown } from "../lib";

/** Inputs in one notation, so that equal ones compare equal. */
export interface IssuerInputs extends GivenIssuerInputs {
  maxExpirationSeconds?: number;
}

/** What state holds. `jwks` are the recorded keys when they come from a cluster. */
export interface IssuerOutputs extends IssuerInputs, Omit<IssuerState, "name" | "issuerId"> {
  /** Keys the cluster signs with now, while they are not the recorded ones. */
  clusterJwks?: KeySet;
  /** An earlier change may have been made or not. */
  uncertain?: boolean;
}

/** One notation for what has several: seconds, the API's address, and thumbprints as they are recorded. */
export function normalIssuerInputs(given: GivenIssuerInputs): IssuerInputs {
  const { maxExpirationSeconds: life, thumbprints, apiUrl, ...rest } = given;
  return {
    ...rest,
    apiUrl: normalApiUrl(apiUrl),
    ...(life !== undefined && {
      maxExpirationSeconds: isKnown(life) ? expirationSecondsOf(life, "maxExpirationSeconds") : (life as never),
    }),
    ...(thumbprints !== undefined && {
      thumbprints: isKnown(thumbprints) ? normalThumbprints(thumbprints) : thumbprints,
    }),
  };
}

/** What was asked for so far: recorded thumbprints that were not given do not count. */
export function askedBy(olds: IssuerOutputs): IssuerOutputs {
  // Earlier versions kept in state what was given, and nothing else.
  const pinned = olds.pinned ?? olds.thumbprints !== undefined;
  return { ...olds, thumbprints: pinned ? (olds.thumbprints ?? []) : undefined };
}

/** Changes that matter. What changes by itself (times, recorded thumbprints, hashes in the name) does not. */
export function diffIssuer(id: string, olds: IssuerOutputs, news: GivenIssuerInputs): InputDiff {
  const before = askedBy(olds);
  const same = {
    name:
      olds.adopted || olds.name === news.name || (bothTexts(olds.name, news.name) && sameLabel(olds.name, news.name)),
    maxExpirationSeconds: secondsOf(olds.maxExpirationSeconds) === secondsOf(news.maxExpirationSeconds),
    thumbprints: equal(before.thumbprints, news.thumbprints, Array.isArray, sameThumbprints),
    jwks: equal(olds.jwksFromCluster === undefined ? olds.jwks : undefined, news.jwks, isKeySet, sameKeySet),
    // An id that is no longer given stays what it was.
    issuerId: news.issuerId === undefined || news.issuerId === olds.issuerId,
    importId: news.importId === undefined || news.importId === id,
  };
  const adjusted = { ...olds } as Record<string, unknown>;
  for (const [key, unchanged] of Object.entries(same)) {
    adjusted[key] = unchanged ? news[key as keyof typeof news] : DIFFERENT;
  }
  const diff = diffInputs(adjusted, news as unknown as Record<string, unknown>, {
    replacing: ["organization", "issuerUrl", "apiUrl", "issuerId", "importId"],
    updating: [
      ...["name", "maxExpirationSeconds", "thumbprints", "jwks", "jwksFromCluster", "regenerateThumbprints"],
      ...["forceDestroy", "caCertificates"],
    ],
  });
  return { ...diff, ...unfinished(olds, diff) };
}

/** What an earlier run left to do, or the last refresh found. */
function unfinished(olds: IssuerOutputs, diff: InputDiff): Partial<InputDiff> {
  if (olds.issuerId === undefined && olds.uncertain) {
    // Whether it is registered is not known; a new resource gets the id that this one lacks.
    return { changes: true, replaces: ["issuerId"], changed: ["issuerId"] };
  }
  const mismatch = olds.issuer !== undefined && olds.issuer !== olds.issuerUrl;
  const left = { uncertain: olds.uncertain === true, clusterJwks: olds.clusterJwks !== undefined, issuer: mismatch };
  const changed = [...diff.changed, ...Object.entries(left).flatMap(([key, is]) => (is ? [key] : []))];
  // One that could not be taken back goes first: two for one issuer can't be.
  return { changes: changed.length > 0, changed, ...(mismatch && { deleteBeforeReplace: true }) };
}

const DIFFERENT = Symbol("different");

function equal<T>(
  one: unknown,
  other: unknown,
  is: (value: unknown) => boolean,
  same: (a: T, b: T) => boolean,
): boolean {
  return is(one) && is(other) && isKnown(other) ? same(one as T, other as T) : isDeepStrictEqual(one, other);
}

function isKeySet(value: unknown): boolean {
  return Array.isArray((value as KeySet | undefined)?.keys);
}

function bothTexts(one: unknown, other: unknown): boolean {
  return typeof one === "string" && typeof other === "string";
}

function secondsOf(life: Duration | undefined): Duration | undefined {
  try {
    return life === undefined ? undefined : expirationSecondsOf(life, "maxExpirationSeconds");
  } catch {
    return life;
  }
}
