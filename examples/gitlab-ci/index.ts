import { OidcTrustSetup } from "pulumi-oidc-runner";

// Pulumi Cloud gives jobs of GitLab CI/CD an access token for a token of their own.
const trust = new OidcTrustSetup("ci", {
  organization: "acme",
  gitlab: {},
  policies: [
    {
      decision: "allow",
      accessToken: {
        organization: {},
      },
      gitlab: {
        project: "acme/infra",
        projectId: "2195262071",
        namespaceId: "2183869357",
        ref: "main",
      },
    },
  ],
});

export const issuerId = trust.issuerId;
export const pipelineStep = trust.pipelineStep;
