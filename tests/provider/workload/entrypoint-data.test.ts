import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { proveRunnerTrust } from "../../../provider/trust/prove";
import { contentHash, entrypointData } from "../../../provider/workload/entrypoint-data";
import { packageRoot } from "../../../tools/toolchain/package-root";

const trust = proveRunnerTrust({
  organization: "acme",
  issuerUrl: "https://i.example.com",
  namespace: "pulumi",
  serviceAccountName: "deployer",
  token: { tokenType: "organization" },
});

describe("provider/workload/entrypoint-data", () => {
  it("holds the script and what a refused token is compared with", () => {
    const data = entrypointData({ trust });
    assert.deepEqual(Object.keys(data), ["entrypoint.sh", "expected"]);
    assert.equal(
      data["entrypoint.sh"],
      readFileSync(join(packageRoot(), "provider", "workload", "entrypoint.sh"), "utf8"),
    );
    assert.equal(
      data.expected,
      `iss=https://i.example.com
sub=system:serviceaccount:pulumi:deployer
aud=urn:pulumi:org:acme
rule=aud: urn:pulumi:org:acme
rule=sub: system:serviceaccount:pulumi:deployer
`,
    );
  });

  it("adds script and certificates only where they are given", () => {
    const data = entrypointData({ trust, script: "pulumi up\n", caCertificates: "PEM" });
    assert.deepEqual([data["script.sh"], data["ca.crt"]], ["pulumi up\n", "PEM"]);
    assert.ok(!("script.sh" in entrypointData({ trust, caCertificates: "PEM" })));
    assert.ok(!("ca.crt" in entrypointData({ trust, script: "" })));
  });
});

describe("provider/workload/entrypoint-data: contentHash", () => {
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
