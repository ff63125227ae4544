import assert from "node:assert/strict";
import { claimFacts, ISSUERS, issuerByKey, issuerOf, tenancyClaim } from "../../../trust/issuers";

const KEYS = ISSUERS.map(({ key }) => key);
const CLUSTERS = ["eks", "gke", "aks", "kubernetes"];
const PULUMI = ["pulumiDeployments", "pulumiEsc"];

describe("trust/issuers", () => {
  for (const [key, urls] of [
    [
      "eks",
      ["https://oidc.eks.eu-west-1.amazonaws.com/id/ABC123", "https://oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC123"],
    ],
    ["gke", ["https://container.googleapis.com/v1/projects/p/locations/l/clusters/c"]],
    ["aks", ["https://westeurope.oic.prod-aks.azure.com/tenant/id/"]],
    ["kubernetes", ["https://kubernetes.default.svc.cluster.local"]],
    [
      "githubActions",
      [
        "https://token.actions.githubusercontent.com",
        "https://token.actions.githubusercontent.com/acme",
        "https://token.actions.acme.ghe.com",
        "https://token.actions.acme.ghe.com/acme",
        "https://github.acme.example/_services/token",
      ],
    ],
    ["gitlab", ["https://gitlab.com", "https://gitlab.com/"]],
    ["circleci", ["https://oidc.circleci.com/org/0ca3ddd9-f0b0-4635-a98c-5866526961b6"]],
    ["buildkite", ["https://agent.buildkite.com", "https://agent.buildkite.com/"]],
    ["bitbucket", ["https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"]],
    ["azureDevops", ["https://vstoken.dev.azure.com/0ca3ddd9-f0b0-4635-a98c-5866526961b6"]],
    ["terraformCloud", ["https://app.terraform.io", "https://app.eu.terraform.io"]],
    // Both sign at this address.
    ["pulumiDeployments", ["https://api.pulumi.com/oidc"]],
    ["pulumiEsc", ["https://api.pulumi.com/oidc/v2"]],
    [
      undefined,
      [
        "https://gitlab.acme.example",
        "https://oidc.circleci.com",
        "https://agent.buildkite.com/x",
        "https://api.bitbucket.org/2.0/workspaces/acme/x/pipelines-config/identity/oidc",
        "https://vstoken.dev.azure.com",
        "https://app.terraform.io.evil.example",
        "https://gitlab.com.evil.example",
        "https://token.actions.githubusercontent.com.evil.example",
        "https://token.actions.githubusercontent.com/acme/x",
        "https://token.actions.ghe.com",
        "https://token.actions.x.acme.ghe.com",
        "https://token.actions.acme.ghe.com.evil.example",
        "https://evil.example/https://token.actions.acme.ghe.com",
        "https://api.pulumi.com",
        "https://evil.example/oidc.eks.eu-west-1.amazonaws.com/id/ABC123",
      ],
    ],
  ] as const) {
    it(`tells ${key ?? "none"} from the URL`, () => {
      for (const url of urls) {
        assert.equal(issuerOf(url)?.key, key, url);
      }
    });
  }

  it("finds each by its key", () => {
    for (const key of KEYS) {
      assert.equal(issuerByKey(key).key, key);
    }
    assert.throws(() => issuerByKey("toString" as never), RangeError);
  });

  it("knows what tells the tenants of an issuer apart, at its own address alone", () => {
    for (const [issuer, tenancy] of [
      ["token.actions.githubusercontent.com", "sub"],
      ["token.actions.githubusercontent.com/", "sub"],
      ["token.actions.githubusercontent.com/acme", undefined],
      ["github.acme.example/_services/token", undefined],
      ["gitlab.com", "sub"],
      ["api.pulumi.com/oidc", "aud"],
      ["api.pulumi.com/oidc/v2", "aud"],
      ["app.terraform.io", "sub"],
      ["agent.buildkite.com", "sub"],
      ["oidc.vercel.com", "aud"],
      ["sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d", "sts:RoleSessionName"],
      ["oidc.eks.eu-west-1.amazonaws.com/id/ABC123", undefined],
      ["constructor", undefined],
    ] as const) {
      assert.equal(tenancyClaim(issuer), tenancy, issuer);
    }
  });

  describe("claims", () => {
    /** The issuers whose tokens can hold a value there. */
    const sentBy = (...keys: string[]) =>
      ISSUERS.filter((record) => claimFacts(record, keys) !== undefined).map(({ key }) => key);

    it("has the registered claims of all", () => {
      assert.deepEqual(sentBy("sub"), KEYS);
      assert.deepEqual(sentBy("jti"), KEYS);
      assert.deepEqual(sentBy("sub", "x"), []);
      assert.deepEqual(sentBy("scope"), PULUMI);
      assert.deepEqual(sentBy(), []);
      assert.deepEqual(sentBy(""), []);
      assert.deepEqual(sentBy("toString"), []);
    });

    it("has what is below kubernetes.io, and only there", () => {
      assert.deepEqual(sentBy("kubernetes.io", "namespace"), CLUSTERS);
      assert.deepEqual(sentBy("kubernetes.io", "pod", "uid"), CLUSTERS);
      assert.deepEqual(sentBy("kubernetes.io"), []);
      assert.deepEqual(sentBy("kubernetes.io", "pod"), []);
      assert.deepEqual(sentBy("kubernetes.io", "repository"), []);
      assert.deepEqual(sentBy("other.io", "namespace"), []);
      assert.deepEqual(sentBy("namespace"), []);
    });

    it("has properties of repositories, which their owners name", () => {
      assert.deepEqual(sentBy("repo_property_tier"), ["githubActions"]);
      assert.deepEqual(sentBy("my_repo_property_tier"), []);
      assert.deepEqual(sentBy("repo_property"), []);
    });
  });
});
