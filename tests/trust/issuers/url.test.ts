import { checkIssuerUrl } from "../../../trust/issuers/url";
import { refused } from "../../helpers/refused";

describe("trust/issuers/url", () => {
  for (const url of [
    "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF",
    "https://container.googleapis.com/v1/projects/p/locations/l/clusters/c",
    "https://westeurope.oic.prod-aks.azure.com/tenant/uuid/",
    "https://issuer.example.com:8443",
    "https://127.0.0.1:6443",
    "https://issuer.example.com/a@b",
    "https://issuer.example.com/https://a@b",
    "https://issuer.example.com/.well-known",
  ]) {
    it(`accepts ${url}`, () => checkIssuerUrl(url));
  }

  const bad: [url: string, reason: string][] = [
    ["", "it is not a URL"],
    ["issuer.example.com", "it is not a URL"],
    ["http://issuer.example.com", "its scheme is http, not https"],
    ["ftp://issuer.example.com", "its scheme is ftp, not https"],
    ["https:issuer.example.com", "it does not begin with https://"],
    ["https:/issuer.example.com", "it does not begin with https://"],
    ["https:\\\\issuer.example.com", "it is not a URL"],
    ["HTTPS://issuer.example.com", "it does not begin with https://"],
    [" https://issuer.example.com", "it is not a URL"],
    ["https://issuer.example.com\n", "it is not a URL"],
    ["https://issuer.exam\tple.com", "it is not a URL"],
    ["https://", "it is not a URL"],
    ["https://issuer.example.com?", "it has a query or a fragment"],
    ["https://issuer.example.com#", "it has a query or a fragment"],
    ["https://issuer.example.com/?tenant=1", "it has a query or a fragment"],
    ["https://issuer.example.com/#keys", "it has a query or a fragment"],
    ["https://user@issuer.example.com", "it has a user name"],
    ["https://user:secret@issuer.example.com", "it has a user name"],
    ["https://@issuer.example.com", "it has a user name"],
    ["https://issuer.example.com/.well-known/openid-configuration", "it is the address of the discovery document"],
  ];
  for (const [url, reason] of bad) {
    it(`refuses ${JSON.stringify(url)}`, () => {
      const words = `is not an issuer URL: ${reason}`;
      refused(() => checkIssuerUrl(url), "ISSUER_URL_INVALID", "cluster.issuerUrl", words);
      refused(() => checkIssuerUrl(url, "url"), "ISSUER_URL_INVALID", "url", words);
    });
  }
});
