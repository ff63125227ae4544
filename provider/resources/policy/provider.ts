import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { connect, mayHaveWritten } from "../../../pulumi-cloud/api";
import { readDefinitions, removeDefinitions, writeDefinitions } from "../../../pulumi-cloud/policies";
import { comparable, type DefinitionChange, includesDefinition, type PolicyDefinition } from "../../../trust/policy";
import { type GivenPolicyInputs, policyChecks } from "../checks";
import { checkInputs, diffInputs } from "../lib";
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
    const claim = randomUUID();
    const state = await writeDefinitions(client, owned({ ...inputs, adopt, claim }), []).catch((error: unknown) => {
      throw recordUncertain(error, { ...inputs, claim }, []);
    });
    return { id: idOf(inputs, state.policyId), outs: { ...inputs, ...state } };
  },

  async read(id: string, props: PolicyOutputs) {
    const policies = await readDefinitions(await connect(props), owned(props));
    return policies === undefined ? { id: "", props: {} } : { id, props: { ...props, policies } };
  },

  async update(_id: string, olds: PolicyOutputs, given: GivenPolicyInputs) {
    const inputs = { ...taken(given).inputs, claim: olds.claim };
    const client = await connect(inputs);
    await warnLockedOut(client, inputs, changeOf(inputs, olds.policies));
    const leased = { ...inputs, claim: olds.claim ?? randomUUID() };
    const state = await writeDefinitions(client, owned(leased), olds.policies).catch((error: unknown) => {
      throw recordUncertain(error, leased, olds.policies);
    });
    return { outs: { ...inputs, ...state } };
  },

  async delete(_id: string, props: PolicyOutputs) {
    const client = await connect(props);
    await warnLockedOut(client, props, changeOf({ ...props, policies: [] }, props.policies));
    await removeDefinitions(client, owned(props));
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

/** The same as Pulumi Cloud's client takes it. */
function owned({ issuerId, policies, adopt, claim }: PolicyInputs) {
  return { issuerId, definitions: policies, adopt, claim };
}

function idOf({ organization, issuerId }: PolicyInputs, policyId: string): string {
  return `${organization}/${issuerId}/${policyId}`;
}

/**
 * A write that may have happened without being confirmed is kept in state as not initialised (the engine does so when the
 * error has an id): all that may be ours by now, so that the next update or destroy knows it.
 */
function recordUncertain(error: unknown, inputs: PolicyInputs, olds: readonly PolicyDefinition[]): unknown {
  if (mayHaveWritten(error)) {
    const { policies } = inputs;
    const others = olds.filter((old) => !includesDefinition(policies, old));
    const properties = { ...inputs, policies: [...policies, ...others] };
    const id = `${inputs.organization}/${inputs.issuerId}`;
    return Object.assign(error, { id, properties, reasons: [error.message] });
  }
  return error;
}
