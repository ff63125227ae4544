import { type Claims, claimValues } from "../../trust/claims";
import { serviceAccountOf } from "../../trust/issuers";

/** A pod's identity as its token says, where the token is a Kubernetes ServiceAccount's. */
export interface KubernetesIdentity {
  readonly namespace: string;
  readonly serviceAccountName: string;
  /** Absent for tokens that are not bound to a pod. */
  readonly podName?: string;
  readonly podUid?: string;
}

/** Whose token was verified. Frozen, claims included, because requests with one token share it. */
export interface Identity {
  /** `iss`. */
  readonly issuer: string;
  /** `sub`. */
  readonly subject: string;
  /** `aud`; a single one as a list too. */
  readonly audiences: readonly string[];
  /** `exp`, in seconds since 1970. */
  readonly expiresAt: number;
  /** Absent unless `sub` is `system:serviceaccount:NAMESPACE:NAME`. */
  readonly kubernetes?: KubernetesIdentity;
  /** Everything that the token says. */
  readonly claims: Claims;
}

/** The identity in claims that were checked and frozen. */
export function identityOf(claims: Claims): Identity {
  const { iss, sub, exp } = claims as { iss: string; sub: string; exp: number };
  const kubernetes = kubernetesOf(claims, sub);
  return Object.freeze({
    issuer: iss,
    subject: sub,
    audiences: Object.freeze(claimValues(claims, ["aud"])),
    expiresAt: exp,
    ...(kubernetes !== undefined && { kubernetes }),
    claims,
  });
}

function kubernetesOf(claims: Claims, subject: string): KubernetesIdentity | undefined {
  const account = serviceAccountOf(subject);
  if (account === undefined) {
    return undefined;
  }
  const [podName] = claimValues(claims, ["kubernetes.io", "pod", "name"]);
  const [podUid] = claimValues(claims, ["kubernetes.io", "pod", "uid"]);
  return Object.freeze({
    ...account,
    ...(podName !== undefined && { podName }),
    ...(podUid !== undefined && { podUid }),
  });
}
