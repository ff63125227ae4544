import assert from "node:assert/strict";
import { checkIssuerOptions, refuseStaticKeys } from "../../../../trust/issuers/registration/options";
import { refused } from "../../../helpers/refused";

const PRIVATE = "https://kubernetes.default.svc.cluster.local";
const EKS = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC";

describe("trust/issuers/registration/options", () => {
  for (const options of [
    {},
    { jwks: {} },
    { jwksFromCluster: {} },
    { thumbprints: [], jwks: {} },
    { regenerateThumbprints: "1" },
    { regenerateThumbprints: "1", issuerId: "1" },
    { issuerId: "1", jwks: {} },
    { importId: "a/1" },
  ]) {
    it(`accepts ${JSON.stringify(options)}`, () => checkIssuerOptions({ issuerUrl: PRIVATE, ...options }, "x"));
  }

  for (const options of [
    { jwks: {}, jwksFromCluster: {} },
    { regenerateThumbprints: "1", thumbprints: [] },
    { regenerateThumbprints: "1", jwks: {} },
    { regenerateThumbprints: "1", jwksFromCluster: {} },
    { issuerId: "1", importId: "a/1" },
  ]) {
    it(`refuses ${Object.keys(options).join(" with ")}`, () =>
      refused(() => checkIssuerOptions({ issuerUrl: PRIVATE, ...options }, "x"), "OPTION_CONFLICT", "x"));
  }

  for (const [options, text] of [
    [
      { jwks: {}, jwksFromCluster: {} },
      "jwks and jwksFromCluster are mutually exclusive: the keys come from one place",
    ],
    [
      { regenerateThumbprints: "1", thumbprints: [] },
      "regenerateThumbprints and thumbprints are mutually exclusive: what is given can't be recorded again",
    ],
    [
      { regenerateThumbprints: "1", jwks: {} },
      "regenerateThumbprints and jwks are mutually exclusive: Pulumi Cloud asks no server for static keys",
    ],
    [
      { regenerateThumbprints: "1", jwksFromCluster: {} },
      "regenerateThumbprints and jwksFromCluster are mutually exclusive: Pulumi Cloud asks no server for static keys",
    ],
    [
      { issuerId: "1", importId: "a/1" },
      "issuerId and the option import are mutually exclusive: one uses the issuer without owning it, the other owns it",
    ],
  ] as const) {
    it(`says that ${text}`, () => {
      const [names = ""] = text.split(" are mutually");
      const fix = `give only one of ${names.replace(" and ", ", ")}`;
      assert.throws(() => checkIssuerOptions(options, "x"), {
        message: `OPTION_CONFLICT: ${text} (at x). Fix: ${fix}`,
      });
    });
  }

  it("says why keys that rotate are not to be uploaded", () => {
    for (const [url, reason] of [
      [EKS, "EKS changes its signing keys every week, so uploaded keys stop working"],
      ["https://container.googleapis.com/v1/projects/p", "GKE changes its signing keys on its own"],
      ["https://oidc.prod-aks.azure.com/uuid/", "AKS changes its signing keys on its own"],
    ] as const) {
      assert.throws(
        () => refuseStaticKeys(url, "jwks"),
        (error: Error) => error.message.includes(`: ${reason}`) && error.message.includes(url),
      );
    }
  });

  for (const option of ["jwks", "jwksFromCluster"] as const) {
    for (const url of [
      EKS,
      "https://oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC",
      "https://container.googleapis.com/v1/projects/p/locations/l/clusters/c",
      "https://westeurope.oic.prod-aks.azure.com/tenant/uuid/",
      "https://oidc.prod-aks.azure.com/uuid/",
    ]) {
      it(`refuses ${option} of ${new URL(url).host}`, () => {
        refused(() => checkIssuerOptions({ issuerUrl: url, [option]: {} }, "x"), "JWKS_OF_ROTATING_ISSUER", option);
        checkIssuerOptions({ issuerUrl: url }, "x");
      });
    }

    it(`takes ${option} of issuers that only look like those, and of those not known yet`, () => {
      for (const url of [
        PRIVATE,
        "https://oidc.eks.example.com/id/ABC",
        "https://oidc.eks.eu-west-1.amazonaws.com.example.com/id/ABC",
        "https://container.googleapis.com.example.com/v1/projects/p",
        "https://issuer.example.com/https://oidc.eks.eu-west-1.amazonaws.com/",
        "https://fooic.prod-aks.azure.com/",
        "https://issuer.example.com/https://container.googleapis.com/v1/projects/p",
        "https://issuer.example.com/https://oidc.prod-aks.azure.com/",
      ]) {
        refuseStaticKeys(url, option);
      }
      checkIssuerOptions({ [option]: {} }, "x");
    });
  }
});
