import { cluster, type KubernetesSubject } from "./kubernetes";
import type { IssuerRecord } from "./record";

/**
 * Audience that AWS STS expects in a web identity token from EKS ("IAM roles for service accounts"): the same in every
 * partition, in China too (eksctl-io/eksctl#1910).
 */
export const STS_AUDIENCE = "sts.amazonaws.com";

/** Audience of the tokens for EKS Pod Identity, and the service that assumes roles for pods ("EKS Pod Identities"). */
export const POD_IDENTITY_AUDIENCE = "pods.eks.amazonaws.com";

/**
 * DNS suffixes of AWS's partitions, each with that of its dual-stack endpoints: `dnsSuffix` and `dualStackDnsSuffix` of
 * boto/botocore, botocore/data/partitions.json at c870f2c. GovCloud has those of the partition `aws`.
 */
const SUFFIXES = [
  ...["amazonaws.com", "api.aws"],
  ...["amazonaws.com.cn", "api.amazonwebservices.com.cn"],
  ...["amazonaws.eu", "api.amazonwebservices.eu"],
  ...["c2s.ic.gov", "api.aws.ic.gov"],
  ...["sc2s.sgov.gov", "api.aws.scloud"],
  ...["cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"],
  ...["csp.hci.ic.gov", "api.aws.hci.ic.gov"],
];

/**
 * The issuer of an EKS cluster: `https://oidc.eks.REGION.SUFFIX/id/ID`, with dual-stack endpoints
 * `https://oidc-eks.REGION.SUFFIX/id/ID` (awsdocs/amazon-eks-user-guide, latest/ug/networking/network-reqs.adoc at 4d52b4d,
 * for `api.aws`). For partitions that the guide does not name, the form is put together with their suffixes.
 */
const ISSUER = new RegExp(
  `^https://oidc[.-]eks\\.([a-z]{2,}(?:-[a-z]+)+-\\d+)\\.(?:${SUFFIXES.join("|").replaceAll(".", "\\.")})/`,
);

/** Region of a cluster by its issuer; undefined for an issuer that is not EKS's. */
export function eksRegion(issuerUrl: string): string | undefined {
  return ISSUER.exec(issuerUrl)?.[1];
}

/** An EKS cluster, in any partition of AWS. */
export const eks: IssuerRecord<"eks", KubernetesSubject> = {
  ...cluster,
  key: "eks",
  name: "an EKS cluster",
  signs: (url) => ISSUER.test(url),
  // A new key each week (EKS User Guide, "Fetch signing keys to validate OIDC tokens").
  rotatesKeys: "EKS changes its signing keys every week",
};
