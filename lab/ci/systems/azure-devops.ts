import type { CiSystem } from "./system";

const ORGANIZATION = "0ca3ddd9-f0b0-4635-a98c-5866526961b6";

/**
 * Azure DevOps (Azure DevOps REST API, "Oidctoken - Create"; claims, request and answer as gravitational/teleport has them at 7a02f9e3,
 * rfd/0211-azure-devops-joining.md). `System.AccessToken` is here in the variable that pipelines usually map it to.
 */
export const azureDevops: CiSystem = {
  claims: {
    iss: `https://vstoken.dev.azure.com/${ORGANIZATION}`,
    // The names in it are in no other claim.
    sub: "p://acme/infra/deploy",
    aud: "api://AzureADTokenExchange",
    org_id: ORGANIZATION,
    prj_id: "271ef6f7-5998-4b0f-86fb-4b54d9129990",
    def_id: "1",
    rpo_id: "acme/infra",
    rpo_uri: "https://github.com/acme/infra.git",
    rpo_ver: "c291ea713801eb300054d353d279e7b02331f671",
    rpo_ref: "refs/heads/main",
    run_id: "5",
  },
  optional: {},
  derive: () => ({}),
  stamps: ["nbf", "jti"],
  lifetimeSeconds: 300,
  delivery: {
    by: "request",
    method: "POST",
    url: "SYSTEM_OIDCREQUESTURI",
    query: "",
    token: "SYSTEM_ACCESSTOKEN",
    requiredParameter: "api-version",
    answer: "oidcToken",
  },
  // A step sees the job's bearer only where it maps it.
  pipeline: ({ steps }: { steps: { script?: string; displayName?: string; env?: Record<string, string> }[] }) => ({
    steps: steps.flatMap(({ script, displayName = "script", env }) => {
      const without = env?.SYSTEM_ACCESSTOKEN === "$(System.AccessToken)" ? [] : ["SYSTEM_ACCESSTOKEN"];
      return script === undefined ? [] : [{ name: displayName, text: script, without }];
    }),
  }),
};
