import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Claims } from "../../../trust/claims/claims";
import type { DefinitionInput } from "../../../trust/parties/pulumi/compile";

/** A place in a vendor's documentation: a file of a repository, or a page. */
export type Source = ({ repository: string; path: string; commit: string } | { url: string; date: string }) & {
  licence: string;
};

/** The claims that a vendor documents: tests/third-party/NAME/claims.json. */
export interface ClaimList {
  record: string;
  sources: Source[];
  claims: string[];
}

/** Tokens that a policy of a record admits or refuses: tests/vectors/issuers/NAME.json. */
export interface Vectors {
  record: string;
  sources: Record<string, Source>;
  /** What the cases' policies have in common. */
  policy: Partial<DefinitionInput>;
  /** What the cases' tokens have in common. */
  token: Claims;
  cases: VectorCase[];
}

interface VectorCase {
  name: string;
  /** A key of `sources`. */
  source: string;
  /** Fields of the subject that differ; null for one that it does not have. */
  policy?: Partial<DefinitionInput>;
  /** Claims that differ; null for one that the token does not have. */
  token?: Claims;
  decision: "allow" | "deny";
  /** The wanted token of the policy that the near misses of the record are made from. */
  sample?: true;
}

/** What is needed to read a document again. */
export function assertSource(source: Source): void {
  if ("url" in source) {
    assert.match(source.url, /^https:\/\//);
    assert.match(source.date, /^\d{4}-\d{2}-\d{2}$/);
  } else {
    assert.match(source.commit, /^[0-9a-f]{40}$/);
    assert.match(`${source.repository}/${source.path}`, /^[\w-]+\/[\w.-]+\/\S+$/);
  }
  assert.match(source.licence, /^\S/);
}

const TESTS = join(__dirname, "../..");

export const CLAIM_LISTS = read<ClaimList>("third-party", (name) => join(name, "claims.json"));
export const VECTORS = read<Vectors>("vectors/issuers", (name) => name);

function read<T>(folder: string, fileOf: (name: string) => string): T[] {
  return readdirSync(join(TESTS, folder))
    .map((name) => join(TESTS, folder, fileOf(name)))
    .filter((path) => existsSync(path))
    .map((path) => JSON.parse(readFileSync(path, "utf8")) as T);
}

/** The policy and the token of a case. */
export function caseOf(
  { record, policy, token }: Vectors,
  { policy: ownPolicy, token: ownToken }: VectorCase,
): { input: Partial<DefinitionInput>; token: Claims } {
  const key = record as "custom";
  const subject = withoutNulls({ ...policy[key], ...ownPolicy?.[key] });
  return { input: { ...policy, ...ownPolicy, [key]: subject }, token: withoutNulls({ ...token, ...ownToken }) };
}

function withoutNulls<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null)) as T;
}
