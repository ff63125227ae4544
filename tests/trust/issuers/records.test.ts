import assert from "node:assert/strict";
import { type Claims, claimValues } from "../../../trust/claims/claims";
import { parseClaimPath } from "../../../trust/claims/path";
import { claimFacts, custom, ISSUERS, type IssuerRecord, issuerOf, KNOWN_ISSUERS } from "../../../trust/issuers";
import { podClaims } from "../../../trust/issuers/kubernetes";
import {
  type CompiledDefinition,
  compileDefinitions,
  type DefinitionInput,
} from "../../../trust/parties/pulumi/compile";
import { evaluate } from "../../../trust/parties/pulumi/evaluate";
import { pulumiAudience } from "../../../trust/policy/audience";
import { caseOf, VECTORS } from "./documented";

const RECORDS: readonly IssuerRecord[] = [...ISSUERS, custom];

const AUD = pulumiAudience("acme");
const POD = podClaims({
  issuerUrl: "https://k.example.com",
  namespace: "ci",
  serviceAccountName: "deployer",
  audience: AUD,
});
const POD_INPUT = { namespace: "ci", serviceAccountName: "deployer" };

interface Sample {
  input: Partial<DefinitionInput>;
  tokens: Claims[];
}

/** A subject of each record without vectors, as users type it, and a token that it is about. */
const OTHERS: Record<string, Sample> = {
  pulumiDeployments: {
    input: { pulumiDeployments: { organization: "acme", project: "site", stack: "prod", operation: "update" } },
    tokens: [
      {
        iss: "https://api.pulumi.com/oidc",
        aud: "acme",
        sub: "pulumi:deploy:org:acme:project:site:stack:prod:operation:update:scope:write",
        org: "acme",
        project: "site",
        stack: "prod",
        operation: "update",
        scope: "write",
      },
    ],
  },
  pulumiEsc: {
    input: { pulumiEsc: { organization: "acme", project: "site", environment: "prod" }, audience: "aws:acme" },
    tokens: [
      { iss: "https://api.pulumi.com/oidc", aud: "aws:acme", sub: "pulumi:environments:org:acme:env:site/prod" },
    ],
  },
  eks: { input: { eks: POD_INPUT }, tokens: [POD] },
  gke: { input: { gke: POD_INPUT }, tokens: [POD] },
  aks: { input: { aks: POD_INPUT }, tokens: [POD] },
  kubernetes: { input: { kubernetes: POD_INPUT }, tokens: [POD] },
  custom: {
    input: { custom: { sub: "team:deployer" } },
    tokens: [{ iss: "https://i", aud: AUD, sub: "team:deployer" }],
  },
};

/** The same of all records: of CI systems, the marked cases of the vectors. */
const samplesOf = (key: string): Sample[] => {
  const vectors = VECTORS.find(({ record }) => record === key);
  const marked = vectors?.cases.filter(({ sample }) => sample).map((entry) => caseOf(vectors, entry));
  return (
    marked?.map(({ input, token }) => ({ input, tokens: [token] })) ?? [
      OTHERS[key] ?? assert.fail(`no sample of ${key}`),
    ]
  );
};

const compiled = (input: Partial<DefinitionInput>) =>
  compileDefinitions([{ decision: "allow", tokenType: "organization", ...input }], "acme").map(
    ({ definition }: CompiledDefinition) => definition,
  );
const decide = (input: Partial<DefinitionInput>, claims: Claims) =>
  evaluate(compiled(input), claims, { tokenType: "organization" }).decision;

/** Claims as sorted text: their order says nothing. */
const textOf = (claims: Claims) =>
  JSON.stringify(Object.entries(claims).sort(([one], [other]) => (one < other ? -1 : 1)));

describe("trust/issuers: each record", () => {
  for (const record of RECORDS) {
    const { key } = record;
    const samples = samplesOf(key);
    const tokens = samples.flatMap((sample) => sample.tokens);
    const [token = assert.fail(`no token of ${key}`)] = tokens;

    describe(key, () => {
      it("is complete", () => {
        for (const text of [record.name, record.audience.rule, record.getToken]) {
          assert.match(text, /^\S.*\S$/);
        }
        if (record.ci && "variable" in record.ci.token) {
          assert.ok(record.getToken.includes(record.ci.token.variable), "words and data name two variables");
        }
        for (const path of ["iss", "sub", "aud", "exp", "iat", "nbf", "jti"]) {
          assert.equal(record.claims[path]?.is, "verified", path);
        }
        for (const path of [...Object.keys(record.claims), ...record.suggested]) {
          assert.ok(parseClaimPath(path).length > 0);
        }
        for (const path of record.suggested) {
          const facts = record.claims[path];
          assert.ok(facts !== undefined && facts.is !== "untrusted", `suggests ${path}`);
        }
        assert.ok(record.urls.every((url) => record.signs(url) && url.startsWith("https://")));
        for (const url of Object.keys(record.elsewhere ?? {})) {
          assert.ok([record.key, undefined].includes(issuerOf(url.replace(/[A-Z]+/g, "acme"))?.key), url);
        }
        assert.ok(record.multiTenant || record.tenancy === undefined, "a tenancy, and one owner");
      });

      if (record !== custom) {
        it("says what identifies a tenant, by an id and by its subjects", () => {
          const ids = Object.values(record.claims).filter(({ is, identifies }) => is === "id" && identifies);
          assert.ok(ids.length > 0);
          assert.ok(record.subjects.some(({ start }) => String(token.sub).startsWith(start)));
        });

        it("classifies every claim of its tokens", () => {
          for (const claims of tokens) {
            for (const path of [...Object.keys(claims)].filter((name) => name !== "kubernetes.io")) {
              assert.ok(claimFacts(record, [path]) !== undefined, path);
            }
          }
        });
      }

      it("has the near misses of its tokens refused, one by one, and the tokens admitted", () => {
        for (const [input, claims] of samples.flatMap(({ input, tokens }) =>
          tokens.map((one) => [input, one] as const),
        )) {
          assert.equal(decide(input, claims), "allow", JSON.stringify(claims));
          const neighbours = record.neighbours(claims);
          assert.ok(neighbours.length >= 4, `only ${neighbours.length}`);
          for (const neighbour of neighbours) {
            assert.equal(decide(input, neighbour), "deny", JSON.stringify(neighbour));
          }
          assert.equal(new Set([claims, ...neighbours].map(textOf)).size, neighbours.length + 1, "two are the same");
          const shape = (one: Claims) => Object.keys(one).sort();
          if (claims.ref === undefined && claims["kubernetes.io"] === undefined) {
            assert.ok(neighbours.every((neighbour) => shape(neighbour).join() === shape(claims).join()));
          }
        }
      });

      it("has near misses in the audience and in the subject", () => {
        const audience = (claims: Claims) => claimValues(claims, ["aud"]).join();
        const neighbours = record.neighbours(token);
        assert.ok(neighbours.some((other) => audience(other) !== audience(token) && other.sub === token.sub));
        assert.ok(neighbours.some((other) => audience(other) === audience(token) && other.sub !== token.sub));
      });

      it("leaves out what the trust leaves open", () => {
        const parts = (open: string[]) => record.neighbours(token, open).map(({ aud }) => String(aud));
        assert.ok(parts(["audience"]).every((aud) => aud === String(token.aud)));
        assert.ok(parts(["audience"]).length < parts([]).length);
      });
    });
  }

  it("has near misses for each part of a subject, so that a trust that misses one is seen", () => {
    // Each drops what binds one part, and admits a neighbour by that.
    const wide: [key: string, claims: Record<string, string>][] = [
      ["githubActions", { sub: "repo:octo-org/*" }],
      ["githubActions", { sub: "repo:octo-org/octo.repo:*" }],
      ["githubActions", { sub: "repo:*/octo.repo:ref:refs/heads/main" }],
      ["githubActions", { sub: "repo:octo-org/octo.repo:ref:refs/heads/main" }],
      ["githubActions", { repository_id: "456789", repository_owner_id: "123456" }],
      ["gitlab", { sub: "project_path:my-group/*" }],
      ["gitlab", { sub: "project_path:*/my-project:ref_type:branch:ref:main" }],
      ["gitlab", { sub: "project_path:my-group/my-project:ref_type:*:ref:main" }],
      ["gitlab", { sub: "project_path:my-group/my-project:ref_type:branch:ref:main*" }],
      ["pulumiDeployments", { sub: "pulumi:deploy:org:*:project:site:stack:prod:operation:update:scope:write" }],
      ["pulumiDeployments", { sub: "pulumi:deploy:org:acme:project:site:stack:prod:operation:*:scope:write" }],
      ["pulumiDeployments", { sub: "pulumi:deploy:org:acme:project:site:stack:*:operation:update:scope:write" }],
      ["pulumiEsc", { sub: "pulumi:environments:org:acme:env:site/*" }],
      ["pulumiEsc", { sub: "pulumi:environments:org:acme:env:*" }],
      ["eks", { sub: "system:serviceaccount:ci:*" }],
      ["eks", { sub: "system:serviceaccount:*:deployer" }],
      ["custom", { sub: "team:deployer*" }],
    ];
    for (const [key, claims] of wide) {
      const record = RECORDS.find((entry) => entry.key === key) ?? assert.fail(key);
      const [token = {}] = samplesOf(key)[0]?.tokens ?? [];
      const input = { custom: claims, audience: claimValues(token, ["aud"])[0] };
      assert.equal(decide(input, token), "allow", `${key} ${JSON.stringify(claims)}`);
      assert.ok(
        record.neighbours(token).some((neighbour) => decide(input, neighbour) === "allow"),
        `nothing shows what ${key} ${JSON.stringify(claims)} admits`,
      );
    }
  });

  it("has the legacy, id and attribute forms of ESC's subjects, and a bare audience in each", () => {
    const esc = ISSUERS.find(({ key }) => key === "pulumiEsc") ?? assert.fail("no record");
    for (const sub of [
      "pulumi:environments:org:acme:env:prod",
      "pulumi:org:0b2c:env:77d1",
      "pulumi:environments:pulumi.organization.login:acme:currentEnvironment.name:site/prod",
    ]) {
      const subjects = esc.neighbours({ aud: "acme", sub }).map((claims) => claims.sub);
      assert.ok(new Set(subjects).size > 2, sub);
      assert.ok(
        subjects.every((other) => typeof other === "string" && !other.includes("undefined")),
        sub,
      );
    }
  });

  it("agrees with the others on what ends the tenant in a claim", () => {
    const ends = new Map<string, string>();
    for (const { claims } of KNOWN_ISSUERS) {
      for (const [path, { tenantEnd }] of Object.entries(claims)) {
        if (tenantEnd !== undefined) {
          assert.equal(ends.get(path) ?? tenantEnd, tenantEnd, path);
          ends.set(path, tenantEnd);
        }
      }
    }
  });
});
