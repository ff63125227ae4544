import { isDeepStrictEqual } from "node:util";
import { connect, defaultApiUrl, issuerNotFound, normalApiUrl, PartialFailure } from "../../../pulumi-cloud/api";
import { findPolicy, readDefinitions, removeDefinitions, writeDefinitions } from "../../../pulumi-cloud/policies";
import { OidcRunnerError } from "../../../trust";
import {
  comparable,
  type DefinitionChange,
  isDefaultDeny,
  isLeftBehind,
  type PolicyDefinition,
} from "../../../trust/policy";
import { type GivenPolicyInputs, policyChecks, warningOf } from "../checks";
import { checkInputs, diffInputs, InitializationFailure, parseImportId } from "../lib";
import { compiledInputs, givenDefinition, type PolicyInputs, type PolicyOutputs } from "./inputs";
import { warnLockedOut } from "./warn-locked-out";
import { warnUnknownOwners } from "./warn-unknown-owners";

const REPLACING = ["organization", "issuerId", "apiUrl"] as const;
/** Waivers and the caller change nothing in Pulumi Cloud, but state must know them: a delete goes by them. */
const UPDATING = ["policies", "caCertificates", "waive", "callerClaims", "callerTokenFile"] as const;

/** Create, read, update, delete, diff and check of `OidcPolicy`. Ids are `organization/issuerId/policyId`. */
export const policyProvider = {
  async check(olds: GivenPolicyInputs, news: GivenPolicyInputs) {
    let warning: string | undefined;
    const checks = policyChecks((review) => {
      warning = warningOf(review);
    });
    const failures = checkInputs(news, checks);
    const inputs = failures.length > 0 ? news : compiledInputs(news);
    if (failures.length === 0) {
      await warnUnknownOwners(olds, inputs);
    }
    return { inputs, failures, ...(warning !== undefined && { warning }) };
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

  /** Without properties, as for an import by the engine, it is about all definitions that people or stacks wrote, and has inputs. */
  async read(id: string, given: Partial<PolicyOutputs>) {
    if (given.policies === undefined) {
      return readForImport(id, given);
    }
    const props = given as PolicyOutputs;
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

async function readForImport(id: string, { caCertificates, apiUrl: given }: Partial<PolicyOutputs>) {
  const apiUrl = normalApiUrl(given ?? defaultApiUrl());
  const [organization = "", issuerId = "", policyId = ""] = parseImportId(id, 3);
  const policy = await findPolicy(await connect({ organization, apiUrl, caCertificates }), issuerId);
  if (policy === undefined) {
    throw issuerNotFound(issuerId);
  }
  if (policy.id !== policyId) {
    throw new OidcRunnerError("IMPORT_ID_INVALID", `the policy of issuer ${issuerId} has another id than ${policyId}`, {
      where: "import",
      fix: `give ${organization}/${issuerId}/${policy.id}`,
    });
  }
  const policies = policy.policies.filter((definition) => !isDefaultDeny(definition) && !isLeftBehind(definition));
  const own = { organization, issuerId, apiUrl, ...(caCertificates !== undefined && { caCertificates }) };
  return { id, props: { ...own, policies, policyId }, inputs: { ...own, policies: policies.map(givenDefinition) } };
}

/** Lets the engine keep all that may be this resource's by now, so that the next update or destroy knows it. */
function keepState(error: unknown, inputs: PolicyInputs): unknown {
  return error instanceof PartialFailure
    ? new InitializationFailure(error, `${inputs.organization}/${inputs.issuerId}`, { ...inputs, ...error.state })
    : error;
}
