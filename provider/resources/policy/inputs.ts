import { normalApiUrl } from "../../../pulumi-cloud/api";
import type { PolicyState } from "../../../pulumi-cloud/policies";
import { compileDefinitions, type DefinitionInput } from "../../../trust/parties/pulumi";
import type { PolicyDefinition } from "../../../trust/policy";
import type { GivenPolicyInputs } from "../checks";
import { isKnown } from "../lib";

/** Inputs with rules in every definition. */
export type PolicyInputs = Omit<GivenPolicyInputs, "policies" | "importId"> & { policies: PolicyDefinition[] };

/** What state holds. */
export type PolicyOutputs = PolicyInputs & PolicyState;

/**
 * The API's address in one notation, and definitions with rules instead of typed subjects, which are compiled once all that
 * they need is known.
 */
export function compiledInputs(given: GivenPolicyInputs): GivenPolicyInputs {
  const news = { ...given, apiUrl: normalApiUrl(given.apiUrl) };
  const { policies, organization } = news;
  if (!Array.isArray(policies) || organization === undefined || !isKnown({ policies, organization })) {
    return news;
  }
  return { ...news, policies: compileDefinitions(policies, organization).map(({ definition }) => definition) };
}

/** A definition in the words of programs. */
export function givenDefinition({ decision, rules, ...token }: PolicyDefinition): DefinitionInput {
  const { tokenType, teamName = "", userLogin = "", runnerID = "", roleID, authorizedPermissions = [] } = token;
  const organization = {
    ...(roleID !== undefined && { roleId: roleID }),
    ...(authorizedPermissions.includes("admin") && { admin: true }),
  };
  const blocks = { organization, team: { name: teamName }, personal: { user: userLogin }, runner: { pool: runnerID } };
  return { decision, accessToken: { [tokenType]: blocks[tokenType] }, rules };
}
