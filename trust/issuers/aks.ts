import { cluster, type KubernetesSubject } from "./kubernetes";
import type { IssuerRecord } from "./record";

/**
 * An AKS cluster: its issuer is `https://REGION.oic.prod-aks.azure.com/TENANT/ID/`, earlier
 * `https://oidc.prod-aks.azure.com/ID/`.
 */
export const aks: IssuerRecord<"aks", KubernetesSubject> = {
  ...cluster,
  key: "aks",
  name: "an AKS cluster",
  signs: (url) => /^https:\/\/([^/]+\.)?oi(dc|c)\.prod-aks\.azure\.com\//.test(url),
  rotatesKeys: "AKS changes its signing keys on its own",
};
