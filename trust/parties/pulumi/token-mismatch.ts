import { shown } from "../../claims";
import { type PolicyDefinition, TOKEN_OWNER, type TokenRequest } from "../../policy";
import { nearest } from "../../verdict";
import { evaluate } from "./evaluate";

/** How a definition's token differs from the one that is asked for, and what to ask for instead; undefined if it doesn't. */
export function otherToken(definition: PolicyDefinition, request: TokenRequest): string | undefined {
  const anyToken = { ...definition, decision: "allow", rules: {} } as const;
  if (evaluate([anyToken], {}, request).index === 0) {
    return undefined;
  }
  const owner = definition.teamName ?? definition.userLogin ?? definition.runnerID;
  const target = owner ? `${definition.tokenType} ${shown(owner)}` : String(definition.tokenType);
  const option = TOKEN_OWNER[definition.tokenType];
  if (definition.tokenType !== request.tokenType) {
    const how = `--token-type ${definition.tokenType}${option && owner ? ` --${option} ${shown(owner)}` : ""}`;
    return `${target}, asked for ${request.tokenType} (to ask for it: ${how})`;
  }
  if (evaluate([anyToken], {}, { ...request, admin: false }).index === 0) {
    return `${target} without admin, asked for admin (add "admin" to its authorizedPermissions)`;
  }
  const asked = (option && request[option]) ?? "";
  return `${target}, asked for ${asked === "" ? "none by name" : shown(asked)}${nearest(owner ?? "", [asked])}`;
}
