import { z } from "zod";
import { TOKEN_TYPES } from "../../trust/policy";
import type { Switches } from "../pulumi-cloud";

const SECONDS = z.number().min(0);

/** The switches of Pulumi Cloud that a control request may set: any of them, and no others. */
export const SWITCH_BODY: z.ZodType<Partial<Switches>> = z
  .strictObject({
    deniedStatus: z.union([z.literal(400), z.literal(401), z.literal(403)]),
    emptyErrorDescriptions: z.boolean(),
    trailingSlash: z.enum(["discovered", "exact"]),
    leewaySeconds: SECONDS,
    refuseReplay: z.boolean(),
    requiredClaims: z.array(z.string()),
    keysMaxAgeSeconds: SECONDS,
    keysCooldownSeconds: SECONDS,
    discoveryTimeoutMs: z.int().min(1),
    discoverDespiteJwks: z.boolean(),
    maxExpirationBounds: z.strictObject({ minimum: z.int(), maximum: z.int() }),
    unlimitedExpiration: z.enum(["absent", "zero"]),
    uniqueNames: z.boolean(),
    duplicateUrlStatus: z.union([z.literal(400), z.literal(409)]),
    urlInPatch: z.enum(["refuse", "ignore"]),
    policyOfUnknownIssuer: z.union([z.literal(400), z.literal(404)]),
    equalDefinitions: z.enum(["keep", "collapse", "reject"]),
    organizationNeedsPermissionOrRole: z.boolean(),
    policyPrincipalsMustExist: z.boolean(),
    tokenOwnersShownTo: z.enum(["organization", "administrators"]),
    literalParts: z.enum(["required", "non-empty", "optional"]),
    maximumDefinitions: z.int().min(1),
    runnerPolicies: z.enum(["accept", "refuse"]),
    defaultPolicy: z.array(
      z.looseObject({
        decision: z.enum(["allow", "deny"]),
        tokenType: z.enum(TOKEN_TYPES),
        rules: z.record(z.string(), z.string()),
      }),
    ),
    tokensOutliveIssuer: z.boolean(),
    forbiddenStatus: z.union([z.literal(403), z.literal(404)]),
    tokenTypes: z.array(z.enum(TOKEN_TYPES)),
    scopeEcho: z.enum(["request", "empty"]),
    driftOperation: z.enum(["own", "command"]),
  } satisfies Record<keyof Switches, z.ZodType>)
  .partial();
