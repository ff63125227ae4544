import { OidcRunnerError } from "../../../errors";

/** A statement of a trust policy, its one-or-many elements made lists. */
export interface Statement {
  /** Its `Sid` or, without one, its place: `statement 0`. */
  name: string;
  effect: "Allow" | "Deny";
  actions: string[];
  /** True for `NotAction`: the statement is about all actions but these. */
  exceptActions: boolean;
  /** `"*"`, or kind of principal → principals. */
  principal: "*" | Record<string, string[]>;
  /** Operator → key → values. */
  condition: Record<string, Record<string, string[]>>;
  /** Whether `${…}` in a value is a policy variable: since version 2012-10-17. */
  hasVariables: boolean;
}

const ELEMENTS = ["Sid", "Effect", "Action", "NotAction", "Principal", "Condition"];

/**
 * Reads a role's trust policy and refuses what IAM would not store (IAM User Guide, "Grammar of the IAM JSON policy
 * language"), so that no verdict is about a document that can't be.
 *
 * @throws OidcRunnerError `AWS_POLICY_INVALID`
 */
export function readTrustPolicy(document: unknown): Statement[] {
  const policy = object(document, "the policy");
  const version = policy.Version ?? "2008-10-17";
  if (version !== "2012-10-17" && version !== "2008-10-17") {
    throw invalid("its Version is neither 2012-10-17 nor 2008-10-17", "Version");
  }
  const statements: unknown[] = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  if (statements.length === 0) {
    throw invalid("it has no statement", "Statement");
  }
  return statements.map((entry, index) => readStatement(entry, `statement ${index}`, version === "2012-10-17"));
}

function readStatement(entry: unknown, place: string, hasVariables: boolean): Statement {
  const statement = object(entry, place);
  const foreign = Object.keys(statement).find((element) => !ELEMENTS.includes(element));
  if (foreign !== undefined) {
    throw invalid(`a role's trust policy can't have ${foreign}`, place);
  }
  const { Sid, Effect, Action, NotAction, Principal, Condition } = statement;
  if (Effect !== "Allow" && Effect !== "Deny") {
    throw invalid("its Effect is neither Allow nor Deny", place);
  }
  if ((Action === undefined) === (NotAction === undefined)) {
    throw invalid("it needs exactly one of Action and NotAction", place);
  }
  return {
    name: typeof Sid === "string" && Sid !== "" ? Sid : place,
    effect: Effect,
    actions: texts(Action ?? NotAction, `${place}.${Action === undefined ? "NotAction" : "Action"}`),
    exceptActions: Action === undefined,
    principal: Principal === "*" ? "*" : lists(Principal, `${place}.Principal`, texts),
    condition: lists(Condition ?? {}, `${place}.Condition`, (keys, where) => lists(keys, where, scalars)),
    hasVariables,
  };
}

function lists<T>(value: unknown, where: string, read: (entry: unknown, where: string) => T): Record<string, T> {
  return Object.fromEntries(
    Object.entries(object(value, where)).map(([name, entry]) => [name, read(entry, `${where}.${name}`)]),
  );
}

function texts(value: unknown, where: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0 || !list.every((item) => typeof item === "string")) {
    throw invalid("it is neither a text nor a list of texts", where);
  }
  return list;
}

/** Values of a condition may be numbers and booleans too. */
function scalars(value: unknown, where: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return texts(
    list.map((item) => (typeof item === "number" || typeof item === "boolean" ? String(item) : item)),
    where,
  );
}

function object(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid("it is not an object", where);
  }
  return value as Record<string, unknown>;
}

/** The error of every document that IAM would refuse. */
export function invalid(what: string, where: string): OidcRunnerError {
  return new OidcRunnerError("AWS_POLICY_INVALID", `this is not a trust policy of an IAM role: ${what}`, {
    where,
    fix: "give the role's AssumeRolePolicyDocument, as `aws iam get-role` prints it",
  });
}
