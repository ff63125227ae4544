import type { CiSystem } from "./system";

const WORKSPACE = "a1b2c3d4-0002-4222-8333-444444444444";

interface BitbucketStep {
  name: string;
  oidc?: { audiences?: string[] };
  script: string[];
}

/**
 * Bitbucket Pipelines (Bitbucket Cloud documentation, "Integrate Pipelines with resource servers using OIDC"; claims as
 * gravitational/teleport has them at 2931ecb6, lib/bitbucket/token_validator_test.go, and 5448606d, lib/bitbucket/bitbucket.go).
 */
export const bitbucket: CiSystem = {
  claims: {
    iss: "https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
    aud: `ari:cloud:bitbucket::workspace/${WORKSPACE}`,
    workspaceUuid: `{${WORKSPACE}}`,
    repositoryUuid: "{a1b2c3d4-0001-4222-8333-444444444444}",
    pipelineUuid: "{a1b2c3d4-0005-4222-8333-444444444444}",
    stepUuid: "{a1b2c3d4-0004-4222-8333-444444444444}",
    branchName: "main",
    compliant: true,
  },
  optional: { deploymentEnvironmentUuid: "{a1b2c3d4-0003-4222-8333-444444444444}" },
  derive: ({ repositoryUuid, deploymentEnvironmentUuid, stepUuid }) => ({
    sub: [repositoryUuid, deploymentEnvironmentUuid, stepUuid].filter(Boolean).join(":"),
  }),
  stamps: [],
  lifetimeSeconds: 3600,
  delivery: { by: "variable", name: "BITBUCKET_STEP_OIDC_TOKEN" },
  pipeline({ pipelines }: { pipelines: { branches: Record<string, { step: BitbucketStep }[]> } }) {
    const step = Object.values(pipelines.branches)[0]?.[0]?.step;
    const [audience] = step?.oidc?.audiences ?? [];
    return { steps: [{ name: step?.name ?? "step", text: (step?.script ?? []).join("\n") }], audience };
  },
};
