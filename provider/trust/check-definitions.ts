import { OidcRunnerError } from "../errors";
import { parseClaimPath } from "./claim-path";
import { type PolicyDefinition, TOKEN_TYPES } from "./policy";

/** The field that must name the token's owner, by token type. */
const COMPANION = { organization: undefined, team: "teamName", personal: "userLogin", runner: "runnerID" } as const;

/**
 * Refuses definitions that Pulumi Cloud would refuse, and those that would fail open: an allow without rules admits
 * everybody.
 *
 * @throws OidcRunnerError `POLICY_EMPTY`, `POLICY_INVALID`, `POLICY_ALLOWS_ALL`, `CLAIM_PATH_INVALID`
 */
export function checkDefinitions(definitions: readonly PolicyDefinition[]): void {
  if (definitions.length === 0) {
    throw new OidcRunnerError("POLICY_EMPTY", "there is no policy definition", {
      where: "definitions",
      fix: "give at least one, or leave the policy out",
    });
  }
  definitions.forEach(checkDefinition);
}

function checkDefinition(definition: PolicyDefinition, index: number): void {
  const where = `definitions[${index}]`;
  if (definition.decision !== "allow" && definition.decision !== "deny") {
    throw new OidcRunnerError("POLICY_INVALID", `"${String(definition.decision)}" is no decision`, {
      where: `${where}.decision`,
      fix: "use allow or deny",
    });
  }
  if (!TOKEN_TYPES.includes(definition.tokenType)) {
    throw new OidcRunnerError("POLICY_INVALID", `"${String(definition.tokenType)}" is not a token type`, {
      where: `${where}.tokenType`,
      fix: `use one of ${TOKEN_TYPES.join(", ")}`,
    });
  }
  const companion = COMPANION[definition.tokenType];
  if (companion !== undefined && !definition[companion]) {
    throw new OidcRunnerError("POLICY_INVALID", `a definition for ${definition.tokenType} tokens needs ${companion}`, {
      where: `${where}.${companion}`,
      fix: `give ${companion}`,
    });
  }
  const paths = Object.keys(definition.rules ?? {});
  paths.forEach(parseClaimPath);
  if (definition.decision === "allow" && paths.length === 0) {
    throw new OidcRunnerError("POLICY_ALLOWS_ALL", "an allow without rules admits every token of the issuer", {
      where: `${where}.rules`,
      fix: "add rules on aud and sub",
    });
  }
}
