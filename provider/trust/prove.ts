import { OidcRunnerError } from "../errors";
import { pulumiAudience } from "./audience";
import { evaluate } from "./evaluate";
import { checkIssuerUrl } from "./issuers/issuer-url";
import { type PodIdentity, podClaims, serviceAccountSubject } from "./issuers/kubernetes";
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
  const pod = { issuerUrl, namespace, serviceAccountName, audience };
  expectDecision(definition, trust.token, pod, "allow");
  for (const neighbour of neighboursOf(pod)) {
    expectDecision(definition, trust.token, neighbour, "deny");
  }
  return { issuerUrl, namespace, serviceAccountName, subject, audience, definition };
}

/** Pods that resemble the runner's and must not be taken for it. */
function neighboursOf(pod: PodIdentity): PodIdentity[] {
  const { namespace, serviceAccountName, audience } = pod;
  return [
    { ...pod, serviceAccountName: `${serviceAccountName}-2` },
    { ...pod, serviceAccountName: `x${serviceAccountName}` },
    { ...pod, serviceAccountName: "default-neighbour" },
    { ...pod, namespace: `${namespace}-2` },
    { ...pod, namespace: `x${namespace}` },
    { ...pod, audience: `${audience}-2` },
    { ...pod, audience: "https://kubernetes.default.svc" },
    { ...pod, audience: "sts.amazonaws.com" },
  ].filter(
    (other) =>
      other.serviceAccountName !== serviceAccountName || other.namespace !== namespace || other.audience !== audience,
  );
}

function expectDecision(
  definition: PolicyDefinition,
  token: TokenSelection,
  pod: PodIdentity,
  decision: "allow" | "deny",
): void {
  if (evaluate([definition], podClaims(pod), tokenRequest(token)).decision !== decision) {
    const who = `${serviceAccountSubject(pod.namespace, pod.serviceAccountName)} with audience ${pod.audience}`;
    throw new OidcRunnerError(
      "TRUST_NOT_PROVEN",
      `the derived policy would ${decision === "allow" ? "refuse" : "admit"} ${who}`,
      {
        where: JSON.stringify(definition.rules),
        fix: "this is a defect of the package: report it with the rules above",
      },
    );
  }
}
