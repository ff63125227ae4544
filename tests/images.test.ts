import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_AGENT_IMAGE } from "../provider/workload/kinds/agent-template";
import { DEFAULT_IMAGE } from "../provider/workload/pod/template";
import { packageRoot } from "../tools/toolchain/package-root";
import { isPublished } from "./helpers/pulumi-images";

/** What users read, and copy from. */
const READ_BY_USERS = [
  "README.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
  "schema.json",
  "docs",
  "examples",
  "provider",
  "pulumi-cloud",
  "trust",
];

/** A user's own registry, as documentation names it. */
const OWN = "registry.example.com/";

function filesOf(path: string): string[] {
  const absolute = join(packageRoot(), path);
  if (!existsSync(absolute)) {
    return [];
  }
  if (/\.\w+$/.test(path)) {
    return [absolute];
  }
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|md|json|ya?ml)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes("node_modules"));
}

/** Every image a text names: Pulumi's by their names, any other as the value of `image`. */
function imagesIn(text: string): string[] {
  const named = text.match(/(?<![\w./-])pulumi\/[\w.-]+:[\w.-]*\w/g) ?? [];
  const values = [...text.matchAll(/\bimage"?: "([^"]+)"/g)].map(([, image]) => image as string);
  return [...new Set([...named, ...values])];
}

describe("the images that users are told of", () => {
  const refused = (image: string) =>
    !isPublished(image) && image !== DEFAULT_AGENT_IMAGE && !image.startsWith(OWN) && !/^string$/.test(image);

  it("are published: -nonroot is a variant of pulumi/pulumi alone [A1] [0.1]", () => {
    const found = READ_BY_USERS.flatMap(filesOf).flatMap((file) =>
      imagesIn(readFileSync(file, "utf8")).map((image) => ({ file, image })),
    );
    assert.ok(found.some(({ file, image }) => file.endsWith("README.md") && image.startsWith("pulumi/pulumi-nodejs:")));
    assert.ok(found.some(({ file, image }) => file.endsWith("schema.json") && image === DEFAULT_IMAGE));
    assert.deepEqual(
      found.filter(({ image }) => refused(image)),
      [],
    );
  });

  it("would be refused where they differ by one part from one that is published", () => {
    for (const image of [DEFAULT_IMAGE, "pulumi/pulumi-nodejs:3.259.0", "pulumi/pulumi:3.259.0", DEFAULT_AGENT_IMAGE]) {
      assert.ok(!refused(image), image);
    }
    for (const image of [
      "pulumi/pulumi-nodejs:3.259.0-nonroot",
      "pulumi/pulumi-node:3.259.0",
      "pulumi/pulumi-nodejs-20:3.259.0",
      "pulumi/pulumi:v3.259.0",
      "pulumi/pulumi:3.259.0-ubi",
      "pulumi/pulumi",
      "constructor:3.259.0",
      "node:24",
    ]) {
      assert.ok(refused(image), image);
    }
    const text = 'image: "node:24",\nuse `pulumi/pulumi-go:3.259.0-nonroot`. See github.com/pulumi/pulumi:x';
    assert.deepEqual(imagesIn(text), ["pulumi/pulumi-go:3.259.0-nonroot", "node:24"]);
  });
});
