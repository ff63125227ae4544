import { z } from "zod";

const SECRET = z.union([z.string(), z.object({ secret: z.string() })]);
const OIDC = z.strictObject({
  aws: z
    .strictObject({
      roleArn: z.string(),
      sessionName: z.string(),
      duration: z.string().optional(),
      policyArns: z.array(z.string()).optional(),
    })
    .optional(),
  azure: z.strictObject({ clientId: z.string(), tenantId: z.string(), subscriptionId: z.string() }).optional(),
  gcp: z
    .strictObject({
      projectId: z.string(),
      region: z.string().optional(),
      workloadPoolId: z.string(),
      providerId: z.string(),
      serviceAccount: z.string(),
      tokenLifetime: z.string().optional(),
    })
    .optional(),
});

/**
 * Settings of a stack's deployments, as far as a rehearsal uses them: names and forms of pulumi/pulumi at v3.259.0,
 * sdk/go/common/apitype/deployments.go. An image, a runner pool and the options of GitHub are kept and not looked at.
 */
export const SETTINGS = z.looseObject({
  sourceContext: z
    .looseObject({ git: z.looseObject({ repoUrl: z.string().optional(), repoDir: z.string().optional() }).optional() })
    .optional(),
  operationContext: z
    .looseObject({
      oidc: OIDC.optional(),
      preRunCommands: z.array(z.string()).nullish(),
      environmentVariables: z.record(z.string(), SECRET).nullish(),
    })
    .optional(),
});

/** See {@link SETTINGS}. */
export type Settings = z.infer<typeof SETTINGS>;

/** What to reach a cloud by. */
export type OidcSettings = z.infer<typeof OIDC>;

type Tree = Record<string, unknown>;

/**
 * Settings after a patch: members that are null in it go, objects are merged, and all else is replaced (client.go,
 * `PatchStackDeploymentSettings`).
 */
export function patched(settings: Tree, patch: Tree): Tree {
  const merged = { ...settings };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) {
      delete merged[name];
    } else {
      merged[name] = isTree(value) ? patched(isTree(merged[name]) ? merged[name] : {}, value) : value;
    }
  }
  return merged;
}

/** What a request says: the CLI sends all members, and empty ones for what was not asked for. That these count as absent is our reading. */
export function said(value: Tree): Tree {
  const members = Object.entries(value).map(([name, member]) => [name, isTree(member) ? said(member) : member]);
  return Object.fromEntries(members.filter(([, member]) => !isEmpty(member)));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
