import { type Claims, shown } from "../../claims";
import { type PolicyDefinition, type TokenSelection, tokenRequest } from "../../policy";
import type { CompiledDefinition } from "./compile";
import { explain } from "./explain";
import { otherToken } from "./token-mismatch";

/** How `explain` begins a reason. */
const BEGINNING = /^definition (\d+)/;

/** The other ways to a trust: beside a change of the definitions. */
const OWN = "leave createPolicy out: the runner then has a definition of its own";

/** Why definitions that runners share refuse the pod of one of them, in the words of a program, and what to do. */
export function explainShared(
  compiled: readonly CompiledDefinition[],
  claims: Claims,
  token: TokenSelection,
): { what: string; fix: string } {
  const definitions = compiled.map(({ definition }) => definition);
  const request = tokenRequest(token);
  const [reason = "", next = ""] = explain(definitions, claims, request).reasons;
  const index = BEGINNING.exec(reason)?.[1];
  const definition = definitions[Number(index)];
  if (definition === undefined) {
    return { what: reason, fix: `put an allow for this pod into the trust's policies, or ${OWN}` };
  }
  const place = `policies[${compiled[Number(index)]?.origin ?? index}]`;
  const what = reason.replace(BEGINNING, place);
  if (definition.decision === "deny") {
    const alone = next.startsWith("without it") ? `; ${next}` : "";
    return { what: what + alone, fix: `remove ${place}, or make it narrower` };
  }
  const other = otherToken(definition, request) ?? "";
  // What `explain` says to somebody at the command line is an argument here.
  const plain = other.replace(/ \(to ask for it: --.*\)$/, "");
  const remedy = what.endsWith("; its rules match") ? askFor(definition, token) : `make ${place} admit it`;
  return { what: what.replace(other, () => plain), fix: `${remedy}, or ${OWN}` };
}

/** How a runner asks for a definition's token, or a definition gives the one that is asked for. */
function askFor({ tokenType, teamName, userLogin, runnerID }: PolicyDefinition, token: TokenSelection): string {
  const owner = { organization: undefined, team: teamName, personal: userLogin, runner: runnerID }[tokenType];
  const field = { organization: "", team: "name", personal: "user", runner: "pool" }[tokenType];
  if (token.admin === true && tokenType === "organization") {
    return "leave admin out, or set admin: true in the policy's accessToken.organization";
  }
  if (owner === undefined) {
    return `give the runner accessToken: { ${tokenType}: {} }`;
  }
  // A pattern says of whom, not which one.
  return /[*?]/.test(owner)
    ? `give the runner an accessToken.${tokenType} with a ${field} that ${shown(owner)} matches`
    : `give the runner accessToken: { ${tokenType}: { ${field}: "${shown(owner)}" } }`;
}
