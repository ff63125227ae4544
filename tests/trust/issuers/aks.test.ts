import assert from "node:assert/strict";
import { aksTenant, checkAksIssuer } from "../../../trust/issuers";
import { refused } from "../../helpers/refused";

const TENANT = "11111111-2222-4333-8444-555555555555";
const ID = "99999999-8888-4777-8666-555555555555";
const ISSUER = `https://westeurope.oic.prod-aks.azure.com/${TENANT}/${ID}/`;
const OLD = `https://oidc.prod-aks.azure.com/${ID}/`;

describe("trust/issuers/aks", () => {
  it("reads the tenant from the issuers that name it", () => {
    assert.equal(aksTenant(ISSUER), TENANT);
    for (const other of [
      OLD,
      ISSUER.replace(TENANT, "acme"),
      ISSUER.replace(".azure.com", ".azure.com.example"),
      ISSUER.replace("westeurope.", ""),
      `https://example.com/?${ISSUER}`,
      "",
    ]) {
      assert.equal(aksTenant(other), undefined, other);
    }
  });

  it("takes issuers as AKS has them, and those of others", () => {
    for (const issuer of [ISSUER, OLD, "https://edge.clusters.example.com"]) {
      checkAksIssuer(issuer);
    }
  });

  it("refuses AKS's without the final slash, and says what to give", () => {
    for (const issuer of [ISSUER, OLD]) {
      refused(
        () => checkAksIssuer(issuer.slice(0, -1), "aks.issuerUrl"),
        "ISSUER_URL_INVALID",
        "aks.issuerUrl",
        `give ${issuer}, `,
      );
    }
  });

  it("refuses what no cluster has", () => {
    refused(() => checkAksIssuer(""), "OIDC_ISSUER_OFF", "cluster.issuerUrl", "--enable-oidc-issuer");
    refused(() => checkAksIssuer(ISSUER.replace("https", "http")), "ISSUER_URL_INVALID");
    refused(() => checkAksIssuer("https://kubernetes.default.svc.cluster.local"), "ISSUER_URL_SHARED");
  });
});
