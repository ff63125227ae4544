import type { PodVolume } from "./pod-parts";

/** Life of the projected tokens, in seconds: the shortest the API server gives; the kubelet renews them. */
export const SUBJECT_TOKEN_SECONDS = 600;

/** A volume with one projected token of the pod's own, for one audience, in the file `token` or another. */
export function tokenVolume(name: string, audience: string, path = "token"): PodVolume {
  const serviceAccountToken = { audience, expirationSeconds: SUBJECT_TOKEN_SECONDS, path };
  return { name, projected: { sources: [{ serviceAccountToken }] } };
}
