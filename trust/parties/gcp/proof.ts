import type { Claims } from "../../claims";
import { checkAdmitsOnly, fromAnotherIssuer, tokensOf } from "../../proof";
import { checkAudience } from "./audience";
import { type GcpTrust, type GcpTrustDocument, gcpTrust } from "./document";
import { type MappedAttributes, mismatch, parseMember, SUBJECT_BYTES } from "./members";
import { readProvider } from "./provider";

/**
 * The provider and members of `gcpTrust`, proven: the tokens are who the members stand for, their neighbours are not, and
 * neither are the same subjects of another issuer.
 *
 * @param neighbours tokens that resemble them, as the record of their issuer makes them
 * @throws OidcRunnerError `GCP_TRUST_INVALID`, `GCP_SUBJECT_TOO_LONG`, `TRUST_SUBJECT_INVALID`, `TRUST_NOT_PROVEN`
 */
export function proveGcpTrust(trust: GcpTrust, neighbours: readonly Claims[]): GcpTrustDocument {
  const document = gcpTrust(trust);
  // Some value for the claim that is mapped besides, so that it is not what a neighbour is refused for.
  const complete = (claims: Claims) => ({ ...(trust.shortClaim && { [trust.shortClaim]: "any" }), ...claims });
  checkGcpTrust(document, tokensOf(trust).map(complete), neighbours.map(complete));
  return document;
}

/**
 * Refuses a provider with members that does not admit some tokens, or that admits a neighbour.
 *
 * @throws OidcRunnerError `TRUST_NOT_PROVEN`
 */
export function checkGcpTrust(
  document: GcpTrustDocument,
  tokens: readonly Claims[],
  neighbours: readonly Claims[],
): void {
  const decide = (claims: Claims) => decideGcpTrust(document, claims);
  checkAdmitsOnly({ name: "the workload identity provider", shown: document, decide }, tokens, [
    ...neighbours,
    ...fromAnotherIssuer(tokens),
  ]);
}

/**
 * What a provider with members of the form that `gcpTrust` makes decides, without a library for CEL: an expression of any other
 * form has no value, so that it admits no token.
 */
export function decideGcpTrust(document: GcpTrustDocument, claims: Claims): "allow" | "deny" {
  const { reason, pool } = checkAudience(readProvider(document), claims);
  const attributes: MappedAttributes = {};
  for (const [attribute, expression] of Object.entries(document.attributeMapping)) {
    const values = expression.split(" + '/' + ").map((part) => {
      const [, claim = ""] = /^assertion\.(\w+)$/.exec(part) ?? [];
      return Object.hasOwn(claims, claim) ? claims[claim] : undefined;
    });
    if (!values.every((value) => typeof value === "string")) {
      return "deny";
    }
    attributes[attribute] = values.join("/");
  }
  const subject = String(attributes["google.subject"]);
  const isMet =
    claims.iss === document.issuerUri &&
    reason === undefined &&
    subject !== "" &&
    Buffer.byteLength(subject) <= SUBJECT_BYTES &&
    typeof claims.sub === "string" &&
    isMetBy(document.attributeCondition, claims.sub) &&
    document.members.some((member) => mismatch(parseMember(member), attributes, pool) === undefined);
  return isMet ? "allow" : "deny";
}

/** A text of CEL in single quotes, in which only quotes and backslashes are escaped. */
const TEXT = String.raw`'(?:[^'\\]|\\['\\])*'`;
const CONDITION = new RegExp(`^assertion\\.sub (?:== (${TEXT})|in \\[(${TEXT}(?:, ${TEXT})*)\\])$`);

const AFFIX = new RegExp(`^assertion\\.sub\\.(startsWith|endsWith)\\((${TEXT})\\)$`);

/** Whether a subject meets a condition on subjects or on how they begin and end; none meets one of another form. */
function isMetBy(condition: string, subject: string): boolean {
  const [, one, several] = CONDITION.exec(condition) ?? [];
  const texts = (one ?? several ?? "").match(new RegExp(TEXT, "g")) ?? [];
  return (
    texts.map(plain).includes(subject) || condition.split(" || ").some((part) => part.split(" && ").every(hasAffix))
  );

  function hasAffix(call: string): boolean {
    const [, name, text] = AFFIX.exec(call) ?? [];
    return (
      text !== undefined && (name === "startsWith" ? subject.startsWith(plain(text)) : subject.endsWith(plain(text)))
    );
  }
}

function plain(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, "$1");
}
