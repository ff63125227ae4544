import type { Claims } from "../../claims";
import { checkIssuerUrl, serviceAccountSubject } from "../../issuers";
import {
  checkNamespace,
  checkOrganization,
  checkServiceAccountName,
  checkTokenSelection,
  definitionTarget,
  type PolicyDefinition,
  pulumiAudience,
  type TokenSelection,
  tokenRequest,
} from "../../policy";
import { checkAdmitsOnly, checkRefuses } from "../../proof";
import { evaluate } from "./evaluate";

/** What a runner's trust is made of; each value is given once and everything else derived from it. */
export interface RunnerTrust {
  organization: string;
  issuerUrl: string;
  namespace: string;
  serviceAccountName: string;
  token: TokenSelection;
  /** `aud` of the token that is exchanged. Default: the one Pulumi Cloud recommends, `urn:pulumi:org:ORGANIZATION`. */
  audience?: string;
}

/** A trust that was shown to admit the runner's pod and to refuse its neighbours. */
export interface ProvenTrust {
  issuerUrl: string;
  namespace: string;
  serviceAccountName: string;
  /** `sub` of the pod's token. */
  subject: string;
  /** `aud` of the pod's token. */
  audience: string;
  /** The allow definition for Pulumi Cloud. */
  definition: PolicyDefinition;
}

/**
 * Derives a runner's trust and proves it: the token its pod will get is accepted, and the tokens of a neighbouring
 * ServiceAccount, of another namespace and for another audience are not, nor is an administrator's token to be had unless it
 * was asked for. Resources take their inputs from the result, so nothing is created from a trust that was not proven.
 *
 * @throws OidcRunnerError for each bad value (see the checks), and `TRUST_NOT_PROVEN` when the derived definition does
 * not decide as it must.
 */
export function proveRunnerTrust(trust: RunnerTrust): ProvenTrust {
  checkOrganization(trust.organization);
  checkIssuerUrl(trust.issuerUrl);
  checkNamespace(trust.namespace);
  checkServiceAccountName(trust.serviceAccountName);
  checkTokenSelection(trust.token);
  const { issuerUrl, namespace, serviceAccountName } = trust;
  const audience = trust.audience ?? pulumiAudience(trust.organization);
  const subject = serviceAccountSubject(namespace, serviceAccountName);
  const definition: PolicyDefinition = {
    decision: "allow",
    ...definitionTarget(trust.token),
    rules: { aud: audience, sub: subject },
  };
  const pod = { issuerUrl, namespace, serviceAccountName, audience };
  const request = tokenRequest(trust.token);
  const name = "the derived policy";
  const decide = (claims: Claims) => evaluate([definition], claims, request).decision;
  checkAdmitsOnly({ name, shown: definition.rules, decide }, pod);
  if (!request.admin) {
    const decideAdmin = (claims: Claims) => evaluate([definition], claims, { ...request, admin: true }).decision;
    checkRefuses({ name: `${name}, asked for an administrator's token,`, shown: definition, decide: decideAdmin }, pod);
  }
  return { issuerUrl, namespace, serviceAccountName, subject, audience, definition };
}
