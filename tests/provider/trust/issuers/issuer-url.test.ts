import { checkIssuerUrl } from "../../../../provider/trust/issuers/issuer-url";
import { refused } from "../../../helpers/refused";

describe("provider/trust/issuers/issuer-url", () => {
  for (const url of [
    "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF",
    "https://container.googleapis.com/v1/projects/p/locations/l/clusters/c",
    "https://westeurope.oic.prod-aks.azure.com/tenant/uuid/",
    "https://issuer.example.com:8443",
    "https://127.0.0.1:6443",
    "https://issuer.example.com/a@b",
    "https://issuer.example.com/.well-known",
  ]) {
    it(`accepts ${url}`, () => checkIssuerUrl(url));
  }

  for (const url of [
    "",
    "issuer.example.com",
    "http://issuer.example.com",
    "ftp://issuer.example.com",
    "https:issuer.example.com",
    "https:/issuer.example.com",
    "https:\\\\issuer.example.com",
    "HTTPS://issuer.example.com",
    " https://issuer.example.com",
    "https://issuer.example.com\n",
    "https://issuer.exam\tple.com",
    "https://",
    "https://issuer.example.com?",
    "https://issuer.example.com/?tenant=1",
    "https://issuer.example.com/#keys",
    "https://user@issuer.example.com",
    "https://user:secret@issuer.example.com",
    "https://@issuer.example.com",
    "https://issuer.example.com/.well-known/openid-configuration",
  ]) {
    it(`refuses ${JSON.stringify(url)}`, () => {
      refused(() => checkIssuerUrl(url), "ISSUER_URL_INVALID", "cluster.issuerUrl");
      refused(() => checkIssuerUrl(url, "url"), "ISSUER_URL_INVALID", "url");
    });
  }
});
