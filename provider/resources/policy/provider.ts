import { isDeepStrictEqual } from "node:util";
import { connect, PartialFailure } from "../../../pulumi-cloud/api";
import { readDefinitions, removeDefinitions, writeDefinitions } from "../../../pulumi-cloud/policies";
import { comparable, type DefinitionChange, type PolicyDefinition } from "../../../trust/policy";
import { type GivenPolicyInputs, policyChecks } from "../checks";
import { checkInputs, diffInputs, InitializationFailure } from "../lib";
import { compiledInputs, type PolicyInputs, type PolicyOutputs } from "./inputs";
import { warnLockedOut } from "./warn-locked-out";

const REPLACING = ["organization", "issuerId", "apiUrl"] as const;
/** Waivers and the caller change nothing in Pulumi Cloud, but state must know them: a delete goes by them. */
const UPDATING = ["policies", "caCertificates", "waive", "callerClaims", "callerTokenFile"] as const;

/** Create, read, update, delete, diff and check of `OidcPolicy`. Ids are `organization/issuerId/policyId`. */
export const policyProvider = {
  check(_olds: GivenPolicyInputs, news: GivenPolicyInputs) {
    const failures = checkInputs(news, policyChecks());
    return { inputs: failures.length > 0 ? news : compiledInputs(news), failures };
  },

  diff(_id: string, olds: PolicyOutputs, news: GivenPolicyInputs) {
    const { policies } = news;
    const same =
      Array.isArray(policies) &&
      isDeepStrictEqual(olds.policies.map(comparable), (policies as PolicyDefinition[]).map(comparable));
    const before = same ? { ...olds, policies } : olds;
    return diffInputs<GivenPolicyInputs>(before, news, { replacing: REPLACING, updating: UPDATING });
  },

  async create(given: GivenPolicyInputs) {
    const { inputs, adopt } = taken(given);
    const client = await connect(inputs);
    await warnLockedOut(client, inputs, changeOf({ ...inputs, adopt }, []));
    const state = await writeDefinitions(client, { ...inputs, adopt }, []).catch((error: unknown) => {
      throw keepState(error, inputs);
    });
    return { id: idOf(inputs, state.policyId), outs: { ...inputs, ...state } };
  },

  async read(id: string, props: PolicyOutputs) {
    const policies = await readDefinitions(await connect(props), props);
    return policies === undefined ? { id: "", props: {} } : { id, props: { ...props, policies } };
  },

  async update(_id: string, olds: PolicyOutputs, given: GivenPolicyInputs) {
    const inputs = { ...taken(given).inputs, lease: olds.lease };
    const client = await connect(inputs);
    await warnLockedOut(client, inputs, changeOf(inputs, olds.policies));
    const state = await writeDefinitions(client, inputs, olds.policies).catch((error: unknown) => {
      throw keepState(error, inputs);
    });
    return { outs: { ...inputs, ...state } };
  },

  async delete(_id: string, props: PolicyOutputs) {
    const client = await connect(props);
    await warnLockedOut(client, props, changeOf({ ...props, policies: [] }, props.policies));
    await removeDefinitions(client, props);
  },
};

/** Inputs with rules in every definition; the resource option `import` takes over what is there, once. */
function taken(given: GivenPolicyInputs): { inputs: PolicyInputs; adopt: boolean } {
  const { importId, ...inputs } = compiledInputs(given);
  return { inputs: inputs as PolicyInputs, adopt: importId !== undefined || (inputs.adopt ?? false) };
}

function changeOf(inputs: PolicyInputs, remove: readonly PolicyDefinition[]): DefinitionChange {
  const { policies, adopt = false } = inputs;
  return { remove, add: policies, adopt };
}

function idOf({ organization, issuerId }: PolicyInputs, policyId: string): string {
  return `${organization}/${issuerId}/${policyId}`;
}

/** Lets the engine keep all that may be this resource's by now, so that the next update or destroy knows it. */
function keepState(error: unknown, inputs: PolicyInputs): unknown {
  return error instanceof PartialFailure
    ? new InitializationFailure(error, `${inputs.organization}/${inputs.issuerId}`, { ...inputs, ...error.state })
    : error;
}
