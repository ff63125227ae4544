import { OidcRunnerError } from "../errors";
import { eks } from "./eks";
import { gke } from "./gke";
import { checkIssuerUrl } from "./url";

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

/** Refuses a final slash after issuers that have none, as Pulumi's guide for GKE writes it: tokens are compared with it. */
function refuseFinalSlash(url: string, where = "cluster.issuerUrl"): void {
  const plain = url.replace(/\/$/, "");
  const known = plain === url ? undefined : [eks, gke].find(({ signs }) => signs(plain));
  if (known !== undefined) {
    throw new OidcRunnerError(
      "ISSUER_URL_INVALID",
      `"${url}" ends with a slash, and the \`iss\` of ${known.name} has none`,
      {
        where,
        fix: `write issuerUrl: "${plain}"`,
      },
    );
  }
}

/**
 * Refuses what can't be an issuer, and the default issuer of clusters.
 *
 * @throws OidcRunnerError `ISSUER_URL_INVALID`, `ISSUER_URL_SHARED`
 */
export function checkOwnIssuer(url: string, where?: string): void {
  checkIssuerUrl(url, where);
  refuseFinalSlash(url, where);
  refuseSharedIssuer(url, where);
}
