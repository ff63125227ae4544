import assert from "node:assert/strict";
import { conditionKeyPrefix, issuerOfProvider } from "../../../../trust/parties/aws/identity-providers";
import { refused } from "../../../helpers/refused";

const HOST = "oidc.eks.eu-west-1.amazonaws.com/id/ABC123";

describe("trust/parties/aws/identity-providers", () => {
  it("takes the condition key from the cluster's own provider, in every partition", () => {
    for (const partition of ["aws", "aws-cn", "aws-us-gov", "aws-iso-b", "aws-eusc"]) {
      const arn = `arn:${partition}:iam::123456789012:oidc-provider/${HOST}`;
      assert.equal(conditionKeyPrefix(arn, `https://${HOST}`), HOST);
    }
  });

  it("refuses another cluster's provider, down to one letter", () => {
    const arn = `arn:aws:iam::123456789012:oidc-provider/${HOST}`;
    for (const url of [
      `https://${HOST}4`,
      `https://${HOST.slice(0, -1)}`,
      `https://${HOST}/`,
      `http://${HOST}`,
      HOST,
    ]) {
      refused(
        () => conditionKeyPrefix(arn, url),
        "OIDC_PROVIDER_MISMATCH",
        "cluster.oidcProviderArn",
        `issuer is ${url}`,
      );
    }
  });

  it("refuses what is no provider's ARN", () => {
    for (const arn of [
      "",
      HOST,
      `https://${HOST}`,
      `arn:aws:iam::123456789012:role/${HOST}`,
      `arn:aws:iam::12345678901:oidc-provider/${HOST}`,
      `arn:gcp:iam::123456789012:oidc-provider/${HOST}`,
      `arn:awsx:iam::123456789012:oidc-provider/${HOST}`,
      "arn:aws:iam::123456789012:oidc-provider/",
      `x:arn:aws:iam::123456789012:oidc-provider/${HOST}`,
      `arn:aws:iam::123456789012:oidc-provider/${HOST}\nx`,
    ]) {
      refused(() => conditionKeyPrefix(arn, `https://${HOST}`), "OIDC_PROVIDER_ARN_INVALID", "cluster.oidcProviderArn");
    }
  });

  it("refuses a well-known provider, which has no ARN", () => {
    const issuer = "https://accounts.google.com";
    refused(() => conditionKeyPrefix("accounts.google.com", issuer), "OIDC_PROVIDER_ARN_INVALID");
  });

  it("knows the issuer of a federated principal", () => {
    for (const [principal, issuer] of [
      ["accounts.google.com", "accounts.google.com"],
      [`arn:aws-cn:iam::123456789012:oidc-provider/${HOST}`, HOST],
      ["arn:aws:iam::123456789012:saml-provider/acme", undefined],
      ["accounts.google.com/x", undefined],
      ["*", undefined],
    ] as const) {
      assert.equal(issuerOfProvider(principal), issuer, principal);
    }
  });
});
