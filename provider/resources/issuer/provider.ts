import { connect, defaultApiUrl, issOf, issuerNotFound, normalApiUrl, PartialFailure } from "../../../pulumi-cloud/api";
import {
  clusterKeys,
  createIssuer,
  defined,
  deleteIssuer,
  findOwnIssuer,
  type IssuerState,
  leaseIssuer,
  readIssuer,
  updateIssuer,
  withRecord,
} from "../../../pulumi-cloud/issuers";
import { type KeySet, sameKeySet } from "../../../trust/issuers";
import { type GivenIssuerInputs, issuerChecks } from "../checks";
import { checkInputs, InitializationFailure, parseImportId } from "../lib";
import { foreseenFailures } from "./foresee";
import { askedBy, diffIssuer, type IssuerInputs, type IssuerOutputs, normalIssuerInputs } from "./inputs";

/** Create, read, update, delete, diff and check of `OidcIssuer`. Ids are `organization/issuerId`. */
export const issuerProvider = {
  async check(olds: Partial<GivenIssuerInputs>, news: GivenIssuerInputs) {
    const failures = checkInputs(news, issuerChecks("OidcIssuer"));
    if (failures.length > 0) {
      return { inputs: news, failures };
    }
    const inputs = normalIssuerInputs(news);
    return { inputs, failures: await foreseenFailures(olds, inputs) };
  },

  diff(id: string, olds: IssuerOutputs, news: GivenIssuerInputs) {
    return diffIssuer(id, olds, news);
  },

  async create(given: GivenIssuerInputs) {
    const { importId, ...inputs } = normalIssuerInputs(given);
    const { organization } = inputs;
    const jwks = await keysFor(inputs);
    try {
      const chosen = importId === undefined ? {} : { issuerId: parseImportId(importId, 2, organization)[1], own: true };
      const state = await createIssuer(await connect(inputs), { ...inputs, jwks, ...chosen });
      return { id: `${organization}/${state.issuerId}`, outs: outputs(inputs, jwks, state) };
    } catch (error) {
      throw keepState(error, organization, { ...inputs, jwks });
    }
  },

  /** Without properties, as for an import by the engine, the answer has all inputs too. */
  async read(id: string, props: Partial<IssuerOutputs>) {
    if (props.issuerUrl === undefined) {
      return readForImport(id, props);
    }
    const olds = askedBy(props as IssuerOutputs);
    const client = await connect(olds);
    const record =
      olds.issuerId === undefined ? await findOwnIssuer(client, olds) : await readIssuer(client, olds.issuerId);
    if (record === undefined) {
      return { id: "", props: {} };
    }
    const state: IssuerState = { ...olds, issuerId: record.id };
    const keys = olds.jwksFromCluster && (await clusterKeys(olds.jwksFromCluster, olds.issuerUrl));
    const recordedKeys = sameKeySet(record.jwks, olds.jwks) ? olds.jwks : record.jwks;
    const asked = (option: "jwks" | "maxExpirationSeconds") => olds[option] !== undefined;
    // Only what was asked for counts as drift: the service fills in the rest on its own.
    const outs = defined({
      ...withRecord(state, record),
      name: olds.adopted ? olds.name : record.name,
      maxExpirationSeconds: asked("maxExpirationSeconds") ? record.maxExpiration : undefined,
      jwks: keys !== undefined || asked("jwks") ? recordedKeys : undefined,
      clusterJwks: sameKeySet(keys ?? record.jwks, record.jwks) ? undefined : keys,
      uncertain: undefined,
    });
    return { id: `${olds.organization}/${record.id}`, props: outs };
  },

  async update(_id: string, olds: IssuerOutputs, given: GivenIssuerInputs) {
    const { importId: _taken, ...news } = normalIssuerInputs(given);
    const client = await connect(news);
    const jwks = await keysFor(news);
    const inputs = { ...news, jwks };
    const { issuerId } = olds;
    try {
      const state =
        issuerId === undefined
          ? await createIssuer(client, inputs)
          : await updateIssuer(client, { ...olds, issuerId }, inputs, askedBy(olds), olds.uncertain);
      return { outs: outputs(news, jwks, state) };
    } catch (error) {
      // Where it is not known which of the two the service has, what either asked for counts as asked for.
      const asked = error instanceof PartialFailure && !error.certain ? { ...olds, ...defined(inputs) } : inputs;
      throw keepState(error, news.organization, asked);
    }
  },

  async delete(_id: string, props: IssuerOutputs) {
    if (!props.adopted) {
      await deleteIssuer(await connect(props), props, props.forceDestroy ?? false);
    }
  },
};

/** The keys to upload, if any. */
async function keysFor({ jwks, jwksFromCluster, issuerUrl }: IssuerInputs): Promise<KeySet | undefined> {
  return jwksFromCluster === undefined ? jwks : clusterKeys(jwksFromCluster, issuerUrl);
}

function outputs(inputs: IssuerInputs, jwks: KeySet | undefined, state: IssuerState) {
  return defined({ ...inputs, jwks, ...state });
}

/** Lets the engine keep what exists after a failure. */
function keepState(error: unknown, organization: string, inputs: IssuerInputs): unknown {
  if (!(error instanceof PartialFailure)) {
    return error;
  }
  const { state, certain } = error;
  const properties = defined({ ...inputs, ...state, ...(!certain && { uncertain: true }) });
  const issuerId = "issuerId" in state ? String(state.issuerId) : "unconfirmed";
  return new InitializationFailure(error, `${organization}/${issuerId}`, properties);
}

async function readForImport(id: string, props: Partial<IssuerOutputs>) {
  const { caCertificates } = props;
  const apiUrl = normalApiUrl(props.apiUrl ?? defaultApiUrl());
  const [organization = "", issuerId = ""] = parseImportId(id, 2);
  const record = await readIssuer(await connect({ organization, apiUrl, caCertificates }), issuerId);
  if (record === undefined) {
    throw issuerNotFound(issuerId);
  }
  const { name, jwks, maxExpiration: maxExpirationSeconds } = record;
  const issuerUrl = issOf(record);
  const inputs = defined({ organization, apiUrl, caCertificates, name, issuerUrl, jwks, maxExpirationSeconds });
  const state = withRecord({ issuerId, name, adopted: false, pinned: false, lease: leaseIssuer(issuerId) }, record);
  return { id, props: { ...inputs, ...state }, inputs };
}
