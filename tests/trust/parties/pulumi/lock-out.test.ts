import assert from "node:assert/strict";
import { locksOutCaller } from "../../../../trust/parties/pulumi/lock-out";
import type { PolicyDefinition } from "../../../../trust/policy/model";
import { DEFAULT_DENY } from "../../../helpers/default-deny";

const CALLER = { aud: ["urn:pulumi:org:acme"], sub: "ci:deployer" };
const definition = (sub: string, more: Partial<PolicyDefinition> = {}): PolicyDefinition => ({
  ...{ decision: "allow", tokenType: "organization", rules: { aud: "urn:pulumi:org:acme", sub } },
  ...more,
});
const team = (teamName: string, more: Partial<PolicyDefinition> = {}) =>
  definition("ci:*", { tokenType: "team", teamName, ...more });
const deny = (one: PolicyDefinition): PolicyDefinition => ({ ...one, decision: "deny" });

const ours = definition("ci:deployer");
const theirs = definition("ci:other");

describe("trust/parties/pulumi/lock-out", () => {
  const locked: [string, PolicyDefinition[], PolicyDefinition[]][] = [
    ["its only allow goes", [ours, theirs], [theirs]],
    ["the default deny comes back", [ours], [DEFAULT_DENY]],
    ["its allow gets another subject", [ours], [definition("ci:new")]],
    ["a deny comes that wins", [ours], [ours, deny(ours)]],
    ["the last of several goes", [ours, team("web")], [theirs]],
    ["its team's allow goes", [team("web")], [theirs]],
    ["its team's allow of a pattern goes", [team("web?")], [theirs]],
    ["its team's allow of another pattern goes", [team("w.b*")], [theirs]],
    ["a deny of the same teams comes", [team("plat*")], [team("plat*"), deny(team("plat*"))]],
    [
      "its person's allow becomes another's",
      [definition("ci:*", { tokenType: "personal", userLogin: "ada" })],
      [definition("x", { tokenType: "personal", userLogin: "ada" })],
    ],
    [
      "its pool's allow goes",
      [definition("ci:*", { tokenType: "runner", runnerID: "p" })],
      [definition("x", { tokenType: "runner", runnerID: "p" })],
    ],
  ];
  for (const [what, before, after] of locked) {
    it(`is so when ${what}`, () => assert.equal(locksOutCaller(before, after, CALLER), true));
  }

  const open: [string, PolicyDefinition[], PolicyDefinition[]][] = [
    ["somebody else's allow goes", [ours, theirs], [ours]],
    ["it had none before", [theirs, DEFAULT_DENY], [theirs]],
    ["it was denied before", [ours, deny(ours)], [theirs]],
    ["another allow stays", [ours, team("web")], [team("web")]],
    ["another comes instead", [ours], [definition("ci:*")]],
    ["it comes in another kind of token", [ours], [team("web")]],
    ["a deny of another token comes", [ours], [ours, deny(team("web"))]],
    ["a deny of one team of many comes", [team("*")], [team("*"), deny(team("web"))]],
    ["a deny of the shortest of many team names comes", [team("web*")], [team("web*"), deny(team("web"))]],
    ["a deny of a shorter team name comes", [team("web?")], [team("web?"), deny(team("webb"))]],
    ["nothing changes", [ours], [ours]],
  ];
  for (const [what, before, after] of open) {
    it(`is not so when ${what}`, () => assert.equal(locksOutCaller(before, after, CALLER), false));
  }
});
