import { isDeepStrictEqual } from "node:util";
import { connect, PartialFailure } from "../../../pulumi-cloud/api";
import { readDefinitions, removeDefinitions, writeDefinitions } from "../../../pulumi-cloud/policies";
import { comparable, type DefinitionChange, type PolicyDefinition } from "../../../trust/policy";
import { diffInputs, InitializationFailure } from "../lib";
import {
  compiledInputs,
  type GivenPolicyInputs,
  type PolicyInputs,
  type PolicyOutputs,
  policyFailures,
} from "./inputs";
import { warnLockedOut } from "./warn-locked-out";

const REPLACING = ["organization", "issuerId", "apiUrl"] as const;
/** Waivers and the caller change nothing in Pulumi Cloud, but state must know them: a delete goes by them. */
const UPDATING = ["definitions", "caCertificates", "waive", "callerClaims", "callerTokenFile"] as const;

/** Create, read, update, delete, diff and check of `OidcPolicy`. Ids are `organization/issuerId/policyId`. */
export const policyProvider = {
  check(_olds: GivenPolicyInputs, news: GivenPolicyInputs) {
    const failures = policyFailures(news);
    return { inputs: failures.length > 0 ? news : compiledInputs(news), failures };
  },

  diff(_id: string, olds: PolicyOutputs, news: GivenPolicyInputs) {
    const { definitions } = news;
    const same =
      Array.isArray(definitions) &&
      isDeepStrictEqual(olds.definitions.map(comparable), (definitions as PolicyDefinition[]).map(comparable));
    const before = same ? { ...olds, definitions } : olds;
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
    const definitions = await readDefinitions(await connect(props), props);
    return definitions === undefined ? { id: "", props: {} } : { id, props: { ...props, definitions } };
  },

  async update(_id: string, olds: PolicyOutputs, given: GivenPolicyInputs) {
    const inputs = { ...taken(given).inputs, lease: olds.lease };
    const client = await connect(inputs);
    await warnLockedOut(client, inputs, changeOf(inputs, olds.definitions));
    const state = await writeDefinitions(client, inputs, olds.definitions).catch((error: unknown) => {
      throw keepState(error, inputs);
    });
    return { outs: { ...inputs, ...state } };
  },

  async delete(_id: string, props: PolicyOutputs) {
    const client = await connect(props);
    await warnLockedOut(client, props, changeOf({ ...props, definitions: [] }, props.definitions));
    await removeDefinitions(client, props);
  },
};

/** Inputs with rules in every definition; the resource option `import` takes over what is there, once. */
function taken(given: GivenPolicyInputs): { inputs: PolicyInputs; adopt: boolean } {
  const { importId, ...inputs } = compiledInputs(given);
  return { inputs: inputs as PolicyInputs, adopt: importId !== undefined || (inputs.adopt ?? false) };
}

function changeOf(inputs: PolicyInputs, remove: readonly PolicyDefinition[]): DefinitionChange {
  const { definitions, adopt = false } = inputs;
  return { remove, add: definitions, adopt };
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
