import { OidcTrustSetup } from "pulumi-oidc-runner";

// Pulumi Cloud gives jobs of GitHub Actions an access token for a token of their own.
const trust = new OidcTrustSetup("ci", {
  organization: "acme",
  githubActions: {},
  policies: [
    {
      decision: "allow",
      accessToken: {
        organization: {},
      },
      githubActions: {
        repository: "acme/infra",
        repositoryId: "2195262071",
        ownerId: "2183869357",
        branch: "main",
      },
    },
  ],
});

export const issuerId = trust.issuerId;
export const pipelineStep = trust.pipelineStep;
