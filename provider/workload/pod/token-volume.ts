import type { PodVolume } from "./parts";

/** Life of the projected tokens unless another is asked for, in seconds: the shortest the API server gives; the kubelet renews them. */
export const SUBJECT_TOKEN_SECONDS = 600;

/** A volume with one projected token of the pod's own, for one audience, in the file `token` or another. */
export function tokenVolume(
  name: string,
  audience: string,
  path = "token",
  expirationSeconds = SUBJECT_TOKEN_SECONDS,
): PodVolume {
  const serviceAccountToken = { audience, expirationSeconds, path };
  return { name, projected: { sources: [{ serviceAccountToken }] } };
}
