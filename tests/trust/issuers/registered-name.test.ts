import assert from "node:assert/strict";
import {
  leasedName,
  registeredName,
  sameLabel,
  sameRegistrant,
  sameStack,
  wasTakenOver,
} from "../../../trust/issuers/registered-name";

const OURS = { organization: "acme", project: "infra", stack: "prod", urn: "urn:pulumi:prod::infra::t::one" };
const name = (label: string, other: Partial<typeof OURS> = {}) => registeredName(label, { ...OURS, ...other });
/** As an earlier version wrote it: without the stack's hash. */
const earlier = (label: string) => name(label).replace(/[0-9a-f]{8}([0-9a-f]{8})$/, "$1");

describe("trust/issuers/registered-name", () => {
  it("does not change: users' state files and Pulumi Cloud hold such names", () => {
    assert.equal(name("prod"), "prod-b43b5aef1b93075c");
  });

  it("recognises the same resource, whatever its label", () => {
    assert.ok(sameRegistrant(name("a"), name("b")));
    assert.ok(sameRegistrant(earlier("a"), name("b")));
    assert.ok(sameRegistrant(name("b"), earlier("a")));
    assert.ok(sameRegistrant("by hand", "by hand"));
    for (const other of [
      { urn: "urn:pulumi:prod::infra::t::two" },
      { organization: "other" },
      { stack: "dev" },
      { project: "web" },
    ]) {
      assert.ok(!sameRegistrant(name("a"), name("a", other)), JSON.stringify(other));
    }
    assert.ok(!sameRegistrant(name("a"), "a"));
    assert.ok(!sameRegistrant("a", "b"));
    assert.ok(!sameRegistrant("a-1", "b-1"));
    assert.ok(!sameRegistrant(`${name("a")} (old)`, `${name("b")} (old)`), "the mark stands at the end");
  });

  it("recognises the same stack, whatever the resource", () => {
    assert.ok(sameStack(name("a"), name("b", { urn: "urn:pulumi:prod::infra::t::two" })));
    for (const other of [{ organization: "other" }, { stack: "dev" }, { project: "web" }]) {
      assert.ok(!sameStack(name("a"), name("a", other)), JSON.stringify(other));
    }
    assert.ok(!sameStack(earlier("a"), earlier("a")), "an earlier version does not tell");
    assert.ok(!sameStack("a", "a"));
    assert.ok(!sameStack(name("a"), "by hand"));
  });

  it("sees a new label, and no new label in a new hash", () => {
    const moved = { urn: "urn:pulumi:prod::infra::p$t::one" };
    assert.ok(sameLabel(name("a"), name("a", moved)));
    assert.ok(sameLabel(earlier("a"), name("a")));
    assert.ok(sameLabel("by hand", "by hand"));
    assert.ok(!sameLabel(name("a"), name("b")));
    assert.ok(!sameLabel("a", name("a")), "somebody took the hash off");
    assert.ok(!sameLabel(name("a"), "renamed by hand"));
    assert.ok(!sameLabel("a", "b"));
    assert.ok(sameLabel(name("a-deadbeef"), name("a-deadbeef", moved)));
    assert.ok(!sameLabel(name("a-deadbeef"), name("a")));
  });

  it("tells by a lease who took an issuer over, and keeps label, stack and resource", () => {
    const leased = leasedName(name("a"), "0123abcd-0000-4000-8000-000000000000");
    assert.equal(leased, `${name("a")}0123abcd`);
    assert.equal(leasedName(leased, "ffffffff-0000"), `${name("a")}ffffffff`);
    assert.equal(leasedName("by hand", "ffffffff-0000"), "by hand");
    assert.ok(sameRegistrant(leased, name("b")) && sameStack(leased, name("b")) && sameLabel(leased, name("a")));
    for (const had of [name("a"), earlier("a"), leasedName(name("a"), "ffffffff-0000"), "by hand"]) {
      assert.ok(wasTakenOver(had, leased), had);
    }
    for (const has of [leased, leased.replace("a-", "b-"), name("a"), "by hand"]) {
      assert.ok(!wasTakenOver(leased, has), has);
    }
  });
});
