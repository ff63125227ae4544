import { OidcRunnerError } from "../errors";
import { isDefaultDeny } from "../trust/merge";
import { CloudApiError } from "./api-error";
import type { IssuerChange, IssuerRecord, JsonWebKeySet } from "./api-types";
import type { CloudClient } from "./client";
import { findPolicy } from "./find-policy";

/** What an issuer resource asks for. */
export interface IssuerInputs {
  /** Registered name; carries a hash of the resource's URN, so a lost create is recognised. */
  name: string;
  url: string;
  thumbprints?: string[];
  jwks?: JsonWebKeySet;
  /** Longest life of an access token, in seconds; the service's default is 90000 (25 h). */
  maxExpirationSeconds?: number;
  /** Take over an issuer that is registered already. It is then not deleted with the resource. */
  adopt?: boolean;
  /** Delete the issuer even while others' definitions remain on it. */
  forceDestroy?: boolean;
}

/** What is known of it once it exists. */
export interface IssuerState {
  issuerId: string;
  issuer: string;
  adopted: boolean;
}

/**
 * Registers the issuer, or finds it registered: a conflict with an issuer of our own name and URL is our own create whose
 * answer was lost; any other is taken over only with `adopt`. Either gets the settings that are asked for.
 *
 * @throws OidcRunnerError `ISSUER_EXISTS`, `PULUMI_CLOUD_*`
 */
export async function createIssuer(client: CloudClient, inputs: IssuerInputs): Promise<IssuerState> {
  try {
    return stateOf(await client.registerIssuer({ ...settings(inputs), url: inputs.url }), false);
  } catch (error) {
    if (!(error instanceof CloudApiError) || error.status !== 409) {
      throw error;
    }
  }
  const existing = (await client.listIssuers()).find((issuer) => issuer.url === inputs.url);
  if (existing?.name === inputs.name) {
    return updateIssuer(client, stateOf(existing, false), inputs);
  }
  if (existing === undefined || inputs.adopt !== true) {
    throw new OidcRunnerError(
      "ISSUER_EXISTS",
      `the organization already has an issuer for ${inputs.url}${existing === undefined ? "" : `, "${existing.name}" (${existing.id})`}`,
      {
        where: "url",
        fix: "set adopt: true to use it without owning it, or share one OidcTrustSetup through 'trust'",
      },
    );
  }
  const adopted = stateOf(existing, true);
  return Object.keys(settings(inputs)).length > 1 ? updateIssuer(client, adopted, inputs) : adopted;
}

/** The issuer as it is, or undefined when it is gone. */
export async function readIssuer(client: CloudClient, issuerId: string): Promise<IssuerRecord | undefined> {
  try {
    return await client.getIssuer(issuerId);
  } catch (error) {
    if (error instanceof CloudApiError && error.status === 404) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Writes name, life, thumbprints and keys. An adopted issuer keeps its name. What was asked for in `before` and no longer
 * is goes back to the service's default: static keys that were taken out must not stay trusted.
 */
export async function updateIssuer(
  client: CloudClient,
  state: IssuerState,
  inputs: IssuerInputs,
  before: Partial<IssuerInputs> = {},
): Promise<IssuerState> {
  const cleared = Object.keys(settings({ ...before, name: "" })).map((field) => [field, null]);
  const change: IssuerChange = { ...Object.fromEntries(cleared), ...settings(inputs) };
  const name = state.adopted ? (await client.getIssuer(state.issuerId)).name : change.name;
  return stateOf(await client.updateIssuer(state.issuerId, { ...change, name }), state.adopted);
}

/**
 * Deletes the issuer, unless it was adopted. Gone already is success.
 *
 * @throws OidcRunnerError `ISSUER_IN_USE` while others' definitions remain and `forceDestroy` is not set.
 */
export async function deleteIssuer(client: CloudClient, state: IssuerState, forceDestroy: boolean): Promise<void> {
  if (state.adopted) {
    return;
  }
  try {
    if (!forceDestroy) {
      const policies = (await findPolicy(client, state.issuerId))?.policies ?? [];
      const foreign = policies.filter((definition) => !isDefaultDeny(definition)).length;
      if (foreign > 0) {
        throw new OidcRunnerError(
          "ISSUER_IN_USE",
          `${foreign} policy definition(s) of others remain on issuer ${state.issuerId}`,
          {
            where: "delete",
            fix: "destroy the stacks that wrote them first, or set forceDestroy: true and run 'pulumi up' before destroying",
          },
        );
      }
    }
    await client.deleteIssuer(state.issuerId);
  } catch (error) {
    if (!(error instanceof CloudApiError) || error.status !== 404) {
      throw error;
    }
  }
}

function settings(inputs: Omit<IssuerInputs, "url">) {
  return {
    name: inputs.name,
    ...(inputs.thumbprints !== undefined && { thumbprints: inputs.thumbprints }),
    ...(inputs.jwks !== undefined && { jwks: inputs.jwks }),
    ...(inputs.maxExpirationSeconds !== undefined && { maxExpiration: inputs.maxExpirationSeconds }),
  };
}

function stateOf(record: IssuerRecord, adopted: boolean): IssuerState {
  return { issuerId: record.id, issuer: record.issuer, adopted };
}
