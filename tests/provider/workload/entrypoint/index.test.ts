import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  contentHash,
  ENTRYPOINT_PARTS,
  entrypointScripts,
  expectedClaims,
  runnerFiles,
} from "../../../../provider/workload/entrypoint";
import { packageRoot } from "../../../../tools/toolchain/package-root";
import { proveRunnerTrust } from "../../../../trust/parties/pulumi/proof";

const trust = proveRunnerTrust({
  organization: "acme",
  issuerUrl: "https://i.example.com",
  namespace: "pulumi",
  serviceAccountName: "deployer",
  token: { tokenType: "organization" },
});

describe("provider/workload/entrypoint/index", () => {
  const directory = join(packageRoot(), "provider", "workload", "entrypoint");

  it("has what a refused token is compared with", () => {
    assert.equal(
      expectedClaims(trust),
      `iss=https://i.example.com
sub=system:serviceaccount:pulumi:deployer
aud=urn:pulumi:org:acme
rule=aud: urn:pulumi:org:acme
rule=sub: system:serviceaccount:pulumi:deployer`,
    );
  });

  it("holds the scripts without comments and blank lines, and no more than 740 lines in all parts", () => {
    let lines = 0;
    for (const [name, script] of Object.entries(entrypointScripts())) {
      const source = readFileSync(join(directory, name), "utf8");
      const shipped = script.trimEnd().split("\n");
      const idle = shipped.filter((line) => /^\s*(#|$)/.test(line));
      assert.deepEqual(idle, name === "entrypoint.sh" ? ["#!/bin/sh"] : [], name);
      lines += name === "entrypoint.sh" ? 0 : shipped.length;
      // A shell reads the same out of both: no line of a text of several lines was taken for a comment.
      assert.doesNotMatch(source, /<</, name);
      const read = (text: string) => execFileSync("bash", ["-c", `all() {\n${text}\n}\ndeclare -f all`]).toString();
      assert.equal(read(script), read(source), name);
    }
    assert.ok(lines <= 740, `${lines} lines`);
  });

  it("leaves out no part that is there, nor one that is asked for", () => {
    const others = readdirSync(directory).filter((name) => name.endsWith(".sh") && name !== "entrypoint.sh");
    assert.deepEqual([...ENTRYPOINT_PARTS], others.sort());
    const scripts = Object.values(entrypointScripts()).join("\n");
    const sourced = [...scripts.matchAll(/^ *\. "\$oidc_here\/(\S+)"$/gm)].map(([, name]) => name);
    assert.deepEqual([...new Set(sourced)].sort(), [...ENTRYPOINT_PARTS]);
  });

  it("has files of one runner only where they are given", () => {
    assert.deepEqual(runnerFiles({ script: "pulumi up\n", caCertificates: "PEM" }), {
      "script.sh": "pulumi up\n",
      "ca.crt": "PEM",
    });
    assert.deepEqual(runnerFiles({}), {});
    assert.deepEqual(runnerFiles({ script: "" }), { "script.sh": "" });
  });
});

describe("provider/workload/entrypoint/index: contentHash", () => {
  it("is the same whatever the order", () => {
    assert.equal(contentHash({ a: "1", b: "2" }), contentHash({ b: "2", a: "1" }));
    assert.match(contentHash({}), /^[0-9a-f]{10}$/);
  });

  it("changes with every name and every value", () => {
    const contents: Record<string, string>[] = [
      { a: "1", b: "2" },
      { a: "1", b: "3" },
      { a: "2", b: "1" },
      { a: "1", c: "2" },
      { a: "1" },
      { a: "1,b,2" },
      { "a,1,b": "2" },
      { a: "1", b: "2", c: "" },
    ];
    const hashes = contents.map(contentHash);
    assert.equal(new Set(hashes).size, hashes.length);
  });
});
