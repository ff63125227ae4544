import { normalApiUrl } from "../../../pulumi-cloud/api";
import type { PolicyInputs as CloudInputs, PolicyState } from "../../../pulumi-cloud/policies";
import { compileDefinitions } from "../../../trust/subjects";
import type { GivenPolicyInputs } from "../checks";
import { isKnown } from "../lib";

/** Inputs with rules in every definition. */
export type PolicyInputs = Omit<GivenPolicyInputs, "definitions" | "importId"> & Pick<CloudInputs, "definitions">;

/** What state holds. */
export type PolicyOutputs = PolicyInputs & PolicyState;

/**
 * The API's address in one notation, and definitions with rules instead of typed subjects, which are compiled once all that
 * they need is known.
 */
export function compiledInputs(given: GivenPolicyInputs): GivenPolicyInputs {
  const news = { ...given, apiUrl: normalApiUrl(given.apiUrl) };
  const { definitions, organization } = news;
  if (!Array.isArray(definitions) || organization === undefined || !isKnown({ definitions, organization })) {
    return news;
  }
  return { ...news, definitions: compileDefinitions(definitions, organization).map(({ definition }) => definition) };
}
