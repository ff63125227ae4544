import { CloudApiError, type CloudClient, connect, type IssuerRecord } from "../../../pulumi-cloud/api";
import { refuseExisting, refusePublishedMismatch } from "../../../pulumi-cloud/issuers";
import { OidcRunnerError } from "../../../trust";
import type { GivenIssuerInputs } from "../checks";
import { type CheckFailure, isKnown } from "../lib";
import type { IssuerInputs } from "./inputs";

/** What an answer says for all that is to come: the access token is not known, or the organization. */
const FINAL = [401, 404];

/** The issuers of each organization, as this process saw them last; undefined where Pulumi Cloud did not tell. */
const lists = new Map<string, Promise<IssuerRecord[] | undefined>>();

/**
 * Says before an update what a registration would be refused for: no login, an access token or an organization that Pulumi Cloud does not
 * know, an issuer that is there already, or whose discovery document has another `iss`. One request a process, and one to each issuer whose
 * keys are not given; without an answer (no network, no permission to list) the preview passes, and the update fails in its place. An
 * issuer that is in the state is not looked at.
 */
export async function foreseenFailures(
  olds: Partial<GivenIssuerInputs>,
  inputs: IssuerInputs,
): Promise<CheckFailure[]> {
  const { organization, apiUrl, issuerUrl, caCertificates, importId, issuerId, jwks, jwksFromCluster } = inputs;
  const isSame = olds.organization === organization && olds.apiUrl === apiUrl && olds.issuerUrl === issuerUrl;
  if (isSame || !isKnown({ organization, apiUrl, issuerUrl, caCertificates })) {
    return [];
  }
  let property = "apiUrl";
  try {
    const client = await connect({ organization, apiUrl, caCertificates }, { patient: false });
    property = "organization";
    const isFirst = !lists.has(keyOf(inputs));
    const issuers = await listed(client, inputs);
    // One that is given by its id is taken as it is.
    if (importId !== undefined || issuerId !== undefined) {
      return [];
    }
    property = "issuerUrl";
    if (jwks === undefined && jwksFromCluster === undefined) {
      await refusePublishedMismatch(issuerUrl, caCertificates);
    }
    // Without its name it can't be told apart from an own one.
    if (!isKnown(inputs.name) || issuers === undefined) {
      return [];
    }
    try {
      refuseExisting(issuers, inputs);
    } catch (error) {
      if (isFirst) throw error;
      // It may have gone in the meantime, and is refused only by a list that was read for it.
      lists.delete(keyOf(inputs));
      refuseExisting((await listed(client, inputs)) ?? [], inputs);
    }
    return [];
  } catch (error) {
    if (!(error instanceof OidcRunnerError)) throw error;
    // What is wrong then is the login, and not the organization that was asked for.
    const isLogin = error instanceof CloudApiError && error.status === 401;
    return [{ property: isLogin ? "apiUrl" : property, reason: error.message }];
  }
}

function keyOf({ organization, apiUrl, caCertificates }: IssuerInputs): string {
  return JSON.stringify([organization, apiUrl, caCertificates]);
}

function listed(client: CloudClient, inputs: IssuerInputs): Promise<IssuerRecord[] | undefined> {
  const key = keyOf(inputs);
  const list =
    lists.get(key) ??
    client.listIssuers().catch((error: unknown) => {
      if (error instanceof CloudApiError && FINAL.includes(error.status)) throw error;
      return undefined;
    });
  lists.set(key, list);
  return list;
}
