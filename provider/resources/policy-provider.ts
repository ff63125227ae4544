import { type Connection, connect } from "../cloud/connect";
import {
  type PolicyInputs,
  type PolicyState,
  readDefinitions,
  removeDefinitions,
  writeDefinitions,
} from "../cloud/policies";
import { OidcRunnerError } from "../errors";
import { checkDefinitions } from "../trust/check-definitions";
import { checkOrganization } from "../trust/names";
import { checkInputs } from "./check-inputs";
import { diffInputs } from "./diff-inputs";

type Inputs = Connection & PolicyInputs;
type Outputs = Inputs & PolicyState;

const REPLACING = ["organization", "issuerId", "apiUrl"] as const;
const UPDATING = ["definitions", "caCertificates"] as const;

/** Create, read, update, delete, diff and check of `OidcPolicy`. Ids are `organization/issuerId/policyId`. */
export const policyProvider = {
  check(_olds: Inputs, news: Inputs) {
    return {
      inputs: news,
      failures: checkInputs(news, { organization: checkOrganization, definitions: checkDefinitions }),
    };
  },

  diff(_id: string, olds: Outputs, news: Inputs) {
    return diffInputs<Inputs>(olds, news, { replacing: REPLACING, updating: UPDATING });
  },

  async create(inputs: Inputs) {
    const client = await connect(inputs);
    const state = await writeDefinitions(client, inputs, []).catch((error: unknown) => {
      throw recordUncertain(error, inputs);
    });
    return { id: `${inputs.organization}/${inputs.issuerId}/${state.policyId}`, outs: { ...inputs, ...state } };
  },

  async read(id: string, props: Outputs) {
    const definitions = await readDefinitions(await connect(props), props);
    return definitions === undefined ? { id: "", props: {} } : { id, props: { ...props, definitions } };
  },

  async update(_id: string, olds: Outputs, news: Inputs) {
    const state = await writeDefinitions(await connect(news), news, olds.definitions);
    return { outs: { ...news, ...state } };
  },

  async delete(_id: string, props: Outputs) {
    await removeDefinitions(await connect(props), props);
  },
};

/**
 * A create that may have written what it could not confirm is kept in state as not initialised (the engine does so when the
 * error has an id), so that the next update or destroy knows which definitions are ours.
 */
function recordUncertain(error: unknown, inputs: Inputs): unknown {
  if (error instanceof OidcRunnerError && error.code === "POLICY_WRITE_UNCERTAIN") {
    const id = `${inputs.organization}/${inputs.issuerId}`;
    return Object.assign(error, { id, properties: { ...inputs }, reasons: [error.message] });
  }
  return error;
}
