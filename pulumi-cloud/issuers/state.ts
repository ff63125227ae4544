import { type KeySet, sameKeySet, sameLabel, sameThumbprints } from "../../trust/issuers";
import { type IssuerChange, type IssuerRecord, issOf } from "../api";

/** What an issuer resource asks for. */
export interface IssuerInputs extends IssuerSettings {
  issuerUrl: string;
  /** Use this issuer, which is registered already. */
  issuerId?: string;
  /** Whether the one of `issuerId` belongs to the resource from now on. Default: it is only used. */
  own?: boolean;
  /** Take over an issuer that is registered already. It is then not deleted with the resource. */
  adopt?: boolean;
  /** Delete the issuer even while others' definitions remain on it. */
  forceDestroy?: boolean;
}

/** What can be changed of a registered issuer. */
export interface IssuerSettings {
  /** Registered name; carries hashes of stack and resource, so a lost create is recognised. */
  name: string;
  thumbprints?: string[];
  jwks?: KeySet;
  /** Longest life of an access token, in seconds; the service's default is 90000 (25 h). */
  maxExpirationSeconds?: number;
  /** Any text; another one has the thumbprints recorded again. */
  regenerateThumbprints?: string;
}

/** What is known of an issuer once it exists. */
export interface IssuerState {
  issuerId: string;
  /** As registered, where it is ours to say. */
  name?: string;
  issuer: string;
  adopted: boolean;
  /** As recorded, given or not. */
  thumbprints?: string[];
  /** Whether the thumbprints were given, so that they are kept as given. */
  pinned?: boolean;
  created?: string;
  modified?: string;
  lastUsed?: string;
  /** Tells whether another resource took the issuer over: see `leaseIssuer`. */
  lease?: string;
}

/** A state with what the service answered put in, and what it no longer answers taken out. */
export function withRecord(state: Omit<IssuerState, "issuer">, record: IssuerRecord): IssuerState {
  const { thumbprints, created, modified, lastUsed } = record;
  return defined({
    ...state,
    issuer: issOf(record),
    thumbprints: thumbprints?.map((text) => text.toLowerCase()),
    created: created && utcTime(created),
    modified: modified && utcTime(modified),
    lastUsed: lastUsed && utcTime(lastUsed),
  });
}

/**
 * A time of the API as RFC 3339 in UTC. The service writes `2025-10-19 00:05:56.480` without a zone, in UTC; a text that is
 * not a time stays as it is.
 */
export function utcTime(text: string): string {
  const zoned = /[zZ]$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(" ", "T")}Z`;
  const time = new Date(zoned);
  return Number.isNaN(time.getTime()) ? text : time.toISOString();
}

/** The same without what is undefined: the engine's state can't hold it. */
export function defined<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

/** The wire form of what is asked for; what is not asked for is absent. */
export function settingsOf(asked: IssuerSettings): IssuerChange {
  const { name, thumbprints, jwks, maxExpirationSeconds: maxExpiration } = asked;
  return defined({ name, thumbprints, jwks, maxExpiration });
}

/**
 * What to send so that an issuer with the settings `before` gets those of `after`. What was asked for and no longer is goes
 * back to the service's default: static keys that were taken out must not stay trusted. Undefined when nothing differs.
 */
export function changeOf(before: Partial<IssuerSettings>, after: IssuerSettings): IssuerChange | undefined {
  const name = before.name !== undefined && sameLabel(before.name, after.name) ? before.name : after.name;
  const old = settingsOf({ ...before, name: before.name ?? "" });
  const cleared = Object.keys(old).map((field) => [field, null]);
  const change: IssuerChange = { ...Object.fromEntries(cleared), ...settingsOf(after), name };
  const same =
    old.name === name &&
    sameThumbprints(old.thumbprints ?? [], change.thumbprints ?? []) &&
    sameKeySet(old.jwks ?? undefined, change.jwks ?? undefined) &&
    (old.maxExpiration ?? undefined) === (change.maxExpiration ?? undefined);
  return same ? undefined : change;
}
