import {
  CloudApiError,
  type CloudClient,
  confirmGone,
  type IssuerChange,
  type IssuerRecord,
  issuerNotFound,
  PartialFailure,
} from "../api";
import { refuseMismatch } from "./read";
import {
  changeOf,
  defined,
  type IssuerInputs,
  type IssuerSettings,
  type IssuerState,
  settingsOf,
  withRecord,
} from "./state";

/**
 * Writes name, life, thumbprints and keys, in one call and only when one of them differs; an adopted issuer keeps its name.
 * Then has the thumbprints recorded again, when that is asked for.
 *
 * @param before what was asked for until now
 * @param unsure whether an earlier change may have been made or not, so that nothing counts as unchanged
 * @throws OidcRunnerError `ISSUER_NOT_FOUND`, `ISSUER_MISMATCH`, `PULUMI_CLOUD_*`
 */
export async function updateIssuer(
  client: CloudClient,
  state: IssuerState,
  inputs: IssuerInputs,
  before: Partial<IssuerSettings> = {},
  unsure = false,
): Promise<IssuerState> {
  const { issuerId, issuer, adopted, thumbprints, created, modified, lastUsed, lease } = state;
  const name = adopted ? undefined : before.name;
  const pinned = inputs.thumbprints !== undefined;
  let now: IssuerState = defined({
    ...{ issuerId, name, issuer, adopted, thumbprints, pinned, created, modified, lastUsed, lease },
  });
  const wanted = adopted ? { ...inputs, name: before.name ?? inputs.name } : inputs;
  const change = changeOf(before, wanted) ?? (unsure ? settingsOf(wanted) : undefined);
  if (change !== undefined) {
    if (adopted) {
      change.name = (await present(client, issuerId, client.getIssuer(issuerId))).name;
    } else {
      now.name = change.name;
    }
    const record = await patch(client, now, change);
    now = withRecord(now, record);
    try {
      refuseMismatch(record, inputs.issuerUrl);
    } catch (error) {
      throw PartialFailure.leaving(now, error);
    }
  }
  const trigger = inputs.regenerateThumbprints;
  if (trigger !== undefined && trigger !== before.regenerateThumbprints) {
    try {
      now = withRecord(now, await present(client, issuerId, client.regenerateThumbprints(issuerId)));
    } catch (error) {
      // The next update asks again.
      throw PartialFailure.leaving({ ...now, regenerateThumbprints: before.regenerateThumbprints }, error);
    }
  }
  return now;
}

async function patch(client: CloudClient, state: IssuerState, change: IssuerChange): Promise<IssuerRecord> {
  try {
    return await present(client, state.issuerId, client.updateIssuer(state.issuerId, change));
  } catch (error) {
    throw PartialFailure.unlessRefused(state, error);
  }
}

/** Says of a 404 what it means here. */
async function present(client: CloudClient, issuerId: string, answer: Promise<IssuerRecord>): Promise<IssuerRecord> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof CloudApiError) || error.status !== 404) {
      throw error;
    }
    await confirmGone(client, issuerId, error);
    throw issuerNotFound(issuerId, error);
  }
}
