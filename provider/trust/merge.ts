import { isDeepStrictEqual } from "node:util";
import { OidcRunnerError } from "../errors";
import type { PolicyDefinition } from "./policy";
import { coversPattern } from "./wildcard";

/** Most definitions an issuer's policy can hold. */
export const MAXIMUM_DEFINITIONS = 40;

/** What Pulumi Cloud gives a new issuer: deny everything. */
export const DEFAULT_DENY: PolicyDefinition = {
  decision: "deny",
  tokenType: "organization",
  authorizedPermissions: [],
  rules: {},
};

/** A change of one owner's definitions inside an issuer's one list. */
export interface DefinitionChange {
  remove: readonly PolicyDefinition[];
  add: readonly PolicyDefinition[];
  /** Whether a lone default deny gives way to the first allow. */
  replaceDefaultDeny: boolean;
  /** Whether a definition that is already there becomes ours instead of being refused. */
  adopt: boolean;
}

/** Whether two definitions say the same; absent, null and empty are one, and permissions have no order. */
export function sameDefinition(left: PolicyDefinition, right: PolicyDefinition): boolean {
  return isDeepStrictEqual(comparable(left), comparable(right));
}

function comparable(definition: PolicyDefinition): object {
  const present = Object.entries(definition).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  return {
    ...Object.fromEntries(present),
    authorizedPermissions: [...(definition.authorizedPermissions ?? [])].sort(),
    rules: definition.rules ?? {},
  };
}

/** Whether this is what a new issuer starts with: a deny of everything. */
export function isDefaultDeny(definition: PolicyDefinition): boolean {
  return definition.decision === "deny" && Object.keys(definition.rules ?? {}).length === 0;
}

/**
 * The list after a change. Others' entries keep their values and order; when nothing is left, everything is denied again.
 *
 * @throws OidcRunnerError `POLICY_NOT_UNIQUE`, `DENY_SHADOWS`, `POLICY_LIMIT`; then nothing may be written.
 */
export function mergeDefinitions(current: readonly PolicyDefinition[], change: DefinitionChange): PolicyDefinition[] {
  let next = [...current];
  for (const definition of change.remove) {
    const index = next.findIndex((entry) => sameDefinition(entry, definition));
    if (index >= 0) {
      next.splice(index, 1);
    }
  }
  const lone = next.length === 1 ? next[0] : undefined;
  if (change.replaceDefaultDeny && change.add.length > 0 && lone !== undefined && isDefaultDeny(lone)) {
    next = [];
  }
  for (const definition of change.add) {
    if (!next.some((entry) => sameDefinition(entry, definition))) {
      next.push(definition);
    } else if (!change.adopt) {
      throw new OidcRunnerError("POLICY_NOT_UNIQUE", "the issuer's policy already has this definition", {
        where: JSON.stringify(definition.rules),
        fix: "remove the other one, make the rules differ, or set adopt: true to take it over",
      });
    }
  }
  refuseShadowed(next, change.add);
  if (next.length > MAXIMUM_DEFINITIONS) {
    throw new OidcRunnerError(
      "POLICY_LIMIT",
      `the issuer's policy would have ${next.length} definitions, ${MAXIMUM_DEFINITIONS} are allowed`,
      {
        where: "definitions",
        fix: "let runners share a ServiceAccount, or remove definitions that are no longer used",
      },
    );
  }
  return next.length === 0 ? [DEFAULT_DENY] : next;
}

function refuseShadowed(list: readonly PolicyDefinition[], added: readonly PolicyDefinition[]): void {
  for (const allow of added.filter((definition) => definition.decision === "allow")) {
    const shadow = list.find((entry) => entry.decision === "deny" && shadows(entry, allow));
    if (shadow !== undefined) {
      throw new OidcRunnerError("DENY_SHADOWS", "a deny in the issuer's policy would refuse what this allows", {
        where: `deny ${JSON.stringify(shadow.rules)}`,
        fix: "remove that deny (replaceDefaultDeny: true for a lone deny without rules): a deny always wins",
      });
    }
  }
}

/** Whether a deny is about the same token and each of its rules holds for whatever the allow's rules admit. */
export function shadows(deny: PolicyDefinition, allow: PolicyDefinition): boolean {
  const sameTarget =
    deny.tokenType === allow.tokenType &&
    (deny.userLogin ?? "") === (allow.userLogin ?? "") &&
    (deny.runnerID ?? "") === (allow.runnerID ?? "") &&
    coversPattern(deny.teamName ?? "", allow.teamName ?? "");
  return (
    sameTarget &&
    Object.entries(deny.rules ?? {}).every(([path, pattern]) => {
      const admitted = allow.rules?.[path];
      return admitted !== undefined && coversPattern(String(pattern), String(admitted));
    })
  );
}
