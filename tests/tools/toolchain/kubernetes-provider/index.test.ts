import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type PluginOptions, resolveKubernetesPlugin } from "../../../../tools/toolchain/kubernetes-provider";
import { CLOSED_ADDRESS, pinsAt, recorder, sandbox, serve, sha256 } from "../fixtures";

/** Stands for Go: knows all modules, says where they are, and "builds" a script. */
const GO = `case "$*" in
  env*) printf 'go1.99.0\\nlinux\\namd64\\nlocal\\n' ;;
  *" -m "*) echo "$HOME/module" ;;
  list*) echo a ;;
  build*) echo build >> "$HOME/built"; while [ "$1" != -o ]; do shift; done; echo '#!/bin/sh' > "$2" ;;
esac`;

describe("toolchain/kubernetes-plugin", () => {
  let box: Awaited<ReturnType<typeof sandbox>>;
  beforeEach(async () => {
    box = await sandbox();
    await box.executable("bin/go", GO);
    await mkdir(join(box.root, "module", "cmd", "pulumi-resource-kubernetes"), { recursive: true });
    for (const name of ["schema", "terraform-mapping"]) {
      await writeFile(
        join(box.root, "module", "cmd", "pulumi-resource-kubernetes", `${name}.json`),
        `{"of":"${name}"}`,
      );
    }
  });
  afterEach(() => box.remove());

  /** A node_modules with the SDK in a version. */
  async function sdk(version: string): Promise<string> {
    const directory = join(box.root, version, "node_modules");
    await mkdir(join(directory, "@pulumi", "kubernetes"), { recursive: true });
    await writeFile(join(directory, "@pulumi", "kubernetes", "package.json"), JSON.stringify({ version }));
    return directory;
  }
  const resolve = (nodeModules: string, options: PluginOptions = {}, report = recorder()) =>
    resolveKubernetesPlugin(nodeModules, report, {
      ...{ env: box.env, platform: "linux", arch: "x64", pins: pinsAt(CLOSED_ADDRESS) },
      ...options,
    });

  /** A site with the archive as the publisher makes it: the binary beside a text. */
  async function officialSite() {
    await box.executable("official/pulumi-resource-kubernetes", "echo official");
    await writeFile(join(box.root, "official", "README.md"), "text");
    execFileSync("tar", ["-czf", "../official.tar.gz", "README.md", "pulumi-resource-kubernetes"], {
      cwd: join(box.root, "official"),
    });
    const archive = await readFile(join(box.root, "official.tar.gz"));
    return serve((request, response) => {
      if (request.url === "/linux-amd64.tar.gz") response.end(archive);
      else response.end(`${sha256(archive)}  linux-amd64.tar.gz\n`);
    });
  }

  it("downloads the official archive, verified, once", async () => {
    const site = await officialSite();
    const nodeModules = await sdk("4.34.2");
    const found = (await resolve(nodeModules, { pins: pinsAt(site.url), build: true })) as string;
    assert.equal(basename(found), "resource-kubernetes-v4.34.2");
    assert.deepEqual(readdirSync(found), ["pulumi-resource-kubernetes"]);
    await site.close();
    assert.equal(await resolve(nodeModules), found);
    assert.equal(existsSync(join(box.root, "built")), false);
  });

  it("refuses an archive that is not the one pinned for this version and machine, and builds nothing in its place", async () => {
    const site = await officialSite();
    const pinned = pinsAt(site.url);
    pinned.kubernetesPlugin.sha256 = { "4.34.2-linux-x64": sha256("another"), "4.34.2-linux-arm64": sha256("more") };
    await assert.rejects(resolve(await sdk("4.34.2"), { pins: pinned, build: true }), {
      code: "TOOLCHAIN_CHECKSUM_MISMATCH",
    });
    assert.equal(existsSync(join(box.root, "built")), false);
    assert.ok((await resolve(await sdk("4.34.1"), { pins: pinned })) !== undefined);
    await site.close();
  });

  it("builds only where that is asked for, and takes what was built from then on", async () => {
    const nodeModules = await sdk("4.34.2");
    const quiet = recorder();
    assert.equal(await resolve(nodeModules, {}, quiet), undefined);
    assert.deepEqual([...quiet.steps, ...quiet.notes], []);
    const report = recorder();
    const found = await resolve(nodeModules, { build: true }, report);
    assert.match(
      report.notes.join("\n"),
      /no official download of the Kubernetes provider plugin 4\.34\.2: 127\.0\.0\.1/,
    );
    assert.match(report.steps.join("\n"), /Building official Kubernetes provider .* \(about 7 minutes on 2 cores/);
    assert.equal(await resolve(nodeModules), found);
  });

  it("serves every SDK from one build, each under its own version", async () => {
    const versions = ["4.34.2", "4.29.0"];
    for (const version of versions) {
      const directory = (await resolve(await sdk(version), { build: true })) as string;
      // What the binary reads its version from.
      assert.equal(basename(realpathSync(directory)), `resource-kubernetes-v${version}`);
      assert.equal(
        realpathSync(join(directory, "pulumi-resource-kubernetes")),
        join(directory, "pulumi-resource-kubernetes"),
      );
      for (const name of ["schema", "terraform-mapping"]) {
        assert.equal(await readFile(join(directory, `${name}.json`), "utf8"), `{"of":"${name}"}`);
      }
    }
    assert.equal(await readFile(join(box.root, "built"), "utf8"), "build\n");
  });

  it("goes on to the build when the server lacks the plugin", async () => {
    const site = await serve((_request, response) => response.writeHead(404).end());
    const report = recorder();
    const found = await resolve(await sdk("4.34.2"), { pins: pinsAt(site.url), build: true }, report);
    assert.ok(found !== undefined);
    assert.match(report.notes.join("\n"), /checksums\.txt answered 404/);
    await site.close();
  });

  it("says what is missing when it can be neither downloaded nor built", async () => {
    await box.executable("bin/go", "exit 1");
    await assert.rejects(resolve(await sdk("4.34.2"), { build: true }), {
      code: "TOOLCHAIN_NO_GO",
      message: /official Kubernetes provider .*127\.0\.0\.1:2 cannot be reached/,
    });
  });

  it("has nothing to do without the SDK", async () => {
    assert.equal(await resolve(join(box.root, "nowhere"), { build: true }), undefined);
  });
});
