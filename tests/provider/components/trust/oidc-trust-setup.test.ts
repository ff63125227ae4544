import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { OidcTrustSetup, type OidcTrustSetupArgs } from "../../../../provider/components/trust/oidc-trust-setup";
import type { PolicyDefinition } from "../../../../provider/resources";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud } from "../cloud";
import { only } from "../pick";

const DEFINITION = {
  decision: "allow",
  accessToken: { team: { name: "platform" } },
  rules: { aud: "urn:pulumi:org:acme", sub: "system:serviceaccount:ci:*" },
} as const;

function setup(args: Partial<OidcTrustSetupArgs>) {
  return new OidcTrustSetup("prod", { organization: "acme", apiUrl: API, ...args });
}

describe("OidcTrustSetup", () => {
  it("registers the issuer and its definitions, and outputs what they are", async () => {
    const run = await runProgram(() => {
      const { issuerId, issuerUrl, adopted } = setup({
        kubernetes: { issuerUrl: "https://kubernetes.example.com" },
        policies: [DEFINITION, pulumi.output({ ...DEFINITION, accessToken: { team: { name: "two" } } })],
        maxExpirationSeconds: 3600,
        forceDestroy: true,
        caCertificates: "PEM",
      });
      return { issuerId, issuerUrl, adopted };
    }, cloud);
    assert.deepEqual(run.errors, []);
    const parent = "oidc-runner:index:OidcTrustSetup prod";
    assert.deepEqual(run.resources, [
      { type: "oidc-runner:index:OidcTrustSetup", name: "prod", inputs: {}, dependencies: [] },
      {
        type: "pulumi-nodejs:dynamic/oidc-runner:OidcIssuer",
        name: "prod",
        inputs: {
          __provider: 'exports.handler = () => require("pulumi-oidc-runner/dynamic").issuer;',
          organization: "acme",
          issuerUrl: "https://kubernetes.example.com",
          // Hashes of stack and resource follow the name: in users' state files, so they must not change.
          name: "prod-4c0e4b2bf6d03fa7",
          maxExpirationSeconds: 3600,
          forceDestroy: true,
          apiUrl: API,
          caCertificates: "PEM",
        },
        parent,
        dependencies: [],
      },
      {
        type: "pulumi-nodejs:dynamic/oidc-runner:OidcPolicy",
        name: "prod",
        inputs: {
          __provider: 'exports.handler = () => require("pulumi-oidc-runner/dynamic").policy;',
          organization: "acme",
          issuerId: "issuer-of-prod",
          issuerKind: "kubernetes",
          policies: [DEFINITION, { ...DEFINITION, accessToken: { team: { name: "two" } } }],
          apiUrl: API,
          caCertificates: "PEM",
        },
        parent,
        dependencies: ["pulumi-nodejs:dynamic/oidc-runner:OidcIssuer prod"],
      },
    ]);
    assert.deepEqual(run.outputs, {
      issuerId: "issuer-of-prod",
      issuerUrl: "https://kubernetes.example.com",
      adopted: false,
    });
  });

  it("adopts an issuer", async () => {
    const run = await runProgram(() => {
      const { adopted } = setup({
        custom: { issuerUrl: "https://i.example.com" },
        policies: [DEFINITION],
        adopt: true,
      });
      return { adopted };
    }, cloud);
    assert.equal(only(run, "OidcIssuer").inputs.adopt, true);
    assert.deepEqual(run.outputs, { adopted: true });
  });

  const eks = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC";
  const aks = "https://westeurope.oic.prod-aks.azure.com/tenant/id/";
  const gke = "https://container.googleapis.com/v1/projects/acme-prod/locations/europe-west1/clusters/prod";
  const names = { project: "acme-prod", location: "europe-west1", name: "prod" };
  const UUID = "0ca3ddd9-f0b0-4635-a98c-5866526961b6";
  const kinds: [string, Partial<OidcTrustSetupArgs>, string][] = [
    ["eks", { eks: { issuerUrl: eks } }, eks],
    ["aks, final slash kept", { aks: { issuerUrl: aks } }, aks],
    ["gke", { gke: names }, gke],
    ["gke, from Outputs", { gke: { ...names, project: pulumi.output("acme-prod") } }, gke],
    ["kubernetes, from an Output", { kubernetes: { issuerUrl: pulumi.output(eks) } }, eks],
    ["custom", { custom: { issuerUrl: "https://issuer.example.com/x" } }, "https://issuer.example.com/x"],
    ["custom, from an Output", { custom: { issuerUrl: pulumi.output(eks) } }, eks],
    ["githubActions", { githubActions: {} }, "https://token.actions.githubusercontent.com"],
    [
      "githubActions of an enterprise",
      { githubActions: { issuerUrl: "https://token.actions.githubusercontent.com/acme" } },
      "https://token.actions.githubusercontent.com/acme",
    ],
    ["gitlab", { gitlab: {} }, "https://gitlab.com"],
    [
      "gitlab of one's own, from an Output",
      { gitlab: { issuerUrl: pulumi.output("https://git.example.com") } },
      "https://git.example.com",
    ],
    ["pulumiDeployments", { pulumiDeployments: {} }, "https://api.pulumi.com/oidc"],
    ["circleci", { circleci: { organizationId: UUID } }, `https://oidc.circleci.com/org/${UUID}`],
    [
      "azureDevops, from an Output",
      { azureDevops: { organizationId: pulumi.output(UUID) } },
      `https://vstoken.dev.azure.com/${UUID}`,
    ],
  ];
  for (const [kind, args, url] of kinds) {
    it(`takes the issuer from ${kind}; without policies there is no OidcPolicy`, async () => {
      const run = await runProgram(() => ({ url: setup(args).issuerUrl }), cloud);
      assert.deepEqual(run.errors, []);
      assert.deepEqual(run.outputs, { url });
      assert.equal(only(run, "OidcIssuer").inputs.issuerUrl, url);
      assert.equal(run.resources.length, 2);
    });
  }

  const UUIDS = { organizationId: UUID };
  const own = { sub: "repo:acme/app:ref:refs/heads/main" };
  const definition = (accessToken: PolicyDefinition["accessToken"], more: Partial<PolicyDefinition> = {}) => ({
    decision: "allow" as const,
    accessToken,
    rules: { aud: "urn:pulumi:org:acme", ...own },
    ...more,
  });
  const organization = definition({ organization: {} });
  const platform = definition({ team: { name: "platform" } });
  const steps: [string, Partial<OidcTrustSetupArgs>, RegExp][] = [
    ["the organization's token without policies", {}, / --oidc-org 'acme' --non-interactive\n/],
    ["a team's", { policies: [platform, organization] }, / --oidc-org 'acme' --oidc-team 'platform' /],
    [
      "a user's, from an Output",
      { policies: pulumi.output([definition({ personal: { user: "ada" } })]) },
      / --oidc-user 'ada' /,
    ],
    ["none of a deny", { policies: [{ ...platform, decision: "deny" }, organization] }, / 'acme' --non-interactive\n/],
    [
      "none that the CLI can't ask for",
      { policies: [definition({ organization: { admin: true } }), definition({ team: { name: "plat*" } }), platform] },
      / --oidc-team 'platform' /,
    ],
    [
      "the audience of its policy",
      { policies: [definition({ organization: {} }, { rules: { ...own, aud: "https://pulumi" } })] },
      /&audience=https%3A%2F%2Fpulumi"/,
    ],
    ["the address that is given", {}, new RegExp(` --cloud-url '${API}' `)],
  ];
  for (const [what, args, expected] of steps) {
    it(`outputs a pipeline step, which asks for ${what}`, async () => {
      const run = await runProgram(() => ({ step: setup({ githubActions: {}, ...args }).pipelineStep }), cloud);
      assert.match(String(run.outputs?.step), expected);
    });
  }

  it("outputs the pipeline step of the issuer's own jobs, and none for others", async () => {
    const run = await runProgram(
      () => ({
        github: setup({ githubActions: {} }).pipelineStep,
        azure: new OidcTrustSetup("azure", { organization: "acme", azureDevops: UUIDS }).pipelineStep,
        terraform: new OidcTrustSetup("terraform", { organization: "acme", terraformCloud: {} }).pipelineStep,
        cluster: new OidcTrustSetup("eks", { organization: "acme", eks: { issuerUrl: eks } }).pipelineStep,
      }),
      cloud,
    );
    assert.deepEqual(run.errors, []);
    assert.match(String(run.outputs?.github), /^# GitHub Actions: .*&audience=urn:pulumi:org:acme, .*\nset -e\n/);
    assert.match(String(run.outputs?.azure), /^# Azure DevOps: .*\n.* --cloud-url 'https:/s);
    assert.deepEqual([run.outputs?.terraform, run.outputs?.cluster], [undefined, undefined]);
  });

  it("reads the keys of a cluster where it is told to", async () => {
    const jwksFromCluster = { kubeconfig: "/home/me/.kube/config", context: "kind" };
    const url = "https://issuer.example.com";
    const run = await runProgram(() => void setup({ kubernetes: { issuerUrl: url, jwksFromCluster } }), cloud);
    assert.deepEqual(only(run, "OidcIssuer").inputs.jwksFromCluster, jwksFromCluster);
  });

  it("hands every other option of the issuer on", async () => {
    const issuer = { maxExpirationSeconds: "2h", issuerId: "1", regenerateThumbprints: "1" };
    const run = await runProgram(() => void setup({ gitlab: {}, ...issuer }), cloud);
    const { maxExpirationSeconds, issuerId, regenerateThumbprints } = only(run, "OidcIssuer").inputs;
    assert.deepEqual({ maxExpirationSeconds, issuerId, regenerateThumbprints }, issuer);
    const thumbprints = ["ab".repeat(32)];
    const pinned = await runProgram(() => void setup({ gitlab: {}, thumbprints }), cloud);
    assert.deepEqual(only(pinned, "OidcIssuer").inputs.thumbprints, thumbprints);
  });

  for (const kind of ["kubernetes", "custom"] as const) {
    it(`uploads the keys of ${kind}`, async () => {
      const jwks = { keys: [{ kty: "RSA", kid: "1", n: "n", e: "AQAB" }] };
      const run = await runProgram(
        () => void setup({ [kind]: { issuerUrl: "https://issuer.example.com", jwks } }),
        cloud,
      );
      assert.deepEqual(only(run, "OidcIssuer").inputs.jwks, jwks);
    });
  }
});
