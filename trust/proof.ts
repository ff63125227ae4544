import type { Claims } from "./claims";
import { OidcRunnerError } from "./errors";
import { type PodIdentity, podClaims, serviceAccountSubject } from "./issuers";

/** What a trust document decides. */
export interface Decides {
  /** What the document is called in an error, for example `the derived policy`. */
  name: string;
  /** What an error shows of it, as JSON. */
  shown: unknown;
  decide(claims: Claims): "allow" | "deny";
}

/**
 * Refuses a trust document that does not admit a pod, or that admits one of its neighbours: another ServiceAccount, another
 * namespace, another audience, and those given besides.
 *
 * @throws OidcRunnerError `TRUST_NOT_PROVEN`
 */
export function checkAdmitsOnly(
  document: Decides,
  pod: PodIdentity,
  otherNeighbours: readonly PodIdentity[] = [],
): void {
  expectDecision(document, pod, "allow");
  for (const neighbour of [...neighboursOf(pod), ...otherNeighbours]) {
    expectDecision(document, neighbour, "deny");
  }
}

/**
 * Refuses a trust document that admits a pod.
 *
 * @throws OidcRunnerError `TRUST_NOT_PROVEN`
 */
export function checkRefuses(document: Decides, pod: PodIdentity): void {
  expectDecision(document, pod, "deny");
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

function expectDecision(document: Decides, pod: PodIdentity, decision: "allow" | "deny"): void {
  if (document.decide(podClaims(pod)) !== decision) {
    const who = `${serviceAccountSubject(pod.namespace, pod.serviceAccountName)} of ${pod.issuerUrl} with audience ${pod.audience}`;
    throw new OidcRunnerError(
      "TRUST_NOT_PROVEN",
      `${document.name} would ${decision === "allow" ? "refuse" : "admit"} ${who}`,
      {
        where: JSON.stringify(document.shown),
        fix: "this is a defect of the package: report it with what is shown here",
      },
    );
  }
}
