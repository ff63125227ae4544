import { z } from "zod";
import { parseClaimPath } from "../../../trust/claims";
import { hasLiteralPart } from "../../../trust/pattern";
import { definitionKey, type PolicyDefinition, TOKEN_TYPES } from "../../../trust/policy";
import { ApiError } from "../errors";
import type { AuthPolicy, Organization } from "../organization";
import type { Switches } from "../switches";
import { timestamp } from "../timestamp";

const NAME = z.string().nullish();
const DEFINITION = z.looseObject({
  decision: z.enum(["allow", "deny"]),
  tokenType: z.enum(TOKEN_TYPES),
  teamName: NAME,
  userLogin: NAME,
  runnerID: NAME,
  roleID: NAME,
  authorizedPermissions: z.array(z.string()).nullish(),
  rules: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

/** Body of a PATCH of an auth policy. Fields we do not know are kept. */
export const POLICY_BODY = z.looseObject({ policies: z.array(DEFINITION).nullish() });

/** The field that says whom a token of this type is for. */
const COMPANIONS = { team: "teamName", personal: "userLogin", runner: "runnerID", organization: undefined } as const;

/** The definitions of a PATCH as they will be stored: order and every field as sent, unless a switch says otherwise. 400 for what cannot be stored. */
export function checkDefinitions(
  body: z.infer<typeof POLICY_BODY>,
  organization: Organization,
  switches: Switches,
): PolicyDefinition[] {
  const definitions = body.policies ?? [];
  if (definitions.length === 0) {
    throw new ApiError(400, "policy definition can not be empty");
  }
  const { maximumDefinitions } = switches;
  if (definitions.length > maximumDefinitions) {
    throw new ApiError(400, `an auth policy holds at most ${maximumDefinitions} definitions`);
  }
  const checked = definitions.map((definition, index) => {
    const companion = COMPANIONS[definition.tokenType];
    if (companion !== undefined && !definition[companion]) {
      throw new ApiError(400, `policies.${index}: ${companion} is required for token type ${definition.tokenType}`);
    }
    if (definition.tokenType === "runner" && switches.runnerPolicies === "refuse") {
      throw new ApiError(400, `policies.${index}: token type runner is not available`);
    }
    if (switches.organizationNeedsPermissionOrRole && lacksPermissionAndRole(definition)) {
      throw new ApiError(400, `policies.${index}: an organization token needs authorizedPermissions or roleID`);
    }
    checkPaths(definition.rules, index);
    checkLiterals(definition.rules, index, switches);
    const stored = kept(definition);
    if (switches.policyPrincipalsMustExist && !principalsExist(stored, organization)) {
      throw new ApiError(400, `policies.${index}: no such team, user, runner or role`);
    }
    return stored;
  });
  return settleEqual(checked, switches);
}

/**
 * A definition as it is kept: an owner that is null is left out, and null for permissions is an empty list. Answers for a
 * personal policy were seen to hold exactly authorizedPermissions, decision, rules, tokenType and userLogin (CI guard of
 * kyle-sexton, which compares them).
 */
function kept(definition: z.infer<typeof DEFINITION>): PolicyDefinition {
  const fields = Object.entries(definition).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(fields), authorizedPermissions: definition.authorizedPermissions ?? [] } as never;
}

function lacksPermissionAndRole(definition: z.infer<typeof DEFINITION>): boolean {
  const { decision, tokenType, authorizedPermissions, roleID } = definition;
  return decision === "allow" && tokenType === "organization" && !authorizedPermissions?.length && !roleID;
}

/** Whether a definition names no token in particular: none of its rules has a literal character. */
export function namesNothing({ rules }: { rules: Record<string, unknown> }): boolean {
  return !Object.values(rules).some((pattern) => hasLiteralPart(String(pattern)));
}

function checkLiterals(rules: Record<string, unknown>, index: number, { literalParts }: Switches): void {
  const entries = Object.entries(rules);
  const isRefused = {
    required: (pattern: string) => !hasLiteralPart(pattern),
    "non-empty": (pattern: string) => pattern === "",
    optional: () => false,
  }[literalParts];
  const refused = entries.find(([, pattern]) => isRefused(String(pattern)));
  if (refused !== undefined) {
    throw new ApiError(400, `key ${refused[0]} should at least have a strict matching portion`);
  }
  if (entries.length === 0 && literalParts === "required") {
    throw new ApiError(400, `policies.${index}: a definition needs a rule`);
  }
}

function settleEqual(definitions: PolicyDefinition[], { equalDefinitions }: Switches): PolicyDefinition[] {
  if (equalDefinitions === "keep") {
    return definitions;
  }
  const firsts = new Map<string, number>();
  for (const [index, definition] of definitions.entries()) {
    const key = definitionKey(definition);
    firsts.set(key, firsts.get(key) ?? index);
  }
  const first = (definition: PolicyDefinition) => firsts.get(definitionKey(definition)) as number;
  const repeated = definitions.findIndex((definition, index) => first(definition) < index);
  if (equalDefinitions === "reject" && repeated >= 0) {
    throw new ApiError(400, `policies.${repeated}: the list has this definition already`);
  }
  return definitions.filter((definition, index) => first(definition) === index);
}

function checkPaths(rules: Record<string, unknown>, index: number): void {
  for (const path of Object.keys(rules)) {
    try {
      parseClaimPath(path);
    } catch {
      throw new ApiError(400, `policies.${index}: a rule's key is not a claim path`);
    }
  }
}

function principalsExist(definition: PolicyDefinition, organization: Organization): boolean {
  const { teamName, userLogin, runnerID, roleID } = definition;
  return (
    // A pattern names no team in particular.
    (!teamName || /[*?.]/.test(teamName) || organization.teams.has(teamName)) &&
    (!userLogin || organization.users.has(userLogin)) &&
    (!runnerID || organization.hasRunner(runnerID)) &&
    (!roleID || organization.roles.has(roleID))
  );
}

/** An auth policy as the API shows it. */
export function policyAnswer(policy: AuthPolicy) {
  const { id, version, policies } = policy;
  return { id, version, created: timestamp(policy.created), modified: timestamp(policy.modified), policies };
}
