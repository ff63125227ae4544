import type { Claims } from "./claims";
import { OidcRunnerError } from "./errors";
import { kubernetes, type PodIdentity, podClaims } from "./issuers";

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
  expectDecision(document, podClaims(pod), "allow");
  const neighbours = [...kubernetes.neighbours(podClaims(pod)), ...otherNeighbours.map(podClaims)];
  for (const neighbour of neighbours) {
    expectDecision(document, neighbour, "deny");
  }
}

/**
 * Refuses a trust document that admits a pod.
 *
 * @throws OidcRunnerError `TRUST_NOT_PROVEN`
 */
export function checkRefuses(document: Decides, pod: PodIdentity): void {
  expectDecision(document, podClaims(pod), "deny");
}

function expectDecision(document: Decides, claims: Claims, decision: "allow" | "deny"): void {
  if (document.decide(claims) !== decision) {
    const who = `${claims.sub} of ${claims.iss} with audience ${claims.aud}`;
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
