import { checkAdmitsOnly } from "./admits-only";
import { pulumiAudience } from "./audience";
import { evaluate } from "./evaluate";
import { checkIssuerUrl } from "./issuers/issuer-url";
import { serviceAccountSubject } from "./issuers/kubernetes";
import { checkNamespace, checkOrganization, checkServiceAccountName } from "./names";
import type { PolicyDefinition } from "./policy";
import { checkTokenSelection, definitionTarget, type TokenSelection, tokenRequest } from "./token-selection";

/** What a runner's trust is made of; each value is given once and everything else derived from it. */
export interface RunnerTrust {
  organization: string;
  issuerUrl: string;
  namespace: string;
  serviceAccountName: string;
  token: TokenSelection;
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
 * ServiceAccount, of another namespace and for another audience are not. Resources take their inputs from the result, so
 * nothing is created from a trust that was not proven.
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
  const audience = pulumiAudience(trust.organization);
  const subject = serviceAccountSubject(namespace, serviceAccountName);
  const definition: PolicyDefinition = {
    decision: "allow",
    ...definitionTarget(trust.token),
    authorizedPermissions: [],
    rules: { aud: audience, sub: subject },
  };
  checkAdmitsOnly(
    {
      name: "the derived policy",
      shown: definition.rules,
      decide: (claims) => evaluate([definition], claims, tokenRequest(trust.token)).decision,
    },
    { issuerUrl, namespace, serviceAccountName, audience },
  );
  return { issuerUrl, namespace, serviceAccountName, subject, audience, definition };
}
