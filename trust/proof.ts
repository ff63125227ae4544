import { type Claims, claimValues } from "./claims";
import { OidcRunnerError } from "./errors";

/** The token a trust document is made for, by its `iss`, `sub` and `aud`; of several subjects, one token each. */
export interface TrustedToken {
  issuer: string;
  /** In full, without wildcards. */
  subject: string | readonly string[];
  audience: string;
}

/** What a trust document decides. */
export interface Decides {
  /** What the document is called in an error, for example `the derived policy`. */
  name: string;
  /** What an error shows of it, as JSON. */
  shown: unknown;
  decide(claims: Claims): "allow" | "deny";
}

/** The claims of such tokens, and no others. */
export function tokensOf({ issuer, subject, audience }: TrustedToken): Claims[] {
  return [subject].flat().map((sub) => ({ iss: issuer, sub, aud: [audience] }));
}

/** A subject in full, and one with `*` for whole parts between colons. */
const FORMS = { exact: /^[^*?\p{Cc}]+$/u, wildcards: /^(?:[^*?:\p{Cc}]+|\*)(?::(?:[^*?:\p{Cc}]+|\*))*$/u };

/**
 * The subjects that a trust document is to name.
 *
 * @throws OidcRunnerError `TRUST_SUBJECT_INVALID` for none, and for one that some party would take for a pattern
 */
export function subjectsOf({ subject }: TrustedToken, form: keyof typeof FORMS = "exact"): string[] {
  const subjects = [subject].flat();
  const wrong = subjects.find((text) => !FORMS[form].test(text));
  if (subjects.length === 0 || wrong !== undefined) {
    const what = wrong === undefined ? "there is no subject to trust" : `"${wrong}" does not name one subject`;
    const fix = "give each subject in full, without * and ?, as the token's claim sub has it";
    throw new OidcRunnerError("TRUST_SUBJECT_INVALID", what, { where: "subject", fix });
  }
  return subjects;
}

/**
 * Refuses a trust document that does not admit each of some tokens, or that admits one of their neighbours.
 *
 * @param neighbours tokens that resemble them, as the record of their issuer makes them; none of the tokens themselves
 * @throws OidcRunnerError `TRUST_NOT_PROVEN`
 */
export function checkAdmitsOnly(document: Decides, tokens: readonly Claims[], neighbours: readonly Claims[]): void {
  for (const token of tokens) {
    expectDecision(document, token, "allow");
  }
  for (const neighbour of neighbours) {
    expectDecision(document, neighbour, "deny");
  }
}

/** The tokens from an issuer whose URL begins alike: neighbours for a document that names the issuer. */
export function fromAnotherIssuer(tokens: readonly Claims[]): Claims[] {
  return tokens.map((claims) => ({ ...claims, iss: `${claimValues(claims, ["iss"]).join("")}2` }));
}

function expectDecision(document: Decides, claims: Claims, decision: "allow" | "deny"): void {
  if (document.decide(claims) !== decision) {
    const verb = decision === "allow" ? "refuse" : "admit";
    throw new OidcRunnerError("TRUST_NOT_PROVEN", `${document.name} would ${verb} ${nameOf(claims)}`, {
      where: JSON.stringify(document.shown),
      fix: "this is a defect of the package: report it with what is shown here",
    });
  }
}

function nameOf(claims: Claims): string {
  const [sub, iss, aud] = ["sub", "iss", "aud"].map((claim) => claimValues(claims, [claim]).join(", "));
  return `${sub} of ${iss} with audience ${aud}`;
}
