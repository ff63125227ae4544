import { isRecord } from "../../plugin/server";
import { checkCondition } from "./condition";
import { limitExceeded, malformed } from "./errors";
import { checkPrincipal } from "./principal";

/** Largest trust policy in characters, white space not counted. */
export const MAX_TRUST_POLICY = 2048;
/** Largest sum of a role's inline policies in characters, white space not counted. */
export const MAX_INLINE_POLICIES = 10_240;

const DOCUMENT_ELEMENTS = ["Version", "Id", "Statement"];
const COMMON_ELEMENTS = ["Sid", "Effect", "Action", "NotAction", "Condition"];

/**
 * Checks who may assume a role, as IAM does when the role is written. Stricter in one point: a document without `Version`
 * is refused, where IAM would take it as one of 2008.
 */
export function checkTrustPolicy(text: string): void {
  for (const statement of statements(text)) {
    for (const element of ["Resource", "NotResource"]) {
      if (element in statement) {
        throw malformed(`Has prohibited field ${element}`);
      }
    }
    checkStatement(statement, ["Principal", "NotPrincipal"]);
    if ("Principal" in statement === "NotPrincipal" in statement) {
      throw malformed("Missing required field Principal");
    }
    checkPrincipal(statement.Principal ?? statement.NotPrincipal);
    for (const action of listOf(statement.Action ?? statement.NotAction)) {
      if (!/^(\*|sts:[A-Za-z*?]+)$/i.test(action)) {
        throw malformed("AssumeRole policy may only specify STS AssumeRole actions.");
      }
    }
  }
  if (size(text) > MAX_TRUST_POLICY) {
    throw limitExceeded("ACLSizePerRole", MAX_TRUST_POLICY);
  }
}

/** Checks what a role may do. */
export function checkPermissionPolicy(text: string): void {
  for (const statement of statements(text)) {
    for (const element of ["Principal", "NotPrincipal"]) {
      if (element in statement) {
        throw malformed("Policy document should not specify a principal.");
      }
    }
    checkStatement(statement, ["Resource", "NotResource"]);
    if ("Resource" in statement === "NotResource" in statement) {
      throw malformed("Policy statement must contain resources.");
    }
    for (const resource of listOf(statement.Resource ?? statement.NotResource)) {
      if (!/^(\*|arn:.+)$/.test(resource)) {
        throw malformed(`Resource ${resource} must be in ARN format or "*".`);
      }
    }
    for (const action of listOf(statement.Action ?? statement.NotAction)) {
      if (!/^(\*|[A-Za-z0-9-]+:\S+)$/.test(action)) {
        throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
      }
    }
  }
}

/** Characters of a policy as IAM counts them: without white space. */
export function size(text: string): number {
  return text.replace(/\s/g, "").length;
}

function statements(text: string): Record<string, unknown>[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformed("This policy contains invalid Json");
  }
  if (!isRecord(document)) {
    throw malformed("Syntax errors in policy.");
  }
  checkElements(document, DOCUMENT_ELEMENTS);
  if (!["2012-10-17", "2008-10-17"].includes(String(document.Version))) {
    throw malformed("The policy failed legacy parsing: Version must be 2012-10-17 or 2008-10-17");
  }
  const list: unknown[] = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  if (list.length === 0 || !list.every(isRecord)) {
    throw malformed("Syntax errors in policy.");
  }
  const sids = list.flatMap(({ Sid }) => (Sid === undefined ? [] : [Sid]));
  if (new Set(sids).size !== sids.length) {
    throw malformed("Statement IDs (SID) in a single policy must be unique.");
  }
  return list;
}

function checkStatement(statement: Record<string, unknown>, extraElements: string[]): void {
  checkElements(statement, [...COMMON_ELEMENTS, ...extraElements]);
  if (!["Allow", "Deny"].includes(String(statement.Effect))) {
    throw malformed(`Invalid effect: ${text(statement.Effect)}`);
  }
  if ("Action" in statement === "NotAction" in statement) {
    throw malformed("Missing required field Action");
  }
  if (listOf(statement.Action ?? statement.NotAction).length === 0) {
    throw malformed("Missing required field Action");
  }
  if ("Sid" in statement && !/^[A-Za-z0-9]*$/.test(text(statement.Sid))) {
    throw malformed("Statement IDs (SID) must be alpha-numeric.");
  }
  if ("Condition" in statement) {
    checkCondition(statement.Condition);
  }
}

function checkElements(record: Record<string, unknown>, known: string[]): void {
  const unknown = Object.keys(record).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw malformed(`Unknown field ${unknown}`);
  }
}

function listOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (!list.every((item) => typeof item === "string")) {
    throw malformed("Syntax errors in policy.");
  }
  return list;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
