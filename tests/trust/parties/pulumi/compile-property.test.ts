import assert from "node:assert/strict";
import fc from "fast-check";
import type { Claims } from "../../../../trust/claims/claims";
import { podClaims } from "../../../../trust/issuers/kubernetes";
import { compileDefinitions, type DefinitionInput } from "../../../../trust/parties/pulumi/compile";
import { evaluate } from "../../../../trust/parties/pulumi/evaluate";
import { tries } from "../../../helpers/property";

type Parts = Record<string, string>;

/** A subject of each kind: the token it describes, and what sets its neighbours apart. */
interface Kind {
  name: string;
  /** The parts that make up the subject; values hold no dot. */
  parts: readonly string[];
  input(parts: Parts): Partial<DefinitionInput>;
  /** The tokens that the issuer may sign for these parts. */
  tokens(parts: Parts): Claims[];
}

const AUD = "urn:pulumi:org:acme";

/** As GitHub signs them: with names, or with names and ids, by the repository's age. */
function githubTokens({ owner, repo, ownerId, repoId }: Parts, context: string, aud = AUD): Claims[] {
  return [`repo:${owner}/${repo}:${context}`, `repo:${owner}@${ownerId}/${repo}@${repoId}:${context}`].map((sub) => ({
    ...{ iss: "https://token.actions.githubusercontent.com", aud, sub },
    ...{ repository: `${owner}/${repo}`, repository_id: repoId, repository_owner_id: ownerId, ref: "refs/heads/x" },
  }));
}

const github = (name: string, context: "branch" | "environment", text: (value: string) => string): Kind => ({
  name,
  parts: ["owner", "repo", "ownerId", "repoId", "place"],
  input: ({ owner, repo, ownerId, repoId, place }) => ({
    githubActions: { repository: `${owner}/${repo}`, repositoryId: repoId, ownerId, [context]: place },
  }),
  tokens: (parts) => githubTokens(parts, text(parts.place ?? "")),
});

const KINDS: Kind[] = [
  {
    name: "kubernetes",
    parts: ["namespace", "account", "pod"],
    input: ({ namespace = "", account = "", pod }) => ({
      kubernetes: { namespace, serviceAccountName: account, podName: pod },
    }),
    tokens: ({ namespace = "", account = "", pod }) => [
      podClaims({ issuerUrl: "https://i", namespace, serviceAccountName: account, audience: AUD, podName: pod }),
    ],
  },
  github("a GitHub branch with ids", "branch", (place) => `ref:refs/heads/${place}`),
  github("a GitHub environment with ids", "environment", (place) => `environment:${place}`),
  {
    name: "a GitHub branch by name",
    parts: ["owner", "repo", "place"],
    input: ({ owner, repo, place }) => ({ githubActions: { repository: `${owner}/${repo}`, branch: place } }),
    tokens: (parts) =>
      githubTokens({ ...parts, ownerId: "1", repoId: "2" }, `ref:refs/heads/${parts.place}`).slice(0, 1),
  },
  {
    name: "a GitLab branch",
    parts: ["group", "project", "place", "projectId"],
    input: ({ group, project, place, projectId }) => ({
      gitlab: { project: `${group}/${project}`, ref: place, projectId },
    }),
    tokens: ({ group, project, place, projectId }) => [
      { aud: AUD, sub: `project_path:${group}/${project}:ref_type:branch:ref:${place}`, project_id: projectId },
    ],
  },
  {
    name: "a deployment",
    parts: ["organization", "project", "stack", "operation"],
    input: ({ organization = "", project = "", stack = "", operation }) => ({
      pulumiDeployments: { organization, project, stack, operation: operation as "update" },
    }),
    tokens: ({ organization, project, stack, operation }) => [
      {
        aud: organization,
        sub: `pulumi:deploy:org:${organization}:project:${project}:stack:${stack}:operation:${operation}:scope:write`,
      },
    ],
  },
  {
    name: "an ESC environment",
    parts: ["organization", "project", "environment"],
    input: ({ organization = "", project = "", environment = "" }) => ({
      pulumiEsc: { organization, project, environment },
      audience: `aws:${organization}`,
    }),
    tokens: ({ organization, project, environment }) => [
      { aud: `aws:${organization}`, sub: `pulumi:environments:org:${organization}:env:${project}/${environment}` },
    ],
  },
];

const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?$/);
const operation = fc.constantFrom("preview", "update", "refresh", "destroy", "detect-drift", "remediate-drift");
const number = fc.nat({ max: 2000 }).map(String);

const partsOf = (kind: Kind) =>
  fc.record(
    Object.fromEntries(
      kind.parts.map((part) => [part, part === "operation" ? operation : part.endsWith("Id") ? number : name]),
    ),
  ) as fc.Arbitrary<Parts>;

/** Another value that resembles: it begins or ends alike, is longer or shorter, or is an id given out again. */
const neighbourOf = (part: string, value: string): fc.Arbitrary<string> =>
  part === "operation"
    ? operation.filter((other) => other !== value)
    : part.endsWith("Id")
      ? fc.constantFrom(`${value}0`, `1${value}`, String(Number(value) + 1))
      : fc.oneof(
          fc.constantFrom(`${value}-2`, `x${value}`, `${value}x`, value === "a" ? "b" : "a"),
          name.filter((other) => other !== value),
        );

const decide = (input: Partial<DefinitionInput>, claims: Claims) => {
  const definitions = compileDefinitions([{ decision: "allow", tokenType: "organization", ...input }], "acme");
  const compiled = definitions.map(({ definition }) => definition);
  return evaluate(compiled, claims, { tokenType: "organization" }).decision;
};

describe("trust/parties/pulumi/compile: a compiled definition", () => {
  for (const kind of KINDS) {
    it(`of ${kind.name} admits every form of its token, and none of a neighbour's`, () => {
      fc.assert(
        fc.property(
          partsOf(kind).chain((parts) =>
            fc.constantFrom(...kind.parts).chain((part) =>
              fc.record({
                parts: fc.constant(parts),
                part: fc.constant(part),
                value: neighbourOf(part, parts[part] ?? ""),
              }),
            ),
          ),
          ({ parts, part, value }) => {
            const input = kind.input(parts);
            for (const token of kind.tokens(parts)) {
              assert.equal(decide(input, token), "allow", JSON.stringify(token));
              assert.equal(decide(input, { ...token, aud: "urn:pulumi:org:other" }), "deny");
              assert.equal(decide(input, { ...token, aud: [] }), "deny");
              assert.equal(decide(input, { ...token, sub: undefined }), "deny");
            }
            for (const token of kind.tokens({ ...parts, [part]: value })) {
              assert.equal(decide(input, token), "deny", `${part} ${value}: ${JSON.stringify(token)}`);
            }
          },
        ),
        tries(200),
      );
    });
  }

  it("of a GitHub repository refuses the old name once somebody else has it, ids and all", () => {
    const ours = { owner: "acme", repo: "app", ownerId: "1", repoId: "2" };
    const input = { githubActions: { repository: "acme/app", repositoryId: "2", ownerId: "1", branch: "main" } };
    const context = "ref:refs/heads/main";
    for (const token of githubTokens(ours, context)) assert.equal(decide(input, token), "allow");
    for (const other of [{ ownerId: "9" }, { repoId: "9" }, { ownerId: "9", repoId: "9" }]) {
      for (const token of githubTokens({ ...ours, ...other }, context)) assert.equal(decide(input, token), "deny");
    }
    // A name that spells out ids is no id.
    const [forged] = githubTokens({ owner: "acme@1", repo: "app@2", ownerId: "9", repoId: "9" }, context);
    assert.equal(decide(input, forged as Claims), "deny");
  });
});
