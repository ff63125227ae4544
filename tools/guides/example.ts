import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  flagOf,
  type GeneratedFile,
  generate,
  kebab,
  optionOf,
  SYSTEMS,
  type SystemQuestions,
  takeKnown,
} from "../../cli/ci";
import type { Claims } from "../../trust/claims";
import type { IssuerRecord } from "../../trust/issuers";
import { packageRoot } from "../toolchain";

/** A document that a fact is from: a file of a repository. */
export interface Source {
  repository: string;
  path: string;
  commit: string;
}

/** A token and what becomes of it. */
export interface Case {
  name: string;
  token: Claims;
  decision: "allow" | "deny";
}

/** What a guide shows of one system: the job of its vectors, and what `oidc-runner ci init` makes for it. */
export interface Example {
  record: IssuerRecord;
  /** Name of its page, and of its files in tests. */
  file: string;
  asked: SystemQuestions;
  /** Words of the command line, besides the system's name. */
  flags: string[];
  files: GeneratedFile[];
  notes: string[];
  subject: object;
  trust: Record<string, string>;
  cases: Case[];
  sources: Source[];
}

/** Pulumi's organization and the team whose token is asked for. */
export const ORGANIZATION = "acme";
export const TEAM = "platform";
export const DIRECTORY = "pulumi-oidc-trust";

interface Vectors {
  sources: Record<string, Source>;
  policy: Record<string, Record<string, string>>;
  token: Claims;
  cases: { name: string; decision: "allow" | "deny"; policy?: object; token?: Claims }[];
}

/** The example of a system. */
export async function exampleOf(record: IssuerRecord): Promise<Example> {
  const { key } = record;
  const file = kebab(key);
  const read = <T>(path: string) => JSON.parse(readFileSync(join(packageRoot(), "tests", path), "utf8")) as T;
  const vectors = read<Vectors>(`vectors/issuers/${file}.json`);
  const claims = read<{ sources: Source[] }>(`third-party/${file}/claims.json`);
  const subject = vectors.policy[key] ?? {};
  const asked = SYSTEMS[key] as SystemQuestions;
  const branch = (subject.branch ?? subject.ref ?? subject.vcsRef)?.replace("refs/heads/", "");
  // The one fact that is only in the issuer's address.
  const [, workspace] = /\/workspaces\/([^/]+)/.exec(String(vectors.token.iss)) ?? [];
  const values = asked.questions.flatMap(({ field, of }) => {
    const value = subject[field] ?? (field === "workspace" ? workspace : undefined);
    return value === undefined ? [] : [{ field, of, value }];
  });
  const common = { organization: ORGANIZATION, tokenType: "team", team: TEAM, ...(branch && { branch }) } as const;
  const given = [
    ...Object.entries(common).map(([option, value]) => ({ flag: kebab(option), value })),
    ...values.map(({ field, value }) => ({ flag: flagOf(field), value })),
  ];
  const { files, notes } = await generate(
    key,
    {
      ...common,
      ...Object.fromEntries(values.map(({ field, value }) => [optionOf(field), value])),
      ...{ apiUrl: "https://api.pulumi.com", directory: DIRECTORY, run: "pulumi whoami" },
    },
    { root: packageRoot() },
    takeKnown,
  );
  const sources = [...claims.sources, ...Object.values(vectors.sources)].map(
    (source) => [idOf(source), source] as const,
  );
  return {
    ...{ record, file, asked, files, notes, subject },
    trust: Object.fromEntries(
      values.filter(({ of }) => of.includes("trust")).map(({ field, value }) => [field, value]),
    ),
    flags: given.map(({ flag, value }) => `--${flag} ${/^[\w./-]+$/.test(value) ? value : `'${value}'`}`),
    cases: vectors.cases
      // A token of another issuer is for the policy of that one.
      .filter(({ policy, token }) => policy === undefined && token?.iss === undefined)
      .map(({ name, decision, token }) => ({ name, decision, token: withoutNulls({ ...vectors.token, ...token }) })),
    sources: [...new Map(sources).values()],
  };
}

const idOf = ({ repository, path, commit }: Source) => `${repository}/${path}@${commit}`;
const withoutNulls = (claims: Claims) =>
  Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null)) as Claims;
