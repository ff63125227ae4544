import { z } from "zod";
import type { GcpIam, ServiceAccount } from "../iam";
import { GcpApiError } from "../oauth";

/** Longest life of an access token unless an organization policy extends it, seconds; also what is given unasked. */
const MAX_LIFETIME_SECONDS = 3600;

/**
 * Bodies by the JSON mapping of Protocol Buffers (protobuf.dev, "ProtoJSON Format"): `null` is taken for every field and means
 * that it is absent, but it is refused as an entry of a list; a field that the API does not know is refused too.
 */
const DELEGATES = z.array(z.string()).nullish();

const ACCESS_TOKEN = z.strictObject({
  delegates: DELEGATES,
  scope: z.array(z.string().min(1)).min(1),
  lifetime: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?s$/)
    .nullish(),
});

const ID_TOKEN = z.strictObject({
  delegates: DELEGATES,
  audience: z.string().min(1),
  includeEmail: z.boolean().nullish(),
});

/** Reads the body of `generateAccessToken`; the life is in seconds. */
export function accessTokenRequest(text: string | undefined) {
  const { delegates, scope, lifetime } = parsed(text, ACCESS_TOKEN);
  const seconds = typeof lifetime === "string" ? Number(lifetime.slice(0, -1)) : MAX_LIFETIME_SECONDS;
  if (seconds <= 0 || seconds > MAX_LIFETIME_SECONDS) {
    throw new GcpApiError(
      "INVALID_ARGUMENT",
      `Invalid value at 'lifetime': more than 0 and at most ${MAX_LIFETIME_SECONDS} seconds are possible.`,
    );
  }
  return { delegates: delegates ?? [], scopes: scope, seconds };
}

/** Reads the body of `generateIdToken`. */
export function idTokenRequest(text: string | undefined) {
  const { delegates, audience, includeEmail } = parsed(text, ID_TOKEN);
  return { delegates: delegates ?? [], audience, includeEmail: includeEmail ?? false };
}

/**
 * The account of `projects/-/serviceAccounts/{email or unique id}`. A project in place of the hyphen is invalid (API
 * reference, field `name`). The words for an account that does not exist are the service's own, from users' reports.
 */
export function accountOf(iam: GcpIam, name: string): ServiceAccount {
  const [, id] = /^projects\/-\/serviceAccounts\/([^/:]+)$/.exec(name) ?? [];
  if (id === undefined) {
    throw new GcpApiError("INVALID_ARGUMENT", "Invalid form of account ID; it is projects/-/serviceAccounts/ACCOUNT.");
  }
  const account = iam.listAccounts().find(({ email, uniqueId }) => id === email || id === uniqueId);
  if (account === undefined) {
    throw new GcpApiError("NOT_FOUND", `Not found; Gaia id not found for email ${id}`);
  }
  if (account.disabled) {
    throw new GcpApiError("FAILED_PRECONDITION", "The service account is disabled.");
  }
  return account;
}

function parsed<T>(text: string | undefined, schema: z.ZodType<T>): T {
  let body: unknown;
  try {
    body = JSON.parse(text ?? "");
  } catch {
    throw new GcpApiError("INVALID_ARGUMENT", "Invalid JSON payload received.");
  }
  const result = schema.safeParse(body);
  if (result.success) {
    return result.data;
  }
  const [issue] = result.error.issues;
  throw new GcpApiError("INVALID_ARGUMENT", `Invalid value at '${issue?.path.join(".") ?? ""}': ${issue?.message}`);
}
