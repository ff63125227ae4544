import { refuseSharedIssuer } from "../../../trust/issuers/default-cluster-issuer";
import { refused } from "../../helpers/refused";

describe("trust/issuers/default-cluster-issuer", () => {
  for (const url of [
    "https://kubernetes.default.svc.cluster.local",
    "https://kubernetes.default.svc.cluster.local/",
    "https://kubernetes.default.svc.cluster.local:443",
    "https://kubernetes.default.svc.corp.example.com",
    "https://kubernetes.default.svc",
    "https://kubernetes.default",
    "https://KUBERNETES.default.svc.cluster.local.",
  ]) {
    it(`refuses ${url}`, () => {
      const fix = "service-account-issuer in apiServer.extraArgs of kubeadm's ClusterConfiguration";
      refused(() => refuseSharedIssuer(url), "ISSUER_URL_SHARED", "cluster.issuerUrl", fix);
    });
  }

  for (const url of [
    "https://kubernetes.example.com",
    "https://kubernetes.default.example.com",
    "https://my-kubernetes.default.svc.cluster.local",
    "https://prod.example.com/kubernetes.default.svc",
    "https://10.0.0.1:6443",
    "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/",
  ]) {
    it(`takes ${url}`, () => refuseSharedIssuer(url));
  }
});
