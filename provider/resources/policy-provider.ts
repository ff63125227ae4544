import { type Connection, connect } from "../cloud/connect";
import {
  type PolicyInputs,
  type PolicyState,
  readDefinitions,
  removeDefinitions,
  writeDefinitions,
} from "../cloud/policies";
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
    const state = await writeDefinitions(await connect(inputs), inputs, []);
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
