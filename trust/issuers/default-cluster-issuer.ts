import { OidcRunnerError } from "../errors";

/** The names of the API server inside every cluster, with any domain; kubeadm takes the longest as the issuer. */
const INSIDE = /^kubernetes\.default(\.svc(\..+)?)?$/;

/** Whether an issuer is the one that clusters have by default. */
export function isDefaultIssuer(url: string): boolean {
  return URL.canParse(url) && INSIDE.test(new URL(url).hostname.replace(/\.$/, ""));
}

/**
 * Refuses the issuer that clusters of kubeadm, k3s and kind have unless they are told otherwise. Pulumi Cloud knows an issuer
 * by its URL alone: of two clusters with one URL only one can be registered, and a policy meant for the other would admit
 * its pods. Uploading keys does not change that.
 *
 * @throws OidcRunnerError `ISSUER_URL_SHARED`
 */
export function refuseSharedIssuer(url: string, where = "cluster.issuerUrl"): void {
  if (isDefaultIssuer(url)) {
    throw new OidcRunnerError("ISSUER_URL_SHARED", `${url} is the default issuer of every cluster, so it names none`, {
      where,
      fix:
        "give the cluster an issuer of its own, such as https://NAME.clusters.example.com, which nothing needs to answer when " +
        "its keys are uploaded (jwks): service-account-issuer in apiServer.extraArgs of kubeadm's ClusterConfiguration (for kind " +
        "in kubeadmConfigPatches), or --kube-apiserver-arg=service-account-issuer=URL of k3s; then give that URL here",
    });
  }
}
