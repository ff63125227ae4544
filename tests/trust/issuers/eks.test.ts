import assert from "node:assert/strict";
import { issuerOf } from "../../../trust/issuers";
import { eks, eksRegion } from "../../../trust/issuers/eks";
import { refuseStaticKeys } from "../../../trust/issuers/registration/options";
import { refused } from "../../helpers/refused";

describe("trust/issuers/eks", () => {
  for (const [issuerUrl, region] of [
    ["https://oidc.eks.eu-west-1.amazonaws.com/id/ABC", "eu-west-1"],
    ["https://oidc.eks.ap-southeast-12.amazonaws.com/id/ABC", "ap-southeast-12"],
    ["https://oidc.eks.us-gov-west-1.amazonaws.com/id/ABC", "us-gov-west-1"],
    ["https://oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC", "cn-north-1"],
    ["https://oidc.eks.eusc-de-east-1.amazonaws.eu/id/ABC", "eusc-de-east-1"],
    ["https://oidc-eks.eu-west-1.api.aws/id/ABC", "eu-west-1"],
    ["https://oidc-eks.cn-north-1.api.amazonwebservices.com.cn/id/ABC", "cn-north-1"],
    ["https://oidc-eks.eusc-de-east-1.api.amazonwebservices.eu/id/ABC", "eusc-de-east-1"],
    ["https://oidc.eks.us-iso-east-1.c2s.ic.gov/id/ABC", "us-iso-east-1"],
    ["https://oidc-eks.us-iso-east-1.api.aws.ic.gov/id/ABC", "us-iso-east-1"],
    ["https://oidc.eks.us-isob-east-1.sc2s.sgov.gov/id/ABC", "us-isob-east-1"],
    ["https://oidc-eks.us-isob-east-1.api.aws.scloud/id/ABC", "us-isob-east-1"],
    ["https://oidc.eks.eu-isoe-west-1.cloud.adc-e.uk/id/ABC", "eu-isoe-west-1"],
    ["https://oidc.eks.us-isof-south-1.csp.hci.ic.gov/id/ABC", "us-isof-south-1"],
    ["https://oidc.eks.eu-west-1.amazonawsxcom/id/ABC", undefined],
    ["https://oidc.eks.eu-west-1.example.com/id/ABC", undefined],
    ["https://oidc.eks.eu-west-1.api.aws.example.com/id/ABC", undefined],
    ["https://oidc.eks.amazonaws.com/id/ABC", undefined],
    ["https://kubernetes.example.com/oidc.eks.eu-west-1.amazonaws.com", undefined],
    ["https://oidc.eks.EU-WEST-1.amazonaws.com/id/ABC", undefined],
    ["http://oidc.eks.eu-west-1.amazonaws.com/id/ABC", undefined],
    ["https://oidcxeks.eu-west-1.amazonaws.com/id/ABC", undefined],
  ] as const) {
    it(`reads ${region ?? "no region"} from ${issuerUrl}`, () => assert.equal(eksRegion(issuerUrl), region));
    it(`${region === undefined ? "refuses nothing for" : "refuses static keys of"} ${issuerUrl} [A20]`, () => {
      const known = region !== undefined;
      assert.equal(eks.signs(issuerUrl), known);
      assert.equal(issuerOf(issuerUrl)?.key, known ? "eks" : undefined);
      const upload = () => refuseStaticKeys(issuerUrl, "jwks");
      if (known) {
        refused(upload, "JWKS_OF_ROTATING_ISSUER", "jwks");
      } else {
        upload();
      }
    });
  }
});
