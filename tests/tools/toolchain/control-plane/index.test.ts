import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { resolveControlPlane } from "../../../../tools/toolchain/control-plane";
import { CLOSED_ADDRESS, pinsAt, recorder, sandbox, serve, sha256 } from "../fixtures";

const COMPONENTS = ["etcd", "kube-apiserver", "kube-controller-manager"];
const GO = `case "$1" in
  env) printf 'go1.99.0\\nlinux\\namd64\\nlocal\\n' ;;
  list) echo a ;;
  build) while [ "$1" != -o ]; do shift; done; echo '#!/bin/sh' > "$2" ;;
esac`;

describe("toolchain/control-plane", () => {
  let box: Awaited<ReturnType<typeof sandbox>>;
  let offline: ReturnType<typeof pinsAt>;
  beforeEach(async () => {
    box = await sandbox();
    offline = pinsAt(CLOSED_ADDRESS);
  });
  afterEach(() => box.remove());

  const resolve = (extra: object = {}, report = recorder()) =>
    resolveControlPlane(report, { env: box.env, pins: offline, platform: "linux", arch: "x64", ...extra });
  const install = async (directory: string, components = COMPONENTS, version = "v1.36.3") => {
    for (const name of components) await box.executable(`${directory}/${name}`, `echo Kubernetes ${version}`);
    return join(box.root, directory);
  };
  const inDirectory = (directory: string) => ({
    etcd: [join(directory, "etcd")],
    kubeApiserver: [join(directory, "kube-apiserver")],
    kubeControllerManager: [join(directory, "kube-controller-manager")],
  });

  it("takes KUBEBUILDER_ASSETS before PATH, and PATH without it", async () => {
    await install("bin");
    const assets = await install("assets");
    const env = { ...box.env, KUBEBUILDER_ASSETS: assets };
    assert.deepEqual(await resolve({ env, platform: "darwin" }), inDirectory(assets));
    assert.deepEqual(await resolve(), inDirectory(box.bin));
  });

  it("goes on to the next route when the assets lack the controller manager, and says so; never mixes", async () => {
    await install("bin");
    const assets = await install("assets", COMPONENTS.slice(0, 2));
    const report = recorder();
    const env = { ...box.env, KUBEBUILDER_ASSETS: assets };
    assert.deepEqual(await resolve({ env }, report), inDirectory(box.bin));
    assert.deepEqual(report.notes, [`KUBEBUILDER_ASSETS (${assets}) lacks kube-controller-manager`]);
  });

  it("passes by one that is too old, and builds the combined binary when nothing else is to be had", async () => {
    await install("bin", COMPONENTS, "v1.29.9");
    await box.executable("bin/go", GO);
    const report = recorder();
    const found = await resolve({}, report);
    assert.match(report.notes.join("\n"), /PATH is passed by: its kube-apiserver is Kubernetes v1\.29\.9/);
    assert.deepEqual([found.etcd[1], found.kubeApiserver[1], found.kubeControllerManager[1]], COMPONENTS);
    assert.equal(new Set([found.etcd[0], found.kubeApiserver[0], found.kubeControllerManager[0]]).size, 1);
    await rm(join(box.bin, "go"));
    assert.deepEqual(await resolve(), found);
  });

  it("downloads the official binaries, verified, once", async () => {
    await box.executable("etcd-v3.6.8-linux-amd64/etcd", "echo etcd");
    execFileSync("tar", ["-czf", "etcd.tar.gz", "etcd-v3.6.8-linux-amd64"], { cwd: box.root });
    const archive = await readFile(join(box.root, "etcd.tar.gz"));
    let tampered = true;
    const site = await serve((request, response) => {
      const name = request.url!.slice(1);
      if (name === "linux-amd64.tar.gz") response.end(archive);
      else if (name === "checksums.txt") response.end(`${sha256(archive)}  linux-amd64.tar.gz\n`);
      else if (name.endsWith(".sha256")) response.end(sha256(`#!/bin/sh\n# ${name.slice(0, -7)}\n`));
      else response.end(`#!/bin/sh\n# ${name}${tampered && name === "kube-controller-manager" ? "!" : ""}\n`);
    });
    await assert.rejects(resolve({ pins: pinsAt(site.url) }), { code: "TOOLCHAIN_CHECKSUM_MISMATCH" });
    tampered = false;
    const found = await resolve({ pins: pinsAt(site.url) });
    assert.deepEqual(found, inDirectory(dirname(found.etcd[0]!)));
    for (const [path] of Object.values(found)) assert.equal(statSync(path!).mode & 0o111, 0o111, path);
    await site.close();
    assert.deepEqual(await resolve({ pins: pinsAt(site.url) }), found);
  });

  it("is for Linux", async () => {
    await assert.rejects(resolve({ platform: "darwin" }), { code: "TOOLCHAIN_PLATFORM" });
  });
});
