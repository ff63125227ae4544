import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { generate, takeKnown } from "../../cli/ci";
import { exampleNamed } from "../../cli/examples";
import { packageRoot } from "../../tools/toolchain/package-root";

describe("the examples of npm start", () => {
  it("are known by name, and no other word is one", () => {
    assert.equal(exampleNamed("eks").shape, "eks");
    for (const name of ["github", "constructor", ""]) {
      assert.throws(() => exampleNamed(name), /^OidcRunnerError: EXAMPLE_UNKNOWN: .*github-actions/, name);
    }
  });

  for (const name of ["github-actions", "gitlab-ci"]) {
    it(`${name} is what ci init makes, byte for byte`, async () => {
      const { directory, pipeline } = exampleNamed(name);
      const { issuer, options } = pipeline ?? assert.fail("no pipeline");
      const { files } = await generate(issuer, options, { root: "/" }, takeKnown);
      const root = join(packageRoot(), directory);
      for (const { path, text } of files) {
        assert.equal(readFileSync(join(root, path), "utf8"), text, path);
      }
      const there = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) =>
        statSync(join(root, path)).isFile(),
      );
      assert.deepEqual(there.sort(), files.map(({ path }) => path).sort());
    });
  }
});
