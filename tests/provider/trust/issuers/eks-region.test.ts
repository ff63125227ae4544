import assert from "node:assert/strict";
import { eksRegion } from "../../../../provider/trust/issuers/eks";

describe("provider/trust/issuers/eks", () => {
  for (const [issuerUrl, region] of [
    ["https://oidc.eks.eu-west-1.amazonaws.com/id/ABC", "eu-west-1"],
    ["https://oidc.eks.ap-southeast-12.amazonaws.com/id/ABC", "ap-southeast-12"],
    ["https://oidc.eks.us-gov-west-1.amazonaws.com/id/ABC", "us-gov-west-1"],
    ["https://oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC", "cn-north-1"],
    ["https://oidc.eks.eusc-de-east-1.amazonaws.eu/id/ABC", "eusc-de-east-1"],
    ["https://oidc.eks.amazonaws.com/id/ABC", undefined],
    ["https://kubernetes.example.com/oidc.eks.eu-west-1.amazonaws.com", undefined],
    ["https://oidc.eks.EU-WEST-1.amazonaws.com/id/ABC", undefined],
    ["http://oidc.eks.eu-west-1.amazonaws.com/id/ABC", undefined],
    ["https://oidcxeks.eu-west-1.amazonaws.com/id/ABC", undefined],
  ] as const) {
    it(`reads ${region ?? "no region"} from ${issuerUrl}`, () => assert.equal(eksRegion(issuerUrl), region));
  }
});
