import assert from "node:assert/strict";
import { OidcIssuer } from "../../../provider/resources/oidc-issuer";
import { OidcPolicy, type PolicyDefinition } from "../../../provider/resources/oidc-policy";
import { runProgram } from "../../helpers/pulumi-mocks";
import { API, cloud, ISSUER } from "./cloud";
import { only } from "./pick";

describe("OidcIssuer alone", () => {
  const URL = "https://issuer.example.com";

  it("registers itself with all its arguments, under a name that only it can have", async () => {
    const run = await runProgram(() => {
      const { issuerId, issuer, adopted } = new OidcIssuer("prod", {
        organization: "acme",
        issuerUrl: URL,
        name: "Production",
        maxExpirationSeconds: 3600,
        thumbprints: ["ab".repeat(32)],
        jwks: { keys: [{ kty: "OKP", kid: "1", crv: "Ed25519", x: "x" }] },
        adopt: false,
        forceDestroy: true,
        apiUrl: API,
        caCertificates: "PEM",
      });
      return { issuerId, issuer, adopted };
    }, cloud);
    assert.deepEqual(run.errors, []);
    assert.deepEqual(run.resources, [
      {
        type: "pulumi-nodejs:dynamic/oidc-runner:OidcIssuer",
        name: "prod",
        inputs: {
          __provider: 'exports.handler = () => require("pulumi-oidc-runner/dynamic").issuer;',
          organization: "acme",
          issuerUrl: URL,
          name: "Production-4c0e4b2b8c738fbb",
          maxExpirationSeconds: 3600,
          thumbprints: ["ab".repeat(32)],
          jwks: { keys: [{ kty: "OKP", kid: "1", crv: "Ed25519", x: "x" }] },
          adopt: false,
          forceDestroy: true,
          apiUrl: API,
          caCertificates: "PEM",
        },
        dependencies: [],
      },
    ]);
    assert.deepEqual(run.outputs, { issuerId: "issuer-of-prod", issuer: URL, adopted: false });
  });

  it("is told apart from the same issuer of another resource", async () => {
    const nameOf = async (name: string) => {
      const args = { organization: "acme", issuerUrl: ISSUER, name: "Production", apiUrl: API };
      return only(await runProgram(() => void new OidcIssuer(name, args), cloud), "OidcIssuer").inputs.name;
    };
    assert.equal(await nameOf("prod"), await nameOf("prod"));
    assert.notEqual(await nameOf("prod"), await nameOf("other"));
  });
});

describe("OidcPolicy alone", () => {
  it("registers itself with all its arguments", async () => {
    const definitions: PolicyDefinition[] = [
      { decision: "deny", accessToken: { personal: { user: "octo" } }, rules: { sub: "eve" } },
      {
        decision: "allow",
        accessToken: { runner: { pool: "pool" } },
        rules: { aud: "urn:pulumi:org:acme", sub: "x" },
      },
    ];
    const run = await runProgram(() => {
      const { policyId } = new OidcPolicy("ours", {
        organization: "acme",
        issuerId: "issuer-1",
        policies: definitions,
        adopt: true,
        apiUrl: API,
        caCertificates: "PEM",
      });
      return { policyId };
    }, cloud);
    assert.deepEqual(run.errors, []);
    assert.deepEqual(run.resources, [
      {
        type: "pulumi-nodejs:dynamic/oidc-runner:OidcPolicy",
        name: "ours",
        inputs: {
          __provider: 'exports.handler = () => require("pulumi-oidc-runner/dynamic").policy;',
          organization: "acme",
          issuerId: "issuer-1",
          policies: definitions,
          adopt: true,
          apiUrl: API,
          caCertificates: "PEM",
        },
        dependencies: [],
      },
    ]);
    assert.deepEqual(run.outputs, { policyId: "policy-of-ours" });
  });
});
