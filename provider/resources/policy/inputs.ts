import { type Connection, checkApiUrl, normalApiUrl } from "../../../pulumi-cloud/api";
import type { PolicyInputs as CloudInputs, PolicyState } from "../../../pulumi-cloud/policies";
import { OidcRunnerError } from "../../../trust";
import type { IssuerKey } from "../../../trust/issuers";
import { checkWaivers, type Waiver } from "../../../trust/lint";
import {
  compileDefinitions,
  type DefinitionInput,
  type ReviewOptions,
  reviewDefinitions,
} from "../../../trust/parties/pulumi";
import { checkOrganization, type PolicyDefinition } from "../../../trust/policy";
import { type CheckFailure, checkInputs, holdsUnknown, parseImportId } from "../lib";
import { type CallerInputs, checkCaller } from "./deployment-identity";

/** Inputs of `OidcPolicy`: as programs give them, definitions may have typed subjects. */
export interface GivenPolicyInputs extends Connection, CallerInputs, Omit<CloudInputs, "definitions" | "own"> {
  policies: DefinitionInput[];
  issuerKind?: IssuerKey;
  waive?: Waiver[];
  /** Pulumi's resource option `import`. */
  importId?: string;
}

/** The same with rules in every definition. */
export type PolicyInputs = Omit<GivenPolicyInputs, "policies" | "importId"> & { policies: PolicyDefinition[] };

/** What state holds. */
export type PolicyOutputs = PolicyInputs & PolicyState;

/** Every reason to refuse the inputs that are known. */
export function policyFailures(news: GivenPolicyInputs): CheckFailure[] {
  return checkInputs(news, {
    organization: checkOrganization,
    apiUrl: checkApiUrl,
    waive: checkWaivers,
    callerClaims: () => checkCaller(news),
    importId: (id) => checkImport(id, news),
    policies: (policies) => {
      const options = reviewOptions(news);
      if (options !== undefined) {
        reviewDefinitions(policies, options);
      }
    },
  });
}

/**
 * The API's address in one notation, and definitions with rules instead of typed subjects, which are compiled once all that
 * they need is known.
 */
export function compiledInputs(given: GivenPolicyInputs): GivenPolicyInputs {
  const news = { ...given, apiUrl: normalApiUrl(given.apiUrl) };
  const { policies, organization } = news;
  if (!Array.isArray(policies) || organization === undefined || holdsUnknown({ policies, organization })) {
    return news;
  }
  return { ...news, policies: compileDefinitions(policies, organization).map(({ definition }) => definition) };
}

/**
 * Refuses the id of a policy that is not this issuer's.
 *
 * @throws OidcRunnerError `IMPORT_ID_INVALID`
 */
function checkImport(id: string, { organization, issuerId }: GivenPolicyInputs): void {
  const [, issuer] = parseImportId(id, 3, holdsUnknown(organization) ? undefined : organization);
  if (issuerId !== undefined && !holdsUnknown(issuerId) && issuer !== issuerId) {
    throw new OidcRunnerError("IMPORT_ID_INVALID", `"${id}" belongs to another issuer than ${issuerId}`, {
      where: "import",
      fix: "give the id of this issuer's policy, or change issuerId",
    });
  }
}

function reviewOptions({ organization, issuerKind, waive }: GivenPolicyInputs): ReviewOptions | undefined {
  const options = { organization, issuerKind, waive };
  // Without them nothing can be refused for sure; the update asks again.
  return organization === undefined || holdsUnknown(options) ? undefined : options;
}
