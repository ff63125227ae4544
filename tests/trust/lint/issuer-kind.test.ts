import assert from "node:assert/strict";
import { issuerKindOf } from "../../../trust/lint/issuer-kind";

describe("trust/lint/issuer-kind", () => {
  for (const [kind, urls] of [
    [
      "kubernetes",
      [
        "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC123",
        "https://oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC123",
        "https://container.googleapis.com/v1/projects/p/locations/l/clusters/c",
        "https://westeurope.oic.prod-aks.azure.com/tenant/id/",
        "https://kubernetes.default.svc.cluster.local",
      ],
    ],
    ["github", ["https://token.actions.githubusercontent.com", "https://github.acme.example/_services/token"]],
    ["gitlab", ["https://gitlab.com", "https://gitlab.com/"]],
    ["pulumi", ["https://api.pulumi.com/oidc", "https://api.pulumi.com/oidc/v2"]],
    [
      undefined,
      [
        "https://gitlab.acme.example",
        "https://gitlab.com.evil.example",
        "https://token.actions.githubusercontent.com.evil.example",
        "https://api.pulumi.com",
        "https://evil.example/oidc.eks.eu-west-1.amazonaws.com/id/ABC123",
      ],
    ],
  ] as const) {
    it(`tells ${kind ?? "none"} from the URL`, () => {
      for (const url of urls) {
        assert.equal(issuerKindOf(url), kind, url);
      }
    });
  }
});
