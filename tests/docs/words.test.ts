import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageRoot } from "../../tools/toolchain/package-root";
import { DEFAULT_EXPIRATION_SECONDS } from "../../trust/policy/expiration";
import { DOCUMENTS } from "./blocks";

const root = packageRoot();
const read = (name: string) => readFileSync(join(root, name), "utf8");
/** Capitals that name no error or finding of ours: variables of other programs, and values of theirs. */
const OTHERS = /^(GIT|OIDC|DATABASE|GOPATH|JAVA|HTTPS?|NO|XDG|PULUMI|OIDC_RUNNER|PIP|GKE|AWS)_/;

/** The sources and the entrypoint, as one text. */
function sources(): string {
  return ["provider", "plugin", "pulumi-cloud", "runtime", "trust", "lab", "cli", "tools"]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => `${folder}/${name}`),
    )
    .filter((name) => /\.(ts|sh|mjs)$/.test(name) && !name.includes("node_modules"))
    .map(read)
    .join("\n");
}

/** GitHub's name of a heading. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");

describe("the documents", () => {
  it("name no error or finding that the sources lack", () => {
    const text = sources();
    for (const name of DOCUMENTS) {
      const codes = [...read(name).matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, code = ""]) => code);
      const unknown = codes.filter((code) => !OTHERS.test(code) && !text.includes(code));
      assert.deepEqual(unknown, [], name);
    }
  });

  it("link to files and headings that exist", () => {
    for (const name of DOCUMENTS) {
      for (const [, path = "", heading] of read(name).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
        const target = path === "" ? name : join(dirname(name), path);
        assert.ok(existsSync(join(root, target)), `${name} links to ${target}`);
        if (heading === undefined) continue;
        const headings = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) => anchor(title));
        assert.ok(headings.includes(heading), `${name} links to ${target}#${heading}`);
      }
    }
  });

  it("ask for what the fresh machine of tools/fresh/run has, in the versions that the package asks for", () => {
    const lab = read("docs/lab.md");
    const [, packages = ""] = /^packages=\((.*)\)$/m.exec(read("tools/fresh/run")) ?? [];
    const [, named = ""] = /^\| (bash, .*?) \|/m.exec(lab) ?? [];
    assert.deepEqual(named.split(", "), packages.split(" "));
    const { engines } = JSON.parse(read("package.json")) as { engines: { node: string } };
    assert.match(lab, new RegExp(`^\\| Node with npm \\| ${engines.node.replace(">=", "")} \\|$`, "m"));
    const [, go = ""] = /^go (\d+\.\d+)/m.exec(read("tools/pulumi-cli/go.mod")) ?? [];
    assert.match(lab, new RegExp(`^\\| .*\\| Go ${go} \\|$`, "m"));
  });

  it("give the lives of tokens that the package gives them", () => {
    const security = read("SECURITY.md");
    const schema = JSON.parse(read("schema.json")) as {
      types: Record<string, { properties?: Record<string, { description: string }> }>;
    };
    const { description = "" } = schema.types["oidc-runner:index:EksAws"]?.properties?.tokenExpirationSeconds ?? {};
    assert.match(description, /600 to 86400.*Default: 600/s);
    assert.match(
      security,
      /^\| subject token of a pod \|.*\| 10 minutes, .*`aws\.tokenExpirationSeconds`.*24 hours \|$/m,
    );
    assert.equal(DEFAULT_EXPIRATION_SECONDS, 7200);
    assert.match(security, /`expirationSeconds`, 2 hours by default/);
  });

  it("name the scopes of the token that makes runners alike", () => {
    const scopes = (name: string) =>
      new Set([...read(name).matchAll(/`(auth_policies:\w+)`/g)].map(([, scope]) => scope));
    assert.deepEqual(scopes("SECURITY.md"), scopes("docs/permissions.md"));
  });
});
