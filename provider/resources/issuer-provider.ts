import { type Connection, connect } from "../cloud/connect";
import {
  createIssuer,
  deleteIssuer,
  type IssuerInputs,
  type IssuerState,
  readIssuer,
  updateIssuer,
} from "../cloud/issuers";
import { checkExpirationSeconds } from "../trust/expiration";
import { checkIssuerUrl } from "../trust/issuers/issuer-url";
import { checkOrganization } from "../trust/names";
import { checkInputs } from "./check-inputs";
import { diffInputs } from "./diff-inputs";

type Inputs = Connection & IssuerInputs;
type Outputs = Inputs & IssuerState;

/** Inputs that can't be changed on a registered issuer. */
const REPLACING = ["organization", "url", "apiUrl"] as const;
const UPDATING = [
  "name",
  "maxExpirationSeconds",
  "thumbprints",
  "jwks",
  "forceDestroy",
  "caCertificates",
  "adopt",
] as const;

/** Create, read, update, delete, diff and check of `OidcIssuer`. Ids are `organization/issuerId`. */
export const issuerProvider = {
  check(_olds: Inputs, news: Inputs) {
    const failures = checkInputs(news, {
      organization: checkOrganization,
      url: (url) => checkIssuerUrl(url, "url"),
      maxExpirationSeconds: (seconds) => checkExpirationSeconds(seconds, "maxExpirationSeconds"),
    });
    return { inputs: news, failures };
  },

  diff(_id: string, olds: Outputs, news: Inputs) {
    return diffInputs<Inputs>(olds, news, { replacing: REPLACING, updating: UPDATING });
  },

  async create(inputs: Inputs) {
    const state = await createIssuer(await connect(inputs), inputs);
    return { id: `${inputs.organization}/${state.issuerId}`, outs: { ...inputs, ...state } };
  },

  async read(id: string, props: Outputs) {
    const issuer = await readIssuer(await connect(props), props.issuerId);
    if (issuer === undefined) {
      return { id: "", props: {} };
    }
    // Only what was asked for counts as drift: the service fills in thumbprints and life on its own.
    const outs = {
      ...props,
      issuer: issuer.issuer,
      name: props.adopted ? props.name : issuer.name,
      ...(props.maxExpirationSeconds !== undefined && { maxExpirationSeconds: issuer.maxExpiration }),
    };
    return { id, props: outs };
  },

  async update(_id: string, olds: Outputs, news: Inputs) {
    const state = await updateIssuer(await connect(news), olds, news, olds);
    return { outs: { ...news, ...state } };
  },

  async delete(_id: string, props: Outputs) {
    await deleteIssuer(await connect(props), props, props.forceDestroy ?? false);
  },
};
