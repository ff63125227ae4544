import assert from "node:assert/strict";
import fc from "fast-check";
import { OidcRunnerError } from "../../../trust/errors";
import { type DefinitionChange, mergeDefinitions } from "../../../trust/policy/merge";
import type { PolicyDefinition } from "../../../trust/policy/model";
import { comparable, sameDefinition } from "../../../trust/policy/same";
import { isDefaultDeny } from "../../../trust/policy/standing-deny";
import { DEFAULT_DENY, leftBy } from "../../helpers/default-deny";
import { tries } from "../../helpers/property";
import { refused } from "../../helpers/refused";

const change = (parts: Partial<DefinitionChange>): DefinitionChange => ({
  ...{ remove: [], add: [], adopt: false },
  ...parts,
});
const allow = (sub: string, more: Partial<PolicyDefinition> = {}): PolicyDefinition => ({
  ...{ decision: "allow", tokenType: "organization", authorizedPermissions: [] },
  ...{ rules: { aud: "urn:pulumi:org:acme", sub } },
  ...more,
});
const deny = (rules: Record<string, string>, more: Partial<PolicyDefinition> = {}): PolicyDefinition => ({
  ...allow("", more),
  ...{ decision: "deny", rules },
});

/** Definitions of few values, so that equal and shadowing ones come up. */
const definition: fc.Arbitrary<PolicyDefinition> = fc.record(
  {
    decision: fc.constantFrom("allow", "deny"),
    tokenType: fc.constantFrom("organization", "team"),
    teamName: fc.constantFrom("", "web", "*"),
    authorizedPermissions: fc.constantFrom([], ["admin"]),
    rules: fc.dictionary(fc.constantFrom("aud", "sub"), fc.constantFrom("a", "b*", "*"), { noNullPrototype: true }),
    unknownField: fc.jsonValue({ maxDepth: 1 }),
  },
  { requiredKeys: ["decision", "tokenType", "rules"], noNullPrototype: true },
) as fc.Arbitrary<PolicyDefinition>;

describe("trust/policy/merge", () => {
  it("keeps others' definitions value for value and in order, and takes out just what it put in", () => {
    let merged = 0;
    fc.assert(
      fc.property(
        fc.array(definition, { maxLength: 6 }),
        fc.array(definition, { minLength: 1, maxLength: 3 }),
        (others, ours) => {
          const before = structuredClone(others);
          let after: PolicyDefinition[];
          try {
            after = mergeDefinitions(others, change({ add: ours }));
          } catch (error) {
            assert.ok(error instanceof OidcRunnerError && /^(POLICY_NOT_UNIQUE|DENY_SHADOWS)$/.test(error.code));
            return;
          } finally {
            assert.deepEqual(others, before);
          }
          merged += 1;
          const displaced = others.length === 1 && isDefaultDeny(others[0] as PolicyDefinition);
          assert.deepEqual(after, displaced ? ours : [...others, ...ours]);
          const restored = mergeDefinitions(after, change({ remove: ours }));
          assert.deepEqual(restored, displaced ? [] : others);
        },
      ),
      tries(1000),
    );
    assert.ok(merged > 100, `only ${merged} lists could be merged`);
  });

  it("puts changed definitions in the place of ours, and leaves the others where they are", () => {
    const list = [allow("one"), allow("ours"), allow("two")];
    const next = mergeDefinitions(list, change({ remove: [allow("ours")], add: [allow("new"), allow("more")] }));
    assert.deepEqual(next, [allow("one"), allow("new"), allow("two"), allow("more")]);
    const fewer = mergeDefinitions(next, change({ remove: [allow("new"), allow("more")], add: [allow("more")] }));
    assert.deepEqual(fewer, [allow("one"), allow("more"), allow("two")]);
  });

  it("takes a change of order alone as one that moves nobody else", () => {
    const list = [allow("a"), allow("one"), allow("b"), allow("two"), allow("c")];
    const ours = [allow("a"), allow("b"), allow("c")];
    const next = mergeDefinitions(list, change({ remove: ours, add: [allow("c"), allow("a"), allow("b")] }));
    assert.deepEqual(next, [allow("c"), allow("one"), allow("a"), allow("two"), allow("b")]);
  });

  it("keeps what stays in the values the service gave it, unless the change is one of meaning", () => {
    const stored = { ...allow("ours"), roleID: null } as unknown as PolicyDefinition;
    const list = [stored, allow("one")];
    assert.deepEqual(mergeDefinitions(list, change({ remove: [allow("ours")], add: [allow("ours")] })), list);
    const role = allow("ours", { roleID: "role-1" });
    assert.deepEqual(mergeDefinitions(list, change({ remove: [allow("ours")], add: [role] })), [role, allow("one")]);
  });

  it("keeps a definition of ours although somebody wrote the same, but takes none that was never ours", () => {
    const list = [allow("a"), allow("a")];
    assert.deepEqual(mergeDefinitions(list, change({ remove: [allow("a")], add: [allow("a")] })), list);
    refused(() => mergeDefinitions(list, change({ remove: [allow("b")], add: [allow("a")] })), "POLICY_NOT_UNIQUE");
  });

  it("changes, in any order, only what is ours", () => {
    let merged = 0;
    const unique = (length: number) => fc.uniqueArray(definition, { maxLength: length, comparator: sameDefinition });
    fc.assert(
      fc.property(unique(6), unique(4), unique(4), fc.infiniteStream(fc.nat()), (others, before, after, places) => {
        const has = (list: PolicyDefinition[], one: PolicyDefinition) =>
          list.some((entry) => sameDefinition(entry, one));
        fc.pre(others.length > 0 && !others.some((one) => has(before, one) || has(after, one)));
        fc.pre(others.length > 1 || !others.every(isDefaultDeny));
        const list: PolicyDefinition[] = [...others];
        for (const one of before) list.splice((places.next().value as number) % (list.length + 1), 0, one);
        const ask = change({ remove: before, add: after });
        let next: PolicyDefinition[];
        try {
          next = mergeDefinitions(list, ask);
        } catch (error) {
          assert.ok(error instanceof OidcRunnerError && error.code === "DENY_SHADOWS");
          return;
        }
        merged += 1;
        const theirs = next.filter((one) => !has(after, one));
        assert.deepEqual(theirs, others);
        // What stays may be written otherwise, and stays so.
        assert.deepEqual(next.filter((one) => has(after, one)).map(comparable), after.map(comparable));
        // Who repeats a write whose answer was lost changes nothing more.
        assert.deepEqual(mergeDefinitions(next, { ...ask, adopt: true }), next);
        if (before.length === after.length) {
          const moved = next.filter((one, index) => !has(after, one) && one !== list[index]);
          assert.deepEqual(moved, []);
        }
      }),
      tries(1000),
    );
    assert.ok(merged > 100, `only ${merged} lists could be merged`);
  });

  it("does nothing about a definition of ours that is gone already", () => {
    assert.deepEqual(mergeDefinitions([allow("one")], change({ remove: [allow("ours")] })), [allow("one")]);
  });

  it("takes out one of two equal definitions", () => {
    const list = [allow("a"), allow("a")];
    assert.deepEqual(mergeDefinitions(list, change({ remove: [allow("a")] })), [allow("a")]);
  });

  describe("default deny", () => {
    const add = [allow("ours")];
    const defaults: Record<string, PolicyDefinition> = {
      "an empty rule on sub": DEFAULT_DENY,
      "no rules": deny({}),
      "rules of null": { ...deny({}), rules: null } as unknown as PolicyDefinition,
      "a star": deny({ sub: "*" }),
      "wildcards alone": deny({ aud: "*", sub: ".?*" }),
      "another token type": deny({ sub: "" }, { tokenType: "personal", userLogin: "ada" }),
    };
    for (const [what, lone] of Object.entries(defaults)) {
      it(`with ${what} gives way to the first definition [A0] [A5]`, () => {
        assert.deepEqual(mergeDefinitions([lone], change({ add })), add);
        const ours = deny({ sub: "eve" });
        assert.deepEqual(mergeDefinitions([lone], change({ add: [ours] })), [ours]);
        assert.deepEqual(mergeDefinitions([ours, lone], change({ remove: [ours], add })), add);
        assert.deepEqual(mergeDefinitions([ours, lone], change({ remove: [ours] })), []);
      });

      it(`with ${what} stays when nothing comes`, () => {
        assert.deepEqual(mergeDefinitions([lone], change({})), [lone]);
        assert.deepEqual(mergeDefinitions([lone], change({ remove: add })), [lone]);
      });
    }

    it("is one with a literal character nowhere: its near misses stay", () => {
      for (const narrow of [deny({ sub: "e*" }), deny({ aud: "a", sub: "*" }), deny({ sub: ".", actor: "eve" })]) {
        assert.deepEqual(mergeDefinitions([narrow], change({ add })), [narrow, ...add]);
      }
      const wide = allow("*");
      assert.deepEqual(mergeDefinitions([wide], change({ add })), [wide, ...add]);
    });

    it("is one that stands alone: others' entries are resent unchanged, but for empty rules, which nobody can send", () => {
      refused(() => mergeDefinitions([deny({}), allow("one")], change({ add })), "DENY_SHADOWS");
      const team = deny({ sub: "*" }, { tokenType: "team", teamName: "web" });
      assert.deepEqual(mergeDefinitions([team, allow("one")], change({ add })), [team, allow("one"), ...add]);
      assert.deepEqual(mergeDefinitions([DEFAULT_DENY, allow("one")], change({ add })), [allow("one"), ...add]);
      const half = deny({ aud: "a", sub: "" });
      assert.deepEqual(mergeDefinitions([half, allow("one")], change({ remove: [allow("one")] })), []);
    });
  });

  describe("a deny that a removal left", () => {
    it("gives way to what comes next, beside others too, and to nothing else", () => {
      const left = leftBy(allow("gone"));
      for (const next of [allow("gone"), allow("other"), deny({ sub: "eve" })]) {
        assert.deepEqual(mergeDefinitions([left], change({ add: [next] })), [next]);
        assert.deepEqual(mergeDefinitions([left, allow("one")], change({ add: [next] })), [allow("one"), next]);
      }
      assert.deepEqual(mergeDefinitions([left], change({ remove: [allow("gone")] })), [left]);
      assert.deepEqual(mergeDefinitions([left, allow("one")], change({ remove: [allow("one")] })), [left]);
    });

    it("is known by its mark alone: a deny of somebody's own stays", () => {
      const { iss: _mark, ...rules } = leftBy(allow("gone")).rules;
      for (const own of [deny(rules), deny({ ...rules, iss: "https://issuer.example.com" })]) {
        assert.deepEqual(mergeDefinitions([own], change({ add: [allow("other")] })), [own, allow("other")]);
      }
      refused(() => mergeDefinitions([deny(rules)], change({ add: [allow("gone")] })), "DENY_SHADOWS");
    });
  });

  describe("POLICY_NOT_UNIQUE", () => {
    it("refuses a definition that is there, however it is written", () => {
      const ours = allow("ours");
      for (const same of [
        ours,
        allow("ours", { authorizedPermissions: undefined }),
        allow("ours", { teamName: "" }),
        { ...ours, roleID: null } as unknown as PolicyDefinition,
        { ...ours, rules: { sub: "ours", aud: "urn:pulumi:org:acme" } },
        { ...ours, unknownField: 1 } as unknown as PolicyDefinition,
      ]) {
        assert.ok(sameDefinition(same, ours));
        refused(() => mergeDefinitions([same], change({ add: [ours] })), "POLICY_NOT_UNIQUE");
        assert.deepEqual(mergeDefinitions([same], change({ add: [ours], adopt: true })), [same]);
      }
    });

    it("does not refuse its near misses", () => {
      for (const other of [
        allow("ours2"),
        allow("ours", { authorizedPermissions: ["admin"] }),
        allow("ours", { tokenType: "team", teamName: "web" }),
        allow("ours", { roleID: "role-1" }),
        allow("ours", { rules: { sub: "ours" } }),
      ]) {
        assert.deepEqual(mergeDefinitions([other], change({ add: [allow("ours")] })), [other, allow("ours")]);
      }
    });

    it("names the way for runners with one ServiceAccount, and not for others", () => {
      const fixOf = (sub: string) => {
        const definition = allow(sub);
        try {
          mergeDefinitions([definition], change({ add: [definition] }));
        } catch (error) {
          return (error as OidcRunnerError).fix ?? "";
        }
        return assert.fail("not refused");
      };
      assert.match(
        fixOf("system:serviceaccount:ci:deployer"),
        /adoptPolicies: true for one update .*\(createPolicy: false\)$/,
      );
      assert.match(
        fixOf("repo:acme/app:ref:refs/heads/main"),
        /adoptPolicies: true for one update .*make the rules differ$/,
      );
    });

    it("refuses two equal definitions of our own", () => {
      refused(() => mergeDefinitions([], change({ add: [allow("a"), allow("a")] })), "POLICY_NOT_UNIQUE");
    });
  });

  describe("DENY_SHADOWS", () => {
    const ours = allow("repo:acme/app:*");
    const team = allow("x", { tokenType: "team", teamName: "platform" });
    const shadows: [string, PolicyDefinition, PolicyDefinition][] = [
      ["a deny without rules", deny({}), ours],
      ["the same pattern", deny({ sub: "repo:acme/app:*" }), ours],
      ["a wider pattern", deny({ sub: "repo:acme/*" }), ours],
      ["one of its rules", deny({ aud: "urn:pulumi:org:acme" }), ours],
      ["a pattern of one character each", deny({ sub: "repo:acme/...:*" }), ours],
      ["a deny for all teams", deny({}, { tokenType: "team", teamName: "*" }), team],
      ["a pattern for a whole value", deny({ sub: "a?" }), allow("a?")],
    ];
    for (const [what, shadow, allowed] of shadows) {
      it(`refuses an allow under ${what}`, () =>
        refused(() => mergeDefinitions([allow("one"), shadow], change({ add: [allowed] })), "DENY_SHADOWS"));
    }

    const lets: [string, PolicyDefinition, PolicyDefinition][] = [
      ["a narrower pattern", deny({ sub: "repo:acme/app:ref:*" }), ours],
      ["a pattern of one character", deny({ sub: "repo:acme/app:." }), ours],
      ["a pattern of one character at most", deny({ sub: "repo:acme/app:?" }), ours],
      ["a pattern that wants what may be absent", deny({ sub: "a." }), allow("a?")],
      ["a rule of a claim we say nothing about", deny({ sub: "*", actor: "mallory" }), ours],
      ["another token type", deny({}, { tokenType: "team", teamName: "*" }), ours],
      ["another team", deny({}, { tokenType: "team", teamName: "web" }), team],
      [
        "another user",
        deny({}, { tokenType: "personal", userLogin: "eve" }),
        allow("x", { tokenType: "personal", userLogin: "ada" }),
      ],
      [
        "another runner",
        deny({}, { tokenType: "runner", runnerID: "2" }),
        allow("x", { tokenType: "runner", runnerID: "1" }),
      ],
    ];
    for (const [what, other, allowed] of lets) {
      it(`lets an allow beside ${what}`, () =>
        assert.deepEqual(mergeDefinitions([other, allow("one")], change({ add: [allowed] })), [
          ...[other, allow("one"), allowed],
        ]));
    }

    it("leaves others' shadowed allows alone", () => {
      const list = [
        deny({}, { tokenType: "team", teamName: "web" }),
        allow("x", { tokenType: "team", teamName: "web" }),
      ];
      assert.deepEqual(mergeDefinitions(list, change({ add: [ours] })), [...list, ours]);
    });
  });

  it("has no limit of its own: the service says how many it holds", () => {
    const others = Array.from({ length: 5000 }, (_, index) => allow(`other-${index}`));
    assert.equal(mergeDefinitions(others, change({ add: [allow("ours")] })).length, 5001);
  });
});
