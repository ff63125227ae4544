import { OidcRunnerError } from "../../trust";
import { leasedName, sameRegistrant, sameStack } from "../../trust/issuers";
import { CloudApiError, type CloudClient, type IssuerRecord, issOf, issuerNotFound, PartialFailure } from "../api";
import { deleteIssuer } from "./delete";
import { leaseIssuer } from "./leases";
import { readIssuer, refuseMismatch } from "./read";
import { type IssuerInputs, type IssuerSettings, type IssuerState, settingsOf, withRecord } from "./state";
import { updateIssuer } from "./update";

/**
 * Registers the issuer, or takes one that is registered: the one of `issuerId`; after a conflict our own, whose create's
 * answer was lost; any other only with `adopt`. Either gets the settings that are asked for.
 *
 * @throws OidcRunnerError `ISSUER_EXISTS`, `ISSUER_MISMATCH`, `ISSUER_NOT_FOUND`, `PULUMI_CLOUD_*`
 */
export async function createIssuer(client: CloudClient, inputs: IssuerInputs): Promise<IssuerState> {
  if (inputs.issuerId !== undefined) {
    const record = await readIssuer(client, inputs.issuerId);
    if (record === undefined) {
      throw issuerNotFound(inputs.issuerId);
    }
    return takeOver(client, record, inputs, inputs.own !== true);
  }
  if (inputs.adopt === true) {
    // Registering first would not tell: one that was registered with a final slash has another URL and the same tokens.
    const existing = findIssuer(await client.listIssuers(), inputs.issuerUrl);
    if (existing !== undefined && !isOwn(existing, inputs)) {
      return takeOver(client, existing, inputs, true);
    }
  }
  let record: IssuerRecord;
  try {
    record = await client.registerIssuer({ ...settings(inputs), url: inputs.issuerUrl });
  } catch (error) {
    if (error instanceof CloudApiError && (error.status === 409 || error.status === 400)) {
      return resolveConflict(client, inputs, error);
    }
    throw PartialFailure.unlessRefused({}, error);
  }
  const state = stateOf(record, inputs, false);
  await refuseOwnMismatch(client, record, inputs, state);
  return state;
}

/**
 * Refuses what a registration would be refused for, by the list of issuers: one that is there already. What the create itself takes over,
 * or knows more about, passes.
 *
 * @throws OidcRunnerError `ISSUER_EXISTS`
 */
export function refuseExisting(issuers: readonly IssuerRecord[], inputs: IssuerInputs): void {
  const existing = issuers.find(({ url }) => url === inputs.issuerUrl);
  const isKept = existing === undefined || isOwn(existing, inputs) || sameStack(existing.name, inputs.name);
  if (!isKept && inputs.adopt !== true) {
    throw exists(existing, inputs);
  }
}

/**
 * Finds the issuer that a refused registration conflicts with. 409 says that there is one. 400 may say so too, and has other
 * reasons, so only an issuer of exactly this URL counts then (`duplicateUrlStatus` in lab/pulumi-cloud/switches.ts).
 */
async function resolveConflict(client: CloudClient, inputs: IssuerInputs, conflict: CloudApiError) {
  const certain = conflict.status === 409;
  const issuers = await client.listIssuers().catch((error: unknown) => {
    // The conflict may be with our own registration.
    throw certain ? PartialFailure.leaving({}, error, false) : PartialFailure.unlessRefused({}, conflict);
  });
  const existing = certain
    ? findIssuer(issuers, inputs.issuerUrl)
    : issuers.find(({ url }) => url === inputs.issuerUrl);
  if (existing === undefined) {
    throw certain ? conflict : PartialFailure.unlessRefused({}, registrationRefused(conflict, inputs.issuerUrl));
  }
  if (isOwn(existing, inputs)) {
    await refuseOwnMismatch(client, existing, inputs, stateOf(existing, inputs, false));
    // What the lost create asked for, and this one does not, was never to stay.
    const { maxExpiration, jwks } = existing;
    return takeOver(client, existing, inputs, false, { maxExpirationSeconds: maxExpiration, jwks });
  }
  if (inputs.adopt !== true) {
    throw exists(existing, inputs);
  }
  return takeOver(client, existing, inputs, true);
}

/**
 * The refusal of a registration, told about the argument that most refusals are about: the service fetches the discovery
 * document and compares what it says, a final slash included.
 */
function registrationRefused(refusal: CloudApiError, issuerUrl: string): OidcRunnerError {
  const { code, status, what, where, mayHaveActed, message } = refusal;
  if (status !== 400 || mayHaveActed || message.includes("metadata object store")) {
    return refusal;
  }
  const plain = issuerUrl.replace(/\/$/, "");
  const other = plain === issuerUrl ? `${issuerUrl}/` : plain;
  return new OidcRunnerError(code, what, {
    where: `issuerUrl, ${where}`,
    fix: `if it is about the issuer, write issuerUrl as \`curl -s ${plain}/.well-known/openid-configuration\` prints it as issuer, perhaps ${other}: a final slash counts; for an issuer that Pulumi Cloud can't reach give its keys (jwks, jwksFromCluster)`,
    cause: refusal,
  });
}

/** The issuer of these tokens; else the one registered by this URL, or with a final slash more or less. */
function findIssuer(issuers: readonly IssuerRecord[], wanted: string): IssuerRecord | undefined {
  const plain = (url: string) => url.replace(/\/$/, "");
  return (
    issuers.find((record) => issOf(record) === wanted) ??
    issuers.find(({ url }) => url === wanted) ??
    issuers.find(({ url }) => plain(url) === plain(wanted))
  );
}

/** Whether it is this resource's own registration, whose answer was lost. */
function isOwn(existing: IssuerRecord, { name, issuerUrl }: IssuerInputs): boolean {
  return existing.url === issuerUrl && sameRegistrant(existing.name, name);
}

/** Uses an issuer that is there. Settings that are not asked for stay as they are, except for those that `asked` names. */
async function takeOver(
  client: CloudClient,
  record: IssuerRecord,
  inputs: IssuerInputs,
  adopted: boolean,
  asked?: Partial<IssuerSettings>,
): Promise<IssuerState> {
  refuseMismatch(record, inputs.issuerUrl);
  const taken = stateOf(record, inputs, adopted);
  // A predecessor that is deleted later, in another process too, sees by the name that the issuer is not its own any more.
  const name = adopted ? record.name : leasedName(inputs.name, taken.lease);
  const state = adopted ? taken : { ...taken, name };
  const has = { thumbprints: record.thumbprints, jwks: record.jwks, maxExpirationSeconds: record.maxExpiration };
  const wanted = Object.fromEntries(
    Object.entries(has).filter(([setting]) => inputs[setting as keyof typeof has] !== undefined),
  );
  try {
    return await updateIssuer(client, state, { ...inputs, name }, { name, ...wanted, ...asked }, !adopted);
  } catch (error) {
    // Ours is there all the same, with the settings of the lost create.
    const isSaid = asked === undefined || error instanceof PartialFailure;
    throw isSaid ? error : PartialFailure.leaving({ ...state, ...asked }, error);
  }
}

/** Takes back a registration that no token could be matched to. */
async function refuseOwnMismatch(
  client: CloudClient,
  record: IssuerRecord,
  inputs: IssuerInputs,
  state: IssuerState,
): Promise<void> {
  try {
    refuseMismatch(record, inputs.issuerUrl);
  } catch (error) {
    try {
      await deleteIssuer(client, { ...state, name: record.name, issuerUrl: record.url }, false);
    } catch {
      throw PartialFailure.leaving(state, error);
    }
    throw error;
  }
}

function stateOf(record: IssuerRecord, inputs: IssuerInputs, adopted: boolean): IssuerState & { lease: string } {
  const pinned = inputs.thumbprints !== undefined;
  const lease = leaseIssuer(record.id);
  const own = { issuerId: record.id, ...(!adopted && { name: record.name }), adopted, pinned };
  return { ...withRecord(own, record), lease };
}

function settings(inputs: IssuerInputs) {
  const { name, thumbprints, jwks, maxExpiration } = settingsOf(inputs);
  return {
    name,
    thumbprints: thumbprints ?? undefined,
    jwks: jwks ?? undefined,
    maxExpiration: maxExpiration ?? undefined,
  };
}

function exists(existing: IssuerRecord, { issuerUrl, name }: IssuerInputs): OidcRunnerError {
  const what = `the organization already has an issuer for ${issuerUrl}, "${existing.name}" (${existing.id})`;
  if (sameStack(existing.name, name)) {
    return new OidcRunnerError("ISSUER_EXISTS", `${what}, registered by another resource of this stack`, {
      where: "issuerUrl",
      fix: "if that resource was renamed or moved, give this one the option aliases with its old name or parent; if both are meant, make one OidcTrustSetup for the issuer and give it to the runners as their trust",
    });
  }
  return new OidcRunnerError("ISSUER_EXISTS", what, {
    where: "issuerUrl",
    fix: "give adopt: true to this issuer's OidcTrustSetup or OidcIssuer, which then uses it without owning it; a runner, which has no adopt, takes such an OidcTrustSetup as its trust",
  });
}
