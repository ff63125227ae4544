import { type Connection, checkApiUrl } from "../../../pulumi-cloud/api";
import type { PolicyInputs } from "../../../pulumi-cloud/policies";
import { OidcRunnerError, printable } from "../../../trust";
import { claimsFromPaths } from "../../../trust/claims";
import type { IssuerKey } from "../../../trust/issuers";
import { checkWaivers, type Waiver } from "../../../trust/lint";
import {
  compileDefinition,
  type DefinitionInput,
  findingText,
  type Review,
  reviewDefinitions,
} from "../../../trust/parties/pulumi";
import { checkOrganization } from "../../../trust/policy";
import { type Check, checksOf, parseImportId } from "../lib";

/** Identity this deployment logs in with, checked for lock-out: given as claims, or as the file of its token. */
export interface CallerInputs {
  /** Claim path to value. */
  callerClaims?: Record<string, string>;
  /** Path of the file; its contents are never stored. */
  callerTokenFile?: string;
}

/** Inputs of `OidcPolicy`: as programs give them, definitions may have typed subjects. */
export interface GivenPolicyInputs extends Connection, CallerInputs, Omit<PolicyInputs, "policies" | "lease"> {
  policies: DefinitionInput[];
  issuerKind?: IssuerKey;
  waive?: Waiver[];
  /** Pulumi's resource option `import`. */
  importId?: string;
}

const check = checksOf<GivenPolicyInputs>();

/**
 * The checks of a policy's arguments: in a program, and again in the provider.
 *
 * @param onReview gets the review, which is made when all it needs is known
 */
export function policyChecks(onReview: (review: Review) => void = () => {}): Check<GivenPolicyInputs>[] {
  return [
    check.one("organization", checkOrganization),
    check.one("apiUrl", checkApiUrl),
    check.one("waive", checkWaivers),
    check.several(["callerClaims", "callerTokenFile"], checkCaller),
    check.options("importId", (_given, known) => checkImport(known)),
    check.each("policies", ["organization"], (definition, where, { organization }) => {
      compileDefinition(definition, organization, where);
    }),
    check.several(["policies", "organization", "issuerKind", "waive"], ({ policies, ...options }) => {
      onReview(reviewDefinitions(policies, options));
    }),
  ];
}

/** The linter's warnings in one line; undefined without any. */
export function warningOf({ warnings }: Pick<Review, "warnings">): string | undefined {
  const texts = warnings.map((finding) => `${findingText(finding)}. Fix: ${finding.fix}`);
  return texts.length === 0 ? undefined : printable(texts.join("; "));
}

/**
 * Refuses a caller given twice, and claims that can't be.
 *
 * @throws OidcRunnerError `OPTION_CONFLICT`, `CLAIM_PATH_INVALID`, `CALLER_INVALID`
 */
function checkCaller({ callerClaims = {}, callerTokenFile }: CallerInputs): void {
  if (callerTokenFile !== undefined) {
    throw new OidcRunnerError("OPTION_CONFLICT", "callerClaims and callerTokenFile are mutually exclusive", {
      where: "callerClaims",
      fix: "give only one of them",
    });
  }
  claimsFromPaths(callerClaims);
}

/** @throws OidcRunnerError `IMPORT_ID_INVALID` for another form, and for the id of another organization's or issuer's policy */
function checkImport({ importId, organization, issuerId }: Partial<GivenPolicyInputs>): void {
  if (importId === undefined) return;
  const [, issuer] = parseImportId(importId, 3, organization);
  if (issuerId !== undefined && issuer !== issuerId) {
    throw new OidcRunnerError("IMPORT_ID_INVALID", `"${importId}" belongs to another issuer than ${issuerId}`, {
      where: "import",
      fix: "give the id of this issuer's policy, or change issuerId",
    });
  }
}
