import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENTRY_LIFE_MS, OwnWrites, type Writer } from "../../../provider/cloud/own-writes";
import type { PolicyDefinition } from "../../../provider/trust/policy";
import { allow } from "../../lab/pulumi-cloud/fixture";

const WRITER: Writer = { apiUrl: "https://api.example", organization: "acme", issuerId: "one", owner: "me" };

describe("provider/cloud/own-writes", () => {
  let base: string;
  let directory: string;
  let now: number;

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), "oidc-runner-own-"));
    directory = join(base, "oidc-runner", "writes");
    now = Date.now();
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const writes = (change: Partial<Writer> = {}) =>
    new OwnWrites({ ...WRITER, ...change }, { directory, now: () => now });
  const ours = allow({ aud: "a", sub: "ours" });
  const other = allow({ aud: "a", sub: "other" });

  it("knows what it noted until it is forgotten, and nothing else", () => {
    assert.deepEqual(writes().among([ours]), []);
    assert.deepEqual(writes().remember([ours]), [ours]);
    assert.deepEqual(writes().among([other, ours]), [ours]);
    assert.deepEqual(writes().remember([ours, other]), [other], "only this one is new");
    writes().forget([ours]);
    assert.deepEqual(writes().among([other, ours]), [other]);
  });

  it("knows a definition as the service shows it", () => {
    writes().remember([{ ...ours, authorizedPermissions: ["b", "a"], rules: { sub: "ours", aud: "a" } }]);
    const shown = {
      rules: { aud: "a", sub: "ours" },
      teamName: null,
      userLogin: "",
      authorizedPermissions: ["a", "b"],
    };
    const definition = { ...ours, ...shown } as unknown as PolicyDefinition;
    assert.deepEqual(writes().among([definition]), [definition]);
    assert.deepEqual(writes().among([{ ...definition, decision: "deny" }]), []);
    assert.deepEqual(writes().among([{ ...definition, teamName: "x" }]), []);
  });

  for (const change of [
    { apiUrl: "https://other.example" },
    { organization: "other" },
    { issuerId: "two" },
    { owner: "other" },
  ]) {
    it(`tells ${Object.keys(change)[0]} apart`, () => {
      writes().remember([ours]);
      assert.deepEqual(writes(change).among([ours]), []);
      writes(change).forget([ours]);
      assert.deepEqual(writes().among([ours]), [ours]);
    });
  }

  it("takes an address with and without its final slash for the same", () => {
    writes({ apiUrl: "https://api.example/" }).remember([ours]);
    assert.deepEqual(writes().among([ours]), [ours]);
  });

  it("ignores what is seven days old, cleans it at the next write, and keeps what was refreshed meanwhile", () => {
    writes().remember([ours, other]);
    now += ENTRY_LIFE_MS - 1000;
    assert.deepEqual(writes().among([ours, other]), [ours, other]);
    writes().remember([other]);
    now += 2000;
    assert.deepEqual(writes().among([ours, other]), [other]);
    assert.equal(readdirSync(directory).length, 2);
    writeFileSync(join(directory, "foreign"), "");
    writes().remember([other]);
    assert.deepEqual(readdirSync(directory).length, 2, "the other and what is not ours to clean");
    assert.deepEqual(writes().among([ours, other]), [other]);
  });

  it("writes nothing of the definition down, for nobody else's eyes", () => {
    writes().remember([ours]);
    const [name = "", ...more] = readdirSync(directory);
    assert.deepEqual(more, []);
    assert.match(name, /^[0-9a-f]{64}$/);
    assert.equal(readFileSync(join(directory, name), "utf8"), "");
    assert.equal(statSync(join(directory, name)).mode & 0o777, 0o600);
    assert.equal(statSync(directory).mode & 0o777, 0o700);
  });

  it("does without where it can't write", () => {
    writeFileSync(join(base, "oidc-runner"), "a file, not a directory");
    writes().remember([ours]);
    assert.deepEqual(writes().among([ours]), []);
    writes().forget([ours]);
  });
});
