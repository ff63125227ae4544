import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Check, checkToken } from "../../../cli/explain/check-token";
import type { RelyingParty } from "../../../cli/read-document";
import { readTime } from "../../../cli/read-time";
import { packageRoot } from "../../../tools/toolchain/package-root";

const COMMAND = join(packageRoot(), "dist", "cli", "main.js");
const AT = 1_800_000_000;
const PARTIES = ["pulumi", "aws", "gcp", "azure"] as const;
const TIMES = { iat: AT - 60, nbf: AT - 60, exp: AT + 540 };

function check(
  changes: object,
  header: Record<string, unknown> | undefined = { alg: "RS256" },
  party: RelyingParty = "gcp",
) {
  return sorted(checkToken({ claims: { ...TIMES, ...changes }, header }, party, AT * 1000));
}

function sorted(checks: readonly Check[]) {
  const of = (wanted: Check["result"]) => checks.filter(({ result }) => result === wanted);
  return {
    refused: of("failed").map(({ message }) => message),
    notChecked: of("notChecked").map(({ name }) => name),
    passed: of("passed").map(({ name }) => name),
  };
}

describe("cli/explain/check-token", () => {
  for (const [what, changes, refused] of [
    ["a token of now", {}, undefined],
    ["one that expires in a second", { exp: AT + 1 }, undefined],
    ["one that expires now", { exp: AT }, /^the token expired now/],
    ["one of 2021", { exp: 1_632_493_867 }, /^the token expired 1938 d ago \(2021-09-24T14:31:07Z\)$/],
    ["one without exp", { exp: undefined }, /^the token has no exp$/],
    ["an exp that is a text", { exp: "2030" }, /^exp is not a time/],
    ["one that is valid from now on", { nbf: AT }, undefined],
    ["one that is not valid yet", { nbf: AT + 1 }, /^the token is not valid yet: nbf is in 1 s/],
    ["one issued later", { iat: AT + 1 }, /^the token is not valid yet: iat is in 1 s/],
    ["an nbf that is null", { nbf: null }, /^nbf is not a time/],
    ["one without nbf and iat", { nbf: undefined, iat: undefined }, undefined],
  ] as const) {
    it(`${refused === undefined ? "has nothing against" : "refuses"} ${what}`, () => {
      const found = check(changes).refused;
      assert.equal(found.length, refused === undefined ? 0 : 1, found.join());
      assert.match(found.join(), refused ?? /^$/);
    });
  }

  it("leaves open when claims without a token expire, and holds those that say so to it", () => {
    const bare = (claims: object) => sorted(checkToken({ claims: { ...claims } }, "gcp", AT * 1000));
    const open = ["signature", "algorithm", "expiry"];
    assert.deepEqual(bare({}), { refused: [], notChecked: open, passed: ["notBefore"] });
    assert.equal(bare({ exp: AT }).refused.length, 1);
  });

  for (const alg of ["none", "HS256", "nOnE", "", "RS256 ", undefined, null]) {
    it(`refuses ${JSON.stringify(alg)} as an algorithm, for every party`, () => {
      for (const party of PARTIES) {
        assert.match(check({}, { alg }, party).refused.join(), /^the token's (alg is|header has no alg)/);
      }
    });
  }

  it("refuses what AWS and Google don't take, and leaves open what others don't document", () => {
    const answers = (alg: string) => PARTIES.map((party) => check({}, { alg }, party));
    const refusedBy = (alg: string) => PARTIES.filter((_, index) => answers(alg)[index]?.refused.length);
    const openAt = (alg: string) => PARTIES.filter((_, index) => answers(alg)[index]?.notChecked.includes("algorithm"));
    assert.deepEqual([refusedBy("RS256"), openAt("RS256")], [[], ["pulumi"]]);
    assert.deepEqual([refusedBy("ES384"), openAt("ES384")], [["gcp"], ["pulumi", "azure"]]);
    assert.deepEqual(
      [refusedBy("PS256"), openAt("PS256")],
      [
        ["aws", "gcp"],
        ["pulumi", "azure"],
      ],
    );
  });

  it("says of every answer that the signature was not checked", () => {
    for (const party of PARTIES) {
      assert.equal(check({}, { alg: "RS256" }, party).notChecked[0], "signature");
    }
    assert.deepEqual(check({}, { alg: "RS256" }, "azure").notChecked, ["signature"]);
    assert.deepEqual(check({}, { alg: "RS256" }, "aws").notChecked, ["signature", "provider"]);
    assert.ok(check({}, { alg: "RS256" }, "pulumi").notChecked.includes("issuer"));
  });
});

describe("cli/read-time", () => {
  it("reads RFC 3339 and seconds", () => {
    for (const text of ["2027-01-15T08:00:00Z", "2027-01-15T09:00:00+01:00", String(AT), `${AT}.0`]) {
      assert.equal(readTime(text, "--at"), AT * 1000);
    }
  });

  for (const text of [
    "",
    "now",
    "2027-01-15",
    "2027-01-15T08:00:00",
    "2027-13-15T08:00:00Z",
    "-1",
    "1e9",
    "1800000000000",
  ]) {
    it(`refuses "${text}"`, () => {
      assert.throws(() => readTime(text, "--at"), { code: "INPUT_INVALID", where: "--at" });
    });
  }
});

describe("oidc-runner explain --at", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-at-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  const file = (name: string, content: string) => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  function explain(header: object, claims: object, ...args: string[]) {
    const parts = [header, claims, {}].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
    const credential = { issuer: "https://issuer.example.com", subject: "job", audiences: ["a"] };
    return spawnSync(
      process.execPath,
      [
        ...[COMMAND, "explain", "--relying-party", "azure", "--policy", file("policy", JSON.stringify(credential))],
        ...["--token-file", file("token", parts.join(".")), ...args],
      ],
      { encoding: "utf8" },
    );
  }
  const CLAIMS = { iss: "https://issuer.example.com", sub: "job", aud: "a", ...TIMES };

  it("denies an expired token, says so first, and goes on with what the policy says", () => {
    const now = explain({ alg: "RS256" }, { ...CLAIMS, iat: undefined, nbf: undefined, exp: 1_632_493_867 });
    assert.equal(now.status, 1, now.stderr);
    assert.match(
      now.stdout,
      /^deny\n {2}the token expired \d+ d ago \(2021-09-24T14:31:07Z\)\n {2}the policy: issuer, subject and audience are the credential's\n {2}not checked: signature \(it needs the issuer's keys\)\n$/,
    );
    const then = explain({ alg: "RS256" }, CLAIMS, "--at", String(AT));
    assert.deepEqual([then.status, then.stdout.split("\n")[0]], [0, "allow"], then.stderr);
    assert.match(then.stdout, /\n {2}not checked: signature /);
    const json = explain({ alg: "RS256" }, CLAIMS, "--at", "2027-01-15T08:00:00Z", "--json");
    assert.deepEqual(JSON.parse(json.stdout), {
      decision: "allow",
      reasons: ["issuer, subject and audience are the credential's"],
      checks: [
        { name: "signature", result: "notChecked", message: "it needs the issuer's keys" },
        ...["algorithm", "expiry", "notBefore", "policy"].map((name) => ({ name, result: "passed" })),
      ],
    });
  });

  it("denies an unsigned token", () => {
    const { status, stdout } = explain({ alg: "none" }, CLAIMS, "--at", String(AT), "--json");
    assert.equal(status, 1);
    assert.match((JSON.parse(stdout) as { reasons: string[] }).reasons[0] ?? "", /alg is none/);
  });

  it("ends with 2 for what is not a time", () => {
    const { status, stderr } = explain({ alg: "RS256" }, CLAIMS, "--at", "yesterday");
    assert.equal(status, 2);
    assert.match(stderr, /^INPUT_INVALID: yesterday is not a time \(at --at\)/);
  });
});
