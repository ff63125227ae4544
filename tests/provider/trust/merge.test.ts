import assert from "node:assert/strict";
import fc from "fast-check";
import { OidcRunnerError } from "../../../provider/errors";
import {
  DEFAULT_DENY,
  type DefinitionChange,
  isDefaultDeny,
  MAXIMUM_DEFINITIONS,
  mergeDefinitions,
  sameDefinition,
} from "../../../provider/trust/merge";
import type { PolicyDefinition } from "../../../provider/trust/policy";
import { tries } from "../../helpers/property";
import { refused } from "../../helpers/refused";

const change = (parts: Partial<DefinitionChange>): DefinitionChange => ({
  ...{ remove: [], add: [], replaceDefaultDeny: false, adopt: false },
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

describe("provider/trust/merge", () => {
  it("keeps others' definitions value for value and in order, and takes out just what it put in", () => {
    let merged = 0;
    fc.assert(
      fc.property(
        fc.array(definition, { maxLength: 6 }),
        fc.array(definition, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (others, ours, replaceDefaultDeny) => {
          const before = structuredClone(others);
          let after: PolicyDefinition[];
          try {
            after = mergeDefinitions(others, change({ add: ours, replaceDefaultDeny }));
          } catch (error) {
            assert.ok(error instanceof OidcRunnerError && /^(POLICY_NOT_UNIQUE|DENY_SHADOWS)$/.test(error.code));
            return;
          } finally {
            assert.deepEqual(others, before);
          }
          merged += 1;
          const displaced = replaceDefaultDeny && others.length === 1 && isDefaultDeny(others[0] as PolicyDefinition);
          assert.deepEqual(after, displaced ? ours : [...others, ...ours]);
          const restored = mergeDefinitions(after, change({ remove: ours }));
          assert.deepEqual(restored, displaced || others.length === 0 ? [DEFAULT_DENY] : others);
        },
      ),
      tries(1000),
    );
    assert.ok(merged > 100, `only ${merged} lists could be merged`);
  });

  it("changes its own definitions and leaves the others where they are", () => {
    const list = [allow("one"), allow("ours"), allow("two")];
    const next = mergeDefinitions(list, change({ remove: [allow("ours")], add: [allow("new")] }));
    assert.deepEqual(next, [allow("one"), allow("two"), allow("new")]);
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
    it("gives way only when it is alone and that is allowed", () => {
      assert.deepEqual(mergeDefinitions([DEFAULT_DENY], change({ add, replaceDefaultDeny: true })), add);
      refused(() => mergeDefinitions([DEFAULT_DENY], change({ add })), "DENY_SHADOWS");
      refused(
        () => mergeDefinitions([DEFAULT_DENY, allow("one")], change({ add, replaceDefaultDeny: true })),
        "DENY_SHADOWS",
      );
    });

    it("gives way to nothing but a definition", () => {
      assert.deepEqual(mergeDefinitions([DEFAULT_DENY], change({ replaceDefaultDeny: true })), [DEFAULT_DENY]);
    });

    it("is known by having no rules, not by being a deny", () => {
      const narrow = deny({ sub: "somebody" });
      assert.deepEqual(mergeDefinitions([narrow], change({ add, replaceDefaultDeny: true })), [narrow, ...add]);
      assert.ok(isDefaultDeny({ ...DEFAULT_DENY, rules: null } as unknown as PolicyDefinition));
      assert.ok(!isDefaultDeny(allow("x", { rules: {} })));
    });

    it("is written back when nothing is left", () => {
      assert.deepEqual(mergeDefinitions(add, change({ remove: add })), [DEFAULT_DENY]);
      assert.deepEqual(mergeDefinitions([...add, allow("one")], change({ remove: add })), [allow("one")]);
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
        { ...allow("ours"), unknownField: 1 } as unknown as PolicyDefinition,
      ]) {
        assert.deepEqual(mergeDefinitions([other], change({ add: [allow("ours")] })), [other, allow("ours")]);
      }
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
        assert.deepEqual(mergeDefinitions([other], change({ add: [allowed] })), [other, allowed]));
    }

    it("leaves others' shadowed allows alone", () => {
      const list = [
        deny({}, { tokenType: "team", teamName: "web" }),
        allow("x", { tokenType: "team", teamName: "web" }),
      ];
      assert.deepEqual(mergeDefinitions(list, change({ add: [ours] })), [...list, ours]);
    });
  });

  it("holds 40 definitions and refuses the 41st", () => {
    const others = Array.from({ length: MAXIMUM_DEFINITIONS - 1 }, (_, index) => allow(`other-${index}`));
    assert.equal(mergeDefinitions(others, change({ add: [allow("ours")] })).length, 40);
    refused(() => mergeDefinitions(others, change({ add: [allow("ours"), allow("ours2")] })), "POLICY_LIMIT");
    const full = [...others, allow("ours")];
    assert.equal(mergeDefinitions(full, change({ remove: [allow("ours")], add: [allow("new")] })).length, 40);
  });
});
