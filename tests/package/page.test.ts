import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../tools/toolchain/package-root";

interface Page {
  addressesOf(manifest: { repository?: string }, directory: string): Record<string, unknown>;
  pageOf(text: string, manifest: { repository?: string; version: string }, from: string): string;
}

const repository = "https://github.com/example/oidc";
const NAMES = ["README.md", "SECURITY.md", "CHANGELOG.md", "cli/README.md", "runtime/README.md"];

describe("the packages' pages at npm", () => {
  let page: Page;
  before(async () => {
    page = (await import(pathToFileURL(join(packageRoot(), "tools", "pack", "page.mjs")).href)) as Page;
  });
  const links = (text: string) =>
    [...text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/\]\(([^)]*)\)/g)].map(([, target = ""]) => target);
  const pages = (manifest: { repository?: string; version: string }) =>
    NAMES.map((name) =>
      page.pageOf(
        readFileSync(join(packageRoot(), name), "utf8"),
        manifest,
        name.split("/").length > 1 ? (name.split("/")[0] as string) : ".",
      ),
    );

  it("have no relative link, with a repository or without", () => {
    for (const manifest of [{ repository, version: "1.2.3" }, { version: "1.2.3" }]) {
      for (const text of pages(manifest)) {
        assert.deepEqual(
          links(text).filter((target) => !/^(https?:|#)/.test(target)),
          [],
        );
        assert.doesNotMatch(text, /^```mermaid/m);
      }
    }
  });

  it("lead into the repository at the package's version, and to its README, issues and folder", () => {
    const text =
      "[lab](docs/lab.md#start), ![p](docs/p.svg), [up](../SECURITY.md), [here](#a), [out](https://a.example)";
    assert.equal(
      page.pageOf(text, { repository, version: "1.2.3" }, "cli"),
      `[lab](${repository}/blob/v1.2.3/cli/docs/lab.md#start), ![p](${repository}/raw/v1.2.3/cli/docs/p.svg), ` +
        `[up](${repository}/blob/v1.2.3/SECURITY.md), [here](#a), [out](https://a.example)`,
    );
    assert.equal(page.pageOf(text, { version: "1" }, "."), "lab, , up, [here](#a), [out](https://a.example)");
    assert.equal(page.pageOf("```sh\n[a](b)\n```", { version: "1" }, "."), "```sh\n[a](b)\n```");
    assert.deepEqual(page.addressesOf({}, "."), {});
    assert.deepEqual(page.addressesOf({ repository }, "cli"), {
      repository: { type: "git", url: `git+${repository}.git`, directory: "cli" },
      homepage: `${repository}#readme`,
      bugs: { url: `${repository}/issues` },
    });
  });
});
