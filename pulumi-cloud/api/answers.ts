import { RequestError } from "./errors";
import type { AuthPolicyRecord, IssuerRecord, TokenOwners } from "./types";

/**
 * Checks of what Pulumi Cloud answers. A list of which only a part came, or in which a field that is relied on is missing or
 * of another type, would be written back as if it were whole; so it is an error. Further fields are kept as they are.
 */

/** Reads the text of an answer; throws a {@link Fault} where it is not what the API describes. */
export type Reader<T> = (text: string) => T;

/**
 * What Pulumi's other lists put beside a page that is not the last: `continuationToken` (pulumi/pulumi
 * sdk/go/common/apitype/stacks.go at v3.259.0), `nextToken` (apitype/esc.go there); and the usual other names.
 */
const MORE = ["continuationToken", "nextToken", "nextPageToken", "nextCursor", "next", "nextPage", "hasMore"];

/** Why an answer can't be used. */
class Fault extends Error {}

/** An answer read by `reader`. @throws OidcRunnerError `PULUMI_CLOUD_ANSWER_INVALID` */
export function readAnswer<T>(text: string, where: string, reader: Reader<T>): T {
  try {
    return reader(text);
  } catch (error) {
    if (!(error instanceof Fault)) {
      throw error;
    }
    throw new RequestError(
      "PULUMI_CLOUD_ANSWER_INVALID",
      `the answer is not that of the Pulumi Cloud API as this version knows it: ${error.message}`,
      { where, fix: "check apiUrl and HTTPS_PROXY; if they are right, update pulumi-oidc-runner", mayHaveActed: true },
    );
  }
}

/** The answer to a request that needs none. A proxy's login page comes with 200 too. */
export const nothing: Reader<void> = (text) => {
  if (text.trim() !== "") {
    parse(text);
  }
};

export const readIssuers: Reader<IssuerRecord[]> = (text) => {
  const issuers = whole(parse(text)).oidcIssuers;
  // An empty list of Go's may be written as null; a list that is left out may be elsewhere by now.
  return issuers === null
    ? []
    : items(issuers, "oidcIssuers").map((item, index) => issuerAt(item, `oidcIssuers[${index}]`));
};

export const readIssuer: Reader<IssuerRecord> = (text) => issuerAt(parse(text), "");

export const readPolicy: Reader<AuthPolicyRecord> = (text) => {
  const policy = whole(parse(text));
  present(policy, "id", "string", "");
  present(policy, "version", "number", "");
  for (const [index, item] of items(policy.policies, "policies").entries()) {
    checkDefinition(item, `policies[${index}]`);
  }
  return policy as unknown as AuthPolicyRecord;
};

/** A page of a list, and what the next one is asked by; empty after the last. */
export const readTokenOwners =
  (kind: TokenOwners): Reader<{ names: [string, string][]; continuationToken: string }> =>
  (text) => {
    const answer = object(parse(text), "");
    const { list, names } = OWNER_LISTS[kind];
    const found = items(answer[list], list).flatMap((item, index) => names(object(item, `${list}[${index}]`)));
    texts(found.flat(), list);
    optional(answer, "continuationToken", "string", "");
    return { names: found as [string, string][], continuationToken: (answer.continuationToken ?? "") as string };
  };

/** What people may call an owner, each with what definitions call it. */
type Names = (item: Record<string, unknown>) => [unknown, unknown][];

const OWNER_LISTS: Record<TokenOwners, { list: string; names: Names }> = {
  teams: { list: "teams", names: ({ name }) => [[name, name]] },
  members: {
    list: "members",
    names: ({ user }) => {
      const { githubLogin } = object(user, "user");
      return [[githubLogin, githubLogin]];
    },
  },
  runnerPools: {
    list: "agentPools",
    names: ({ id, name }) => [
      [id, id],
      [name, name],
    ],
  },
  roles: {
    list: "roles",
    names: ({ id, name = id }) => [
      [name, id],
      [id, id],
    ],
  },
};

function issuerAt(answer: unknown, place: string): IssuerRecord {
  // What is null is not set, and neither is a limit of 0: clients send it for an issuer without one.
  const issuer = Object.fromEntries(
    Object.entries(object(answer, place)).filter(
      ([field, value]) => value !== null && !(field === "maxExpiration" && value === 0),
    ),
  );
  for (const field of ["id", "name", "url"]) {
    present(issuer, field, "string", place);
  }
  for (const field of ["issuer", "created", "modified", "lastUsed"]) {
    optional(issuer, field, "string", place);
  }
  optional(issuer, "maxExpiration", "number", place);
  if (issuer.thumbprints !== undefined) {
    texts(issuer.thumbprints, at(place, "thumbprints"));
  }
  if (issuer.jwks !== undefined) {
    items(object(issuer.jwks, at(place, "jwks")).keys, at(place, "jwks.keys"));
  }
  return issuer as unknown as IssuerRecord;
}

/** Decisions and token types of tomorrow are others' business; without its rules a deny would look like the default one. */
function checkDefinition(answer: unknown, place: string): void {
  const definition = object(answer, place);
  for (const field of ["decision", "tokenType"]) {
    present(definition, field, "string", place);
  }
  for (const field of ["teamName", "userLogin", "runnerID", "roleID"]) {
    optional(definition, field, "string", place);
  }
  if (definition.rules !== null) {
    object(definition.rules, at(place, "rules"));
  }
  if (definition.authorizedPermissions !== undefined && definition.authorizedPermissions !== null) {
    texts(definition.authorizedPermissions, at(place, "authorizedPermissions"));
  }
}

/** An object that says of itself that it is all there is. */
function whole(answer: unknown): Record<string, unknown> {
  const found = object(answer, "");
  // Absent, null, empty or false: this was the last page.
  const more = MORE.find((field) => found[field]);
  if (more !== undefined) {
    throw new Fault(`it is one page of several (${more})`);
  }
  return found;
}

function object(value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Fault(`${place === "" ? "it" : place} is ${nameOf(value)}, not an object`);
  }
  return value as Record<string, unknown>;
}

function items(value: unknown, place: string): unknown[] {
  if (!Array.isArray(value)) {
    throw new Fault(`${place} is ${nameOf(value)}, not a list`);
  }
  return value;
}

function texts(value: unknown, place: string): void {
  for (const [index, item] of items(value, place).entries()) {
    typed(item, "string", `${place}[${index}]`);
  }
}

function optional(value: Record<string, unknown>, field: string, type: Type, place: string): void {
  if (value[field] !== undefined && value[field] !== null) {
    typed(value[field], type, at(place, field));
  }
}

function present(value: Record<string, unknown>, field: string, type: Type, place: string): void {
  typed(value[field] === "" ? undefined : value[field], type, at(place, field));
}

type Type = "string" | "number";

function typed(value: unknown, type: Type, place: string): void {
  if (typeof value !== type) {
    throw new Fault(`${place} is ${nameOf(value)}, not a ${type === "string" ? "text" : "number"}`);
  }
}

function at(place: string, field: string): string {
  return place === "" ? field : `${place}.${field}`;
}

/** What a value is, without quoting it. */
function nameOf(value: unknown): string {
  if (value === undefined || value === null) {
    return value === null ? "null" : "missing";
  }
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const page = /^\s*</.test(text);
    throw new Fault(
      text.trim() === "" ? "it is empty" : page ? "it is a page of HTML" : "it is not JSON, or a part of it",
    );
  }
}
