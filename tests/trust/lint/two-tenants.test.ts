import assert from "node:assert/strict";
import fc from "fast-check";
import type { IssuerKey } from "../../../trust/issuers";
import { lint } from "../../../trust/parties/pulumi/lint";
import { tries } from "../../helpers/property";
import { takes } from "../../helpers/takes";

/** How an issuer writes its subjects, and what may follow the tenant. */
interface Grammar {
  kind?: IssuerKey;
  start: string;
  end: string;
  rests: string[];
}

const GRAMMARS: Grammar[] = [
  {
    kind: "githubActions",
    start: "repo:",
    end: "/",
    rests: ["app:ref:main", "app.js@2:environment:prod%3A1", "x:pull_request"],
  },
  { kind: "gitlab", start: "project_path:", end: "/", rests: ["infra:ref_type:branch:ref:v1.0", "a/b:ref:x"] },
  {
    kind: "pulumiDeployments",
    start: "pulumi:deploy:org:",
    end: ":",
    rests: ["project:a:stack:b", "project:a.b:stack:c"],
  },
  { kind: "pulumiDeployments", start: "pulumi:environments:org:", end: ":", rests: ["env:a/b", "env:dev"] },
  { start: "organization:", end: ":", rests: ["project:a:run_phase:apply", "pipeline:b"] },
  { start: "org/", end: "/", rests: ["project/1/user/2"] },
];
const CLUSTER: Grammar = {
  ...{ kind: "kubernetes", start: "system:serviceaccount:", end: ":" },
  rests: ["deployer", "runner-1"],
};

/** Names alike, in other scripts and cases, with dots, ids and encoded delimiters. */
const TENANTS = [
  "acme",
  "acme-io",
  "acme.io",
  "Acme",
  "\u0430cme",
  "acm\u00e9",
  "acme%3Aio",
  "acme@1",
  "acme@12",
  "a",
  "io",
];

/** A subject with some letters replaced by wildcards, and some wildcards put between. */
const patternOf = (subject: string) => {
  const letters = [...subject];
  const change = fc.tuple(fc.nat(letters.length), fc.nat({ max: 6 }), fc.constantFrom("*", "?", ".", ".", "?*", ".?"));
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    const parts = [...letters, ""];
    for (const [at, length, wildcards] of changes) {
      parts.fill("", at, at + length);
      parts[at] = wildcards;
    }
    return parts.join("");
  });
};

const caseOf = (grammars: Grammar[]) =>
  fc.tuple(fc.constantFrom(...grammars), fc.constantFrom(...TENANTS), fc.nat()).chain(([grammar, tenant, pick]) => {
    const { start, end, rests } = grammar;
    const rest = rests[pick % rests.length] as string;
    return fc.tuple(fc.constant({ grammar, tenant }), patternOf(`${start}${tenant}${end}${rest}`));
  });

/** The tenants, of those near one, whose subjects a pattern admits. */
function admitted(sub: string, { start, end, rests }: Grammar, tenant: string): string[] {
  const letters = [...tenant];
  const near = letters.flatMap((_, at) => [
    [...letters.slice(0, at), "x", ...letters.slice(at + 1)].join(""),
    [...letters.slice(0, at), ...letters.slice(at + 1)].join(""),
  ]);
  const names = new Set([...TENANTS, ...near, `${tenant}x`, `x${tenant}`].filter((name) => name !== ""));
  return [...names].filter((name) => rests.some((rest) => takes(sub, `${start}${name}${end}${rest}`)));
}

const findingsOf = (sub: string, { kind }: Grammar) =>
  lint([{ decision: "allow", tokenType: "organization", rules: { aud: "urn:pulumi:org:acme", sub } }], {
    issuer: kind,
  });

describe("trust/lint: two tenants", () => {
  it("knows its wildcards", () => {
    for (const [pattern, text] of [
      ["a*", "a"],
      ["a?b", "ab"],
      ["a?b", "axb"],
      ["a.b", "a.b"],
      [".", "\u{1f600}"],
    ] as const) {
      assert.ok(takes(pattern, text), `${pattern} ${text}`);
    }
    for (const [pattern, text] of [
      ["a.b", "ab"],
      ["a?b", "axxb"],
      ["A", "a"],
      ["a", "\u0430"],
      ["a%3A", "a:"],
    ] as const) {
      assert.ok(!takes(pattern, text), `${pattern} ${text}`);
    }
    // As in Entra ID.
    assert.ok(takes("a?b.", "axb.", "", "?") && !takes("a?b.", "ab.", "", "?") && !takes("a.b", "axb", "", "?"));
  });

  it("of an issuer that signs for strangers are never admitted without an error [A7]", () => {
    let several = 0;
    fc.assert(
      fc.property(caseOf(GRAMMARS), ([{ grammar, tenant }, sub]) => {
        const names = admitted(sub, grammar, tenant);
        if (names.length > 1) {
          several += 1;
          const errors = findingsOf(sub, grammar).filter(({ severity }) => severity === "error");
          assert.notDeepEqual(errors, [], `${sub} admits ${names.join(" and ")}, and nothing is said`);
        }
      }),
      tries(1500),
    );
    assert.ok(several > 20, `only ${several} patterns admitted two`);
  });

  it("of a cluster are never admitted in silence, unless a prefix that ends with a hyphen is theirs", () => {
    let several = 0;
    fc.assert(
      fc.property(caseOf([CLUSTER]), ([{ grammar, tenant }, sub]) => {
        const names = admitted(sub, grammar, tenant);
        const [first = ""] = names;
        const hyphen = first.search(/[-@]/) + 1;
        const owned = hyphen > 0 && names.every((name) => name.startsWith(first.slice(0, hyphen)));
        if (names.length > 1 && !owned) {
          several += 1;
          assert.notDeepEqual(
            findingsOf(sub, grammar),
            [],
            `${sub} admits ${names.join(" and ")}, and nothing is said`,
          );
        }
      }),
      tries(1000),
    );
    assert.ok(several > 10, `only ${several} patterns admitted two`);
  });

  it("are not seen where the tenant is written in full", () => {
    for (const { start, end, rests, kind } of GRAMMARS) {
      for (const tenant of ["acme", "acme-io", "\u0430cme", "acme%3Aio"]) {
        const sub = `${start}${tenant}${end}${rests[0]?.replace(/[.].*/, "")}`;
        const errors = findingsOf(sub, { kind, start, end, rests }).filter(({ severity }) => severity === "error");
        assert.deepEqual(errors, [], sub);
      }
    }
  });
});
