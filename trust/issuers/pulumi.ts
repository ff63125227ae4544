import { each, REGISTERED } from "./record";

/** The issuer of Pulumi Deployments and of the cloud logins of Pulumi ESC. */
export const PULUMI_ISSUER = "https://api.pulumi.com/oidc";

/** Organizations of Pulumi Cloud: without dots, see `checkOrganization`. */
export const PULUMI_ORGANIZATION = /^[A-Za-z0-9_-]+$/;

/** What names of projects, stacks and environments in Pulumi Cloud are made of. */
export const PULUMI_NAME = /^[A-Za-z0-9_.-]+$/;

/**
 * What Pulumi Deployments and Pulumi ESC have in common, because one issuer signs for both (Pulumi documentation, "Pulumi
 * Deployments: OIDC" and "Configuring OpenID Connect" of ESC).
 */
export const pulumi = {
  multiTenant: true,
  tenancy: "aud",
  subjects: [
    { start: "pulumi:deploy:org:", end: ":" },
    { start: "pulumi:environments:org:", end: ":" },
    { start: "pulumi:org:", end: ":" },
  ],
  labels: ["org", "project", "stack", "operation", "scope"],
  claims: {
    ...REGISTERED,
    stackId: { is: "id", identifies: "subject", tenantEnd: "" },
    org: { is: "name", identifies: "tenant", tenantEnd: "" },
    '"https://pulumi.com/org_id"': { is: "id", identifies: "tenant" },
    '"https://pulumi.com/current_env_id"': { is: "id", identifies: "subject" },
    ...each("id", '"https://pulumi.com/root_env_id"'),
    ...each("name", "project", "stack", "current_env", "root_env", "trigger_user"),
    ...each("name", '"https://pulumi.com/org"', '"https://pulumi.com/current_env"', '"https://pulumi.com/root_env"'),
    ...each("name", '"https://pulumi.com/actor"'),
    ...each("verified", "operation", "deployment", "scope"),
  },
} as const;
