import type { Clause } from "./expression";

/** What a claims matching expression may say about the tokens of an issuer. */
export interface IssuerLanguage {
  /** Claim → operators. */
  claims: Record<string, readonly Clause["operator"][]>;
  /** Claims an expression must have by now: one of each group. */
  required: string[][];
}

const ANY = ["eq", "matches"] as const;
const EQUAL = ["eq"] as const;

const GITHUB: IssuerLanguage = {
  claims: { sub: ANY, job_workflow_ref: ANY, repository_id: EQUAL, repository_owner_id: EQUAL },
  required: [["sub"], ["repository_id", "repository_owner_id"]],
};
const GITLAB: IssuerLanguage = {
  claims: { sub: ANY, project_id: EQUAL, namespace_id: EQUAL, user_id: EQUAL },
  required: [["sub"], ["project_id", "namespace_id", "user_id"]],
};
/** An expression can be about nothing but the subject. */
const TERRAFORM: IssuerLanguage = { claims: { sub: ANY }, required: [] };

/** Issuers Microsoft names; of a GitLab of one's own, any name in `.com` and `.ca`. */
const ISSUERS: [issuer: RegExp, language: IssuerLanguage][] = [
  [/^https:\/\/token\.actions\.githubusercontent\.com$/, GITHUB],
  [/^https:\/\/gitlab\.([^/]+\.)?com$/, GITLAB],
  [/^https:\/\/gitlab\.[^/]+\.ca$/, GITLAB],
  [/^https:\/\/app\.(eu\.)?terraform\.io$/, TERRAFORM],
];

/**
 * The claims and operators of an issuer (Microsoft Entra documentation, "Flexible federated identity credentials": issuer
 * URLs, supported claims, and operators by platform; "Mutable subjects in federated identity credentials" for GitLab);
 * undefined for an issuer flexible credentials are not for.
 */
export function languageOf(issuer: string): IssuerLanguage | undefined {
  return ISSUERS.find(([pattern]) => pattern.test(issuer))?.[1];
}
