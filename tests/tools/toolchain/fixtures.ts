import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Pins, pins } from "../../../tools/toolchain/download/pinned";
import type { ToolchainReport } from "../../../tools/toolchain/report";

/** A temporary directory with fake executables, and an environment that sees nothing else of this machine. */
export async function sandbox() {
  const root = await mkdtemp(join(tmpdir(), "toolchain-"));
  const bin = join(root, "bin");
  const executable = async (path: string, script: string) => {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return join(root, path);
  };
  await mkdir(bin);
  return {
    root,
    bin,
    /** Writes a shell script, executable, at a path below the sandbox. */
    executable,
    // The system's directories hold tar; ours come first.
    env: { PATH: `${bin}:/usr/bin:/bin`, OIDC_RUNNER_CACHE: join(root, "cache"), HOME: root } as NodeJS.ProcessEnv,
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** A report that keeps what it is told. */
export function recorder(): ToolchainReport & { steps: string[]; notes: string[] } {
  const steps: string[] = [];
  const notes: string[] = [];
  return { steps, notes, step: (text) => steps.push(text), note: (text) => notes.push(text), progress() {} };
}

/** A loopback server that counts its requests by path. */
export async function serve(listener: RequestListener) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/** The pins with another site as the official one, whose files no checksum is known of beforehand. */
export function pinsAt(url: string): Pins {
  const official = { archive: `${url}/{os}-{arch}.tar.gz`, checksums: `${url}/checksums.txt`, sha256: {} };
  return {
    ...pins,
    pulumi: { ...pins.pulumi, ...official },
    kubernetes: { ...pins.kubernetes, binary: `${url}/{name}`, checksum: `${url}/{name}.sha256`, sha256: {} },
    etcd: { ...pins.etcd, ...official },
    kubernetesPlugin: official,
  };
}

/** An address where nothing listens: no program is given a port so low by chance, as it may be one that was just free. */
export const CLOSED_ADDRESS = "http://127.0.0.1:2";

export function sha256(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
