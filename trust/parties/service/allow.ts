import { parseClaimPath } from "../../claims";
import { OidcRunnerError } from "../../errors";
import { issuerOf, KNOWN_ISSUERS, serviceAccountSubject } from "../../issuers";
import { checkSubject, type Rule, shapeOf } from "../../lint";
import { hasLiteralPart, LONGEST_PATTERN } from "../../pattern";
import { checkNamespace, type PolicyDefinition } from "../../policy";

/** Identities that are let in. All that is given must hold; at least one of `namespace` and `rules` is. */
export interface AllowedIdentity {
  /** `iss` of the tokens. Default: the verifier's issuer; needed where it has several, because names are a cluster's own. */
  issuer?: string;
  /** Namespace of the pod's ServiceAccount. */
  namespace?: string;
  /** Name of the ServiceAccount. Default: every ServiceAccount of the namespace. */
  serviceAccountName?: string;
  /**
   * Claim path to pattern, such as `{ email: "runner@acme.iam.gserviceaccount.com" }` or `{ '"kubernetes.io".pod.name': "web-*" }`.
   * `*` stands for any characters, `?` for exactly one, everything else for itself. Of a list, one value must match.
   */
  rules?: Readonly<Record<string, string>>;
}

/**
 * Who is let in: a list, of which one entry must hold; `any`, every identity, which is refused for issuers that sign for strangers;
 * or `unchecked`, every identity of any issuer, because the program decides by the verdict's identity itself.
 */
export type Allow = readonly AllowedIdentity[] | "any" | "unchecked";

/** What identities of each issuer must be like, as definitions of an auth policy: one of an issuer's is enough. */
export type AllowedDefinitions = ReadonlyMap<string, readonly PolicyDefinition[]>;

/** Rules say nothing of a token of Pulumi Cloud's; the engine that evaluates them wants one. */
export const ALLOWED_REQUEST = { tokenType: "organization" } as const;
const SERVICE_ACCOUNT_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/**
 * Makes the list into definitions; undefined when every identity is let in.
 *
 * @throws OidcRunnerError `OPTION_MISSING`, `OPTION_CONFLICT`, `NAMESPACE_INVALID`, `SERVICE_ACCOUNT_NAME_INVALID`,
 * `CLAIM_PATH_INVALID`, `PATTERN_WITHOUT_LITERAL`, `PATTERN_TOO_LONG`, `ISSUER_MISMATCH`, `POLICY_LINT` for rules that admit strangers
 */
export function allowedDefinitions(allow: Allow, issuers: readonly string[]): AllowedDefinitions | undefined {
  if (allow === "any" || allow === "unchecked") {
    const shared = issuers.find((issuer) => allow === "any" && tenancyOf(issuer) !== undefined);
    if (shared !== undefined) {
      throw strangers(shared, "allow", '"any" would let them in');
    }
    return undefined;
  }
  if (!Array.isArray(allow) || allow.length === 0) {
    throw new OidcRunnerError("OPTION_MISSING", "nothing says whose tokens are let in", {
      where: "allow",
      fix: 'list namespaces, ServiceAccounts or rules; "any" lets in every identity of the issuer',
    });
  }
  const definitions = new Map<string, PolicyDefinition[]>(issuers.map((issuer) => [issuer, []]));
  allow.forEach((entry: AllowedIdentity, index) => {
    const where = `allow[${index}]`;
    const issuer = issuerFor(entry, issuers, where);
    const rules = rulesOf(entry, where);
    const whose = tenancyOf(issuer);
    if (whose !== undefined && !Object.keys(rules).some((path) => whose.includes(path))) {
      throw strangers(issuer, where, "the entry does not say whose tokens it is about");
    }
    lint(rules, issuer, where);
    definitions.get(issuer)?.push({ decision: "allow", ...ALLOWED_REQUEST, rules });
  });
  return definitions;
}

/** Anybody with an account at Google gets tokens of this issuer, service accounts with any audience. */
export const GOOGLE_ISSUER = "https://accounts.google.com";

/** The claims that say whose a token is, of an issuer that signs for strangers; undefined for one that signs for one owner. */
function tenancyOf(issuer: string): readonly string[] | undefined {
  const url = issuer.replace(/\/$/, "");
  if (url === GOOGLE_ISSUER) {
    return ["sub", "email", "hd"];
  }
  const record = issuerOf(url);
  if (record !== undefined) {
    const named = Object.entries(record.claims).filter(([, { identifies }]) => identifies !== undefined);
    return record.multiTenant ? ["sub", ...named.map(([path]) => path)] : undefined;
  }
  const known = KNOWN_ISSUERS.find(({ urls }) => urls.includes(url));
  return known && [known.tenancy ?? "sub"];
}

function strangers(issuer: string, where: string, what: string): OidcRunnerError {
  return new OidcRunnerError("POLICY_LINT", `${issuer} signs for strangers, and ${what}`, {
    where,
    fix: `give rules on a claim that says whose a token is: ${tenancyOf(issuer)?.join(", ")}`,
  });
}

function issuerFor({ issuer }: AllowedIdentity, issuers: readonly string[], where: string): string {
  const only = issuers.length === 1 ? issuers[0] : undefined;
  const chosen = issuer ?? only;
  if (chosen === undefined) {
    throw new OidcRunnerError("OPTION_MISSING", "the verifier has several issuers, and the entry names none of them", {
      where: `${where}.issuer`,
      fix: "name the issuer: a ServiceAccount of one cluster is not that of another",
    });
  }
  if (!issuers.includes(chosen)) {
    throw new OidcRunnerError("ISSUER_MISMATCH", `${chosen} is not an issuer of the verifier`, {
      where: `${where}.issuer`,
      fix: `write one of ${issuers.join(", ")}`,
    });
  }
  return chosen;
}

function rulesOf(entry: AllowedIdentity, where: string): Record<string, string> {
  const { namespace, serviceAccountName, rules = {} } = entry;
  if (namespace === undefined && (serviceAccountName !== undefined || Object.keys(rules).length === 0)) {
    throw new OidcRunnerError("OPTION_MISSING", "the entry says nothing, or a ServiceAccount of any namespace", {
      where,
      fix: "give namespace, or rules",
    });
  }
  for (const [path, pattern] of Object.entries(rules)) {
    checkRule(path, pattern, `${where}.rules`);
  }
  if (namespace === undefined) {
    return { ...rules };
  }
  checkNamespace(namespace);
  if (serviceAccountName !== undefined && !SERVICE_ACCOUNT_NAME.test(serviceAccountName)) {
    throw new OidcRunnerError("SERVICE_ACCOUNT_NAME_INVALID", `"${serviceAccountName}" can't be a ServiceAccount`, {
      where: `${where}.serviceAccountName`,
      fix: "use lower-case letters, digits, hyphens and dots; patterns belong into rules",
    });
  }
  if (Object.hasOwn(rules, "sub")) {
    throw new OidcRunnerError("OPTION_CONFLICT", "namespace and a rule on sub are mutually exclusive", {
      where,
      fix: "give one of them",
    });
  }
  return { sub: serviceAccountSubject(namespace, serviceAccountName ?? "*"), ...rules };
}

function checkRule(path: string, pattern: unknown, where: string): void {
  parseClaimPath(path);
  if (typeof pattern !== "string" || !hasLiteralPart(pattern)) {
    throw new OidcRunnerError("PATTERN_WITHOUT_LITERAL", `the rule on ${path} matches every value`, {
      where,
      fix: "give the pattern a part without wildcards",
    });
  }
  if (pattern.length > LONGEST_PATTERN) {
    throw new OidcRunnerError("PATTERN_TOO_LONG", `the rule on ${path} has ${pattern.length} characters`, {
      where,
      fix: `use at most ${LONGEST_PATTERN}`,
    });
  }
}

/** What the linter calls an error, here as for every other relying party, lets strangers in or never matches. */
function lint(rules: Record<string, string>, issuer: string, where: string): void {
  const read = Object.entries(rules).map(
    ([claim, pattern]): Rule => ({
      keys: parseClaimPath(claim),
      pattern,
      shape: shapeOf(pattern, "*?"),
      path: `${where}.rules.${claim}`,
    }),
  );
  const [error] = checkSubject({ issuer: issuerOf(issuer), rules: read }).filter(
    ({ severity }) => severity === "error",
  );
  if (error !== undefined) {
    throw new OidcRunnerError("POLICY_LINT", `${error.name}: ${error.message}`, { where: error.path, fix: error.fix });
  }
}
