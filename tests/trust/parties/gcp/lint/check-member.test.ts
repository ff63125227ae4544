import assert from "node:assert/strict";
import { lintGcpTrust } from "../../../../../trust/parties/gcp/lint/lint";
import { attribute, eks, everybody, found, github, MAPPING, mapped, POOL, SUB, subject } from "./documents";

const group = `principalSet:${POOL}/group/admins`;
const GROUPS = { ...MAPPING, "google.groups": "assertion.groups" };
const NAMED_POD = {
  ...mapped("pod", "assertion['kubernetes.io'].pod.name"),
  members: [attribute("pod", "runner")],
};
const pods = (attributeCondition: string) => found(eks({ ...NAMED_POD, attributeCondition }));

describe("trust/parties/gcp/lint/check-member", () => {
  it("takes everybody in a pool for an error while one way in says not whose token it is", () => {
    const all = (attributeCondition: string) => found(eks({ attributeCondition, members: [everybody] }));
    const named = `assertion.sub == '${SUB}'`;
    assert.deepEqual(all(`${named} || assertion.aud == 'gcp'`), ["ANY_PRINCIPAL error members[0]"]);
    assert.deepEqual(all(`${named} || assertion.sub == '${SUB}-2'`), ["ANY_PRINCIPAL warning members[0]"]);
    // It names a subject, and yet nobody's.
    assert.deepEqual(all("assertion.sub.startsWith('system:')"), [
      "ANY_PRINCIPAL warning members[0]",
      "BROAD_SUBJECT error attributeCondition",
    ]);
    assert.deepEqual(all("assertion.sub.startsWith('system:serviceaccount:pulumi:')"), [
      "ANY_PRINCIPAL warning members[0]",
    ]);
  });

  it("finds names of GitHub in what everybody in a pool has to fulfil", () => {
    const all = (attributeCondition: string) => found(github(attributeCondition, { members: [everybody] }));
    assert.deepEqual(all("assertion.repository_owner == 'acme'"), [
      "ANY_PRINCIPAL warning members[0]",
      "MUTABLE_GITHUB_NAME warning attributeCondition",
    ]);
    assert.deepEqual(all("assertion.repository_owner_id == '1'"), ["ANY_PRINCIPAL warning members[0]"]);
  });

  it("leaves it to the condition to say whose tokens are meant, where many share the issuer", () => {
    const ref = { ...mapped("ref", "assertion.ref"), members: [attribute("ref", "refs/heads/main")] };
    assert.deepEqual(found(github("assertion.ref == 'refs/heads/main'", ref)), [
      "MISSING_SUBJECT error attributeCondition",
    ]);
    assert.deepEqual(found(github("assertion.repository_owner_id == '1'", ref)), []);
  });

  it("looks at condition and member together", () => {
    assert.deepEqual(pods("assertion.sub.endsWith(':deployer')"), ["BROAD_SUBJECT error attributeCondition"]);
    assert.deepEqual(pods("assertion.sub.startsWith('system:')"), ["BROAD_SUBJECT error attributeCondition"]);
    assert.deepEqual(pods("assertion.sub.startsWith('system:serviceaccount:pulumi:')"), []);
    // The namespace is the tenant.
    assert.deepEqual(
      pods("assertion.sub.endsWith(':deployer') && assertion['kubernetes.io'].namespace == 'pulumi'"),
      [],
    );
    assert.deepEqual(
      pods("assertion.sub.endsWith(':deploy') && assertion['kubernetes.io'].namespace.startsWith('pul')"),
      ["BROAD_SUBJECT error attributeCondition", "WILDCARD_WITHOUT_DELIMITER error attributeCondition"],
    );
  });

  it("says where it can't tell: in the condition, or in what an attribute is made by", () => {
    const [condition, ...more] = lintGcpTrust(
      eks({ ...NAMED_POD, attributeCondition: "assertion.sub.split(':')[2] == 'pulumi'" }),
    );
    assert.deepEqual([condition?.name, condition?.path, more], ["CONDITION_NOT_READ", "attributeCondition", []]);
    assert.match(condition?.message ?? "", /this condition/);
    const [mapping] = lintGcpTrust(
      eks({ attributeMapping: { ...GROUPS, "google.groups": "assertion.groups.map(g, 'x' + g)" }, members: [group] }),
    );
    assert.equal(mapping?.path, 'attributeMapping["google.groups"]');
    assert.match(mapping?.message ?? "", /this expression .* google\.groups$/);
  });

  it("names the claim that doesn't say whose token it is, and the value that no token has", () => {
    const [missing] = lintGcpTrust(eks(NAMED_POD));
    assert.match(missing?.message ?? "", /^kubernetes\.io\.pod\.name doesn't say/);
    const literal = (attributeMapping: object) => lintGcpTrust(eks({ attributeMapping, members: [subject("a*")] }))[0];
    assert.match(literal(MAPPING)?.message ?? "", /^"a\*" is compared with sub exactly.*subject\/a\*$/);
    const made = { "google.subject": "assertion.sub.extract('system:serviceaccount:{name}')" };
    assert.match(literal(made)?.message ?? "", /^"a\*" is compared with google\.subject /);
  });

  it("takes a group for whose token it is, and still finds what else is wrong with it", () => {
    const groups = (more: object) =>
      found(eks({ attributeMapping: GROUPS, issuerUri: "https://idp.example.com", ...more }));
    assert.deepEqual(groups({ members: [group] }), []);
    assert.deepEqual(groups({ members: [`${group}*`] }), ["LITERAL_WILDCARD error members[0]"]);
    assert.deepEqual(groups({ members: [group], attributeCondition: "assertion.sub.endsWith('x')" }), [
      "BROAD_SUBJECT error attributeCondition",
    ]);
    // A list holds more than one.
    const both = "'admins' in assertion.groups && 'staff' in assertion.groups";
    assert.deepEqual(groups({ members: [group], attributeCondition: both }), []);
    assert.deepEqual(groups({ members: [group], attributeCondition: "assertion.sub == 'x' && assertion.sub == 'y'" }), [
      "CONTRADICTORY_CONDITIONS error attributeCondition",
    ]);
  });
});
