import type { CiSystem } from "./system";

const ORGANIZATION = "0f6a1f1c-6d3b-4d0e-9a57-2b8a3d8f0c11";
const USER = "3c1e5a7b-0d2f-4a6c-8e9b-1f2a3b4c5d6e";
const NAME = "oidc.circleci.com";

/**
 * CircleCI (circleci/circleci-docs at 019b6996, docs/guides/modules/permissions-authentication/pages/openid-connect-tokens.adoc, and
 * oidc-tokens-with-custom-claims.adoc beside it: only `aud` can be chosen). The subject of `circleci run oidc get` is not documented;
 * here it is that of `$CIRCLE_OIDC_TOKEN_V2`.
 */
export const circleci: CiSystem = {
  claims: {
    iss: `https://oidc.circleci.com/org/${ORGANIZATION}`,
    [`${NAME}/project-id`]: "7c2f6d1e-90ab-4cde-8f01-23456789abcd",
    [`${NAME}/vcs-origin`]: "github.com/acme/infra",
    [`${NAME}/vcs-ref`]: "refs/heads/main",
    [`${NAME}/context-ids`]: ["5f0d6d0e-4d7a-4bb0-9f0a-6c1d2e3f4a5b"],
    [`${NAME}/ssh-rerun`]: false,
  },
  optional: {},
  derive(claims) {
    const organization = claims.iss?.split("/").at(-1);
    const origin = claims[`${NAME}/vcs-origin`];
    const change = origin ? `/vcs-origin/${origin}/vcs-ref/${claims[`${NAME}/vcs-ref`]}` : "";
    return {
      sub: `org/${organization}/project/${claims[`${NAME}/project-id`]}/user/${USER}${change}`,
      aud: organization,
    };
  },
  stamps: [],
  lifetimeSeconds: 3600,
  delivery: {
    by: "command",
    command: "circleci",
    words: ["run", "oidc", "get"],
    read([option, text = "", ...more]) {
      if (option === undefined) {
        return {};
      }
      const { aud, ...others } = option === "--claims" ? JSON.parse(text) : {};
      return more.length > 0 || typeof aud !== "string" || Object.keys(others).length > 0
        ? undefined
        : { audience: aud };
    },
  },
  variables: {
    CIRCLE_OIDC_TOKEN: ({ sub, ...claims }) => ({ ...claims, sub: String(sub).replace(/\/vcs-origin\/.*/s, "") }),
    CIRCLE_OIDC_TOKEN_V2: (claims) => claims,
  },
  pipeline({ jobs }: { jobs: Record<string, { steps: (string | { run?: { name: string; command: string } })[] }> }) {
    const steps = Object.values(jobs).flatMap((job) => job.steps);
    return {
      steps: steps.flatMap((step) =>
        typeof step === "string" || step.run === undefined ? [] : [{ name: step.run.name, text: step.run.command }],
      ),
    };
  },
};
