import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { pins } from "../../../../tools/toolchain/download/pinned";
import { resolvePulumiCli } from "../../../../tools/toolchain/pulumi-cli";
import { CLOSED_ADDRESS, pinsAt, recorder, sandbox, serve, sha256 } from "../fixtures";

const HOSTS = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

/** Stands for Go: knows all modules, and "builds" a script. */
const GO = `case "$1" in
  env) [ "$2" = GOPROXY ] && echo "$FAKE_GOPROXY" || printf '%s\\nlinux\\namd64\\n%s\\n' "\${FAKE_GO:-go1.99.0}" local ;;
  list) echo "$GOPROXY" >> "$HOME/list"; [ "$GOPROXY" != off ] || [ -z "$FAKE_GOPROXY" ] || exit 1; printf 'a\\nb\\n' ;;
  build) echo build >> "$HOME/built"; [ -z "$FAKE_FAILURE" ] || { echo "$FAKE_FAILURE" >&2; exit 1; }
    while [ "$1" != -o ]; do shift; done; echo '#!/bin/sh' > "$2" ;;
esac`;

describe("toolchain/pulumi-cli", () => {
  let box: Awaited<ReturnType<typeof sandbox>>;
  let offline: ReturnType<typeof pinsAt>;
  beforeEach(async () => {
    box = await sandbox();
    offline = pinsAt(CLOSED_ADDRESS);
  });
  afterEach(() => box.remove());

  const resolve = (extra: object = {}, report = recorder()) =>
    resolvePulumiCli(report, { env: box.env, pins: offline, platform: "linux", arch: "x64", ...extra });

  it("takes the one on PATH with its hosts, also through a symbolic link, and touches no cache", async () => {
    const real = await box.executable("opt/pulumi", "echo v3.201.5");
    for (const host of HOSTS) await box.executable(`opt/${host}`, "");
    await symlink(real, join(box.bin, "pulumi"));
    assert.deepEqual(await resolve(), { path: join(box.bin, "pulumi"), version: "3.201.5" });
    assert.equal(existsSync(box.env.OIDC_RUNNER_CACHE!), false);
  });

  const unfit: [string, string, string[], RegExp][] = [
    ["is too old", "echo v3.199.9", HOSTS, /version 3\.199\.9 is older than 3\.200\.0/],
    ["does not tell its version", "exit 1", HOSTS, /does not tell its version/],
    ["has no language host", "echo v3.250.0", [HOSTS[1]!], /pulumi-language-nodejs is neither/],
    ["has no dynamic-provider launcher", "echo v3.250.0", [HOSTS[0]!], /pulumi-resource-pulumi-nodejs is neither/],
  ];
  for (const [what, script, hosts, note] of unfit) {
    it(`passes by the one on PATH that ${what}, and says so`, async () => {
      await box.executable("bin/pulumi", script);
      for (const host of hosts) await box.executable(`bin/${host}`, "");
      await box.executable("bin/go", GO);
      const report = recorder();
      const { path } = await resolve({}, report);
      assert.ok(path.startsWith(box.env.OIDC_RUNNER_CACHE!), path);
      assert.match(report.notes.join("\n"), note);
    });
  }

  it("downloads the official archive before it builds, once", async () => {
    await mkdir(join(box.root, "pulumi"));
    for (const name of ["pulumi", ...HOSTS]) await box.executable(`pulumi/${name}`, "echo official");
    execFileSync("tar", ["-czf", "archive.tar.gz", "pulumi"], { cwd: box.root });
    const archive = await readFile(join(box.root, "archive.tar.gz"));
    const site = await serve((request, response) => {
      if (request.url === "/linux-x64.tar.gz") response.end(archive);
      else response.end(`${sha256(archive)}  linux-x64.tar.gz\n`);
    });
    await box.executable("bin/go", "exit 1");
    const found = await resolve({ pins: pinsAt(site.url) });
    for (const name of ["pulumi", ...HOSTS]) assert.ok(existsSync(join(found.path, "..", name)), name);
    assert.equal(existsSync(join(found.path, "..", "archive.tar.gz")), false);
    const asked = site.requests.length;
    assert.deepEqual(await resolve({ pins: pinsAt(site.url) }), found);
    assert.equal(site.requests.length, asked);
    await site.close();
  });

  it("does not build when the download was tampered with", async () => {
    const site = await serve((request, response) => {
      response.end(request.url === "/checksums.txt" ? `${sha256("good")}  linux-x64.tar.gz\n` : "bad");
    });
    await box.executable("bin/go", GO);
    await assert.rejects(resolve({ pins: pinsAt(site.url) }), { code: "TOOLCHAIN_CHECKSUM_MISMATCH" });
    assert.equal(existsSync(join(box.root, "built")), false);
    await site.close();
  });

  it("builds with Go when the official site cannot be reached, once, with our hosts beside it", async () => {
    await box.executable("bin/go", GO);
    const report = recorder();
    const found = await resolve({}, report);
    assert.equal(found.version, pins.pulumi.version);
    for (const host of HOSTS) assert.match(await readFile(join(found.path, "..", host), "utf8"), /^#!.*node\n/);
    assert.match(report.notes.join("\n"), /no official download of the Pulumi CLI: 127\.0\.0\.1:\d+ cannot be reached/);
    assert.match(report.steps.join("\n"), /Building Pulumi CLI [\d.]+ with Go, once \(about 3 minutes/);
    const again = recorder();
    assert.deepEqual(await resolve({}, again), found);
    assert.deepEqual([...again.steps, ...again.notes], []);
    assert.equal(await readFile(join(box.root, "built"), "utf8"), "build\n");
    // Modules were there: Go was never let near the network.
    assert.equal(await readFile(join(box.root, "list"), "utf8"), "off\n");
  });

  it("says at once what is missing when neither the site, nor Go, nor its modules can be had", async () => {
    const proxy = CLOSED_ADDRESS;
    await box.executable("bin/go", GO);
    await assert.rejects(resolve({ env: { ...box.env, FAKE_GO: "go1.20.1" } }), {
      code: "TOOLCHAIN_NO_GO",
      message:
        /go is go1\.20\.1, older than 1\.26\.0 .*cannot be reached.*Fix: put it on PATH, connect .*install Go 1\.26/,
    });
    const address = proxy.replace("//", "//user:hunter2@");
    await assert.rejects(resolve({ env: { ...box.env, FAKE_GOPROXY: `${address},direct` } }), (error: Error) => {
      assert.match(error.message, /^TOOLCHAIN_NO_NETWORK: Pulumi CLI [\d.]+ is missing, and so are the Go modules/);
      assert.ok(error.message.includes(`${proxy} cannot be reached`), error.message);
      assert.ok(!error.message.includes("hunter2"));
      return true;
    });
    await assert.rejects(resolve({ env: { ...box.env, FAKE_GOPROXY: "off" } }), /GOPROXY forbids downloads/);
    await rm(join(box.bin, "go"));
    await assert.rejects(resolve({ env: { ...box.env, PATH: box.bin } }), {
      code: "TOOLCHAIN_NO_GO",
      message: /not on PATH/,
    });
    assert.equal(existsSync(join(box.root, "built")), false);
  });

  it("downloads modules from a proxy that answers, and shows the last lines of a failed build", async () => {
    const proxy = await serve((_request, response) => response.writeHead(404).end());
    await box.executable("bin/go", GO);
    const env = { ...box.env, FAKE_GOPROXY: `${proxy.url},direct`, FAKE_FAILURE: "main.go:1:1: it broke" };
    await assert.rejects(resolve({ env }), { code: "TOOLCHAIN_BUILD_FAILED", message: /main\.go:1:1: it broke/ });
    assert.ok(proxy.requests.length > 0);
    await proxy.close();
  });
});
