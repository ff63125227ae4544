import type { Claims } from "../claims";
import type { Decision, Rules } from "../policy";
import type { CiSystem } from "./pipeline";

/**
 * What a claim is worth in a rule:
 * - `verified`: the issuer observed it, such as the branch a job runs for.
 * - `id`: a number or UUID that the issuer gives to one thing and never again.
 * - `name`: a name that can be given up, and then belong to another.
 * - `untrusted`: chosen by somebody else than the owner of the tenant, so it says nothing about whose token it is.
 */
export type ClaimFacts = (
  | { readonly is: "verified" | "id" | "name" }
  | {
      readonly is: "untrusted";
      /** Who chooses the value. */
      readonly chosenBy: string;
    }
) & {
  /** What it identifies: the one subject, its tenant, or a group of tenants. Default: nothing of these. */
  readonly identifies?: "subject" | "tenant" | "tenants";
  /** It begins with a tenant's name or id: what ends that part, `""` when all of it is the tenant's. Default: it does not. */
  readonly tenantEnd?: string;
  /** Whether it begins with a host of the issuer's choice, up to the first slash: no other host can stand for its dots. */
  readonly beginsWithHost?: true;
};

/** How subjects of an issuer begin. */
export interface SubjectForm {
  /** Stands before the tenant's name. */
  readonly start: string;
  /** Ends the tenant's name. */
  readonly end: string;
  /** Whether all tenants belong to the owner of the issuer, such as the namespaces of a cluster. */
  readonly ofOneOwner?: true;
  /** What the parts between `:` and `/` are called, from the first one. Default: see `labels`. */
  readonly parts?: readonly string[];
}

/** What tells the tenants of an issuer apart: a claim, or the name that the caller gives a session of AWS. */
export type Tenancy = "sub" | "aud" | "sts:RoleSessionName";

/** What Microsoft Entra ID compares in a flexible federated credential. */
export interface EntraComparisons {
  /** Issuers that it is offered for. */
  readonly issuers: RegExp;
  /** Claim to operators. */
  readonly claims: Readonly<Record<string, readonly ("eq" | "matches")[]>>;
  /** Claims that new credentials must compare: one of each group. */
  readonly required: readonly (readonly string[])[];
}

/** What is known of an issuer's tokens, also of issuers without a record of their own. */
export interface IssuerFacts {
  /** `iss` of its tokens where it is the same for all tenants; the first is the usual one. */
  readonly urls: readonly string[];
  /** Whether an issuer URL, without its final slash, is this issuer's. Default: it is one of `urls`. */
  signs?(issuerUrl: string): boolean;
  /** What tells the tenants of `urls` apart, as IAM asks for it. Default: nothing, they belong to one owner. */
  readonly tenancy?: Tenancy;
  readonly subjects: readonly SubjectForm[];
  /** Words in subjects that name the part behind them. */
  readonly labels?: readonly string[];
  /** Claims by the path a rule names them with, every one for an issuer with a record; a final `*` stands for any ending. */
  readonly claims: Readonly<Record<string, ClaimFacts>>;
  /** Claims that AWS STS makes condition keys of, besides those of every issuer. */
  readonly awsKeys?: readonly string[];
  readonly entra?: EntraComparisons;
}

/** An issuer that has a usual address. */
export interface KnownIssuer {
  /** `iss` of its tokens where it is not the usual one: a server of one's own, or an enterprise's. */
  issuerUrl?: string;
}

/**
 * Everything about one issuer. `K`: its key; `S`: the subject users type for it; `T`: what says which issuer of this kind a trust
 * is about, by default a {@link KnownIssuer}. `S` and `T` are arguments of the Pulumi package: their fields are Inputs there, with
 * these doc comments.
 */
export interface IssuerRecord<K extends string = string, S = unknown, T = unknown> extends IssuerFacts {
  /** Name of its block in arguments: of the trusted issuer, and of a subject of its tokens. */
  readonly key: K;
  /** For messages. */
  readonly name: string;
  signs(issuerUrl: string): boolean;
  /**
   * `iss` of the tokens. Default: the `issuerUrl` that is given, else the first of `urls`.
   *
   * @throws OidcRunnerError `SUBJECT_INVALID`
   */
  issuerUrl?(given: T, where: string): string;
  /** `iss` elsewhere than at `urls`: where, by the address, in which words in capitals stand for names. Default: nowhere. */
  readonly elsewhere?: Readonly<Record<string, string>>;
  /** Whether it signs for tenants that are strangers to each other. */
  readonly multiTenant: boolean;
  /** Why uploaded keys stop working. Default: they don't. */
  readonly rotatesKeys?: string;
  readonly audience: AudienceRule<S>;
  /** How a job gets a token, in words; `AUDIENCE` stands for what it asks for. */
  readonly getToken: string;
  /** The same for a pipeline's steps. Default: there are none. */
  readonly ci?: CiSystem;
  /** Claims worth a rule besides `aud` and `sub`: they say whose token it is and stay the same from token to token. */
  readonly suggested: readonly string[];
  /** How an id stands behind a name in its subjects. Default: names stand alone. */
  readonly idInSubject?: RegExp;
  /** A subject as it would be without ids. */
  withoutIds?(subject: string): string;
  /**
   * Rules for a typed subject, without the one on the audience: a definition for each, and the subject's token fulfils one of
   * them. A deny must hold whatever a token says besides; an allow must admit no other subject.
   *
   * @param where the subject's place in error texts
   * @throws OidcRunnerError `SUBJECT_INVALID`, and those the record names
   */
  rules(subject: S, where: string, decision: Decision): Rules[];
  /**
   * Tokens that resemble this one and must not be taken for it: names that begin or end alike, the same name with another
   * id, another audience.
   *
   * @param open fields of the typed subject that the trust leaves open, so that a token may differ there
   */
  neighbours(claims: Claims, open?: readonly string[]): Claims[];
}

/** How a job gets a token for an audience, in words. */
export function tokenFor({ getToken }: Pick<IssuerRecord, "getToken">, audience: string): string {
  return getToken.replace(/\bAUDIENCE\b/, audience);
}

/** What an issuer writes as `aud`. */
export interface AudienceRule<S> {
  /** In words. */
  readonly rule: string;
  /**
   * Audience of a subject's tokens: null if none can be assumed. Default: the fixed one, else `urn:pulumi:org:ORGANIZATION`, which
   * a job asks for.
   */
  of?(subject: S): string | null;
  /** The audience that no job can change, and who else takes tokens with it. Default: a job chooses. */
  readonly fixed?: { readonly audience: string; readonly sharedWith: string };
}

/** Claims of every token (RFC 7519 §4.1). */
export const REGISTERED = each("verified", "iss", "sub", "aud", "exp", "iat", "nbf", "jti");

/** The same facts for several claims. */
export function each(is: "verified" | "id" | "name", ...claims: string[]): Record<string, ClaimFacts> {
  return Object.fromEntries(claims.map((claim) => [claim, { is }]));
}

/** Claims whose value somebody else chooses. */
export function untrusted(chosenBy: string, ...claims: string[]): Record<string, ClaimFacts> {
  return Object.fromEntries(claims.map((claim) => [claim, { is: "untrusted", chosenBy }]));
}
