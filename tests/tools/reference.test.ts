import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { referenceFiles } from "../../tools/reference";
import { packageRoot } from "../../tools/toolchain/package-root";

const read = (path: string) => readFileSync(join(packageRoot(), path), "utf8");

/** A schema with one class, whose one argument is given. */
const schemaWith = (argument: object, types: object = {}) =>
  JSON.stringify({
    types,
    resources: {
      "oidc-runner:index:OidcThing": { description: "A thing. Of use.", properties: {}, inputProperties: { argument } },
    },
  });
const rowOf = (argument: object, types?: object) =>
  /^\| `argument` \| .*$/m.exec(referenceFiles(schemaWith(argument, types))[0]?.text ?? "")?.[0];

describe("docs/reference", () => {
  it("is what tools/reference writes (else: npm run reference)", () => {
    const files = referenceFiles();
    const names = readdirSync(join(packageRoot(), "docs", "reference")).map((name) => `docs/reference/${name}`);
    assert.deepEqual(files.map(({ path }) => path).sort(), names.sort());
    for (const { path, text } of files) assert.equal(read(path), text, path);
  });

  it("has a row for each argument, output and field of schema.json", () => {
    const schema = JSON.parse(read("schema.json")) as {
      resources: Record<string, { inputProperties: object; properties: object }>;
      types: Record<string, { properties?: object }>;
    };
    const all = referenceFiles()
      .map(({ text }) => text)
      .join("\n");
    const owners = [...Object.values(schema.resources), ...Object.values(schema.types)];
    const names = owners.flatMap((owner) => [
      ...Object.keys(("inputProperties" in owner && owner.inputProperties) || {}),
      ...Object.keys(owner.properties ?? {}),
    ]);
    assert.ok(names.length > 300);
    for (const name of names) assert.ok(all.includes(`\n| \`${name}\` | `), name);
  });

  it("gives meaning, unit and default each a column, and `needed` where there is none", () => {
    const text = { type: "string", description: "Its name, such as a.b. Default: `x.y`, or else. More | of it." };
    assert.equal(rowOf(text), "| `argument` | text | Its name, such as a.b. More \\| of it. | `x.y`, or else |");
    const inherited = "Its name. Default: that of the provider's configuration.";
    assert.match(rowOf({ type: "string", description: inherited }) ?? "", /\| needed in TypeScript; elsewhere that of/);
    const block = { $ref: "#/types/oidc-runner:index:Block", description: "A block." };
    const types = { "oidc-runner:index:Block": { description: "A block.", properties: {} } };
    assert.equal(rowOf(block, types), "| `argument` | [Block](#block) | A block. | none |");
    const seconds = { items: { type: "integer" }, description: "Times." };
    assert.equal(rowOf(seconds), "| `argument` | list of whole number | Times. | none |");
    assert.match(
      read("docs/reference/eks-oidc-runner.md"),
      /^\| `tokenExpirationSeconds` \| whole number, seconds \|.*\| 600 \|$/m,
    );
  });
});
