import type { Claims } from "../../claims";
import { checkIssuerUrl, kubernetes, podClaims, serviceAccountSubject } from "../../issuers";
import {
  checkNamespace,
  checkOrganization,
  checkServiceAccountName,
  checkTokenSelection,
  type PolicyDefinition,
  pulumiAudience,
  type TokenSelection,
  tokenRequest,
} from "../../policy";
import { checkAdmitsOnly, type TrustedToken, tokensOf } from "../../proof";
import { pulumiPolicy } from "./document";
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
  const neighbours = kubernetes.neighbours(podClaims({ issuerUrl, namespace, serviceAccountName, audience }));
  const definition = provePulumiTrust({ issuer: issuerUrl, subject, audience }, trust.token, neighbours);
  return { issuerUrl, namespace, serviceAccountName, subject, audience, definition };
}

/**
 * The allow of `pulumiPolicy`, proven: tokens of the subject are exchanged, their neighbours are not, and no administrator's
 * token is to be had unless it was asked for.
 *
 * @param neighbours tokens that resemble it, as the record of its issuer makes them
 * @throws OidcRunnerError `TRUST_SUBJECT_INVALID`, `TRUST_NOT_PROVEN`
 */
export function provePulumiTrust(
  trust: TrustedToken & { subject: string },
  token: TokenSelection,
  neighbours: readonly Claims[],
): PolicyDefinition {
  const definition = pulumiPolicy(trust, token);
  const request = tokenRequest(token);
  const tokens = tokensOf(trust);
  const name = "the derived policy";
  const decide = (claims: Claims) => evaluate([definition], claims, request).decision;
  checkAdmitsOnly({ name, shown: definition.rules, decide }, tokens, neighbours);
  if (!request.admin) {
    const decideAdmin = (claims: Claims) => evaluate([definition], claims, { ...request, admin: true }).decision;
    const document = { name: `${name}, asked for an administrator's token,`, shown: definition, decide: decideAdmin };
    checkAdmitsOnly(document, [], tokens);
  }
  return definition;
}
