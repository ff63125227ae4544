import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { OidcRunnerError } from "../../trust";
import type { Checksums } from "./download";
import { findExecutable } from "./find-executable";
import { assertProxyReachable } from "./go-proxy";
import type { ToolchainReport } from "./report";
import { run } from "./run";
import { isAtLeast } from "./version";

/** A binary to build from the modules pinned by a go.mod and go.sum. */
export interface GoBuild {
  /** What a user calls it, e.g. `Pulumi CLI 3.250.0`. */
  label: string;
  /** Directory of go.mod; never written to. */
  module: string;
  /** Package to build, from within the module. */
  package: string;
  /** Linker settings `NAME=VALUE` (`-X`). */
  variables: string[];
  /** What the first build costs, in words. */
  cost: string;
  /** Expected SHA-256 by `GOVERSION GOOS/GOARCH`. */
  expected: Checksums | undefined;
}

/** Longest silence while modules are downloaded, milliseconds: Go itself waits for ever on a stalled transfer. */
const DOWNLOAD_SILENCE_MS = 180_000;

/**
 * Builds a Go binary to `output`. The result is reproducible: the same Go version makes the same bytes.
 *
 * Sources come first, in a step of their own, so that a missing network is found before anything is compiled and the
 * compiler itself needs none. Coded errors: `TOOLCHAIN_NO_GO`, `TOOLCHAIN_NO_NETWORK`, `TOOLCHAIN_BUILD_FAILED`.
 *
 * @param tried why the routes before this one were closed; told to the user if this one is closed too
 * @returns what was used, for the cache's record
 */
export async function goBuild(
  build: GoBuild,
  output: string,
  env: NodeJS.ProcessEnv,
  report: ToolchainReport,
  tried: string[],
): Promise<Record<string, string>> {
  const { go, platform } = await findGo(build, env, tried);
  const goEnv = { ...env, CGO_ENABLED: "0", GOWORK: "off", GOOS: "", GOARCH: "" };
  const count = await fetchSources(build, go, goEnv, report, tried);
  report.step(`Building ${build.label} with Go, once (${build.cost})`);
  const begin = Date.now();
  let compiled = 0;
  const tell = () =>
    report.progress(`${compiled} of at most ${count} packages compiled, ${Math.round((Date.now() - begin) / 1000)} s`);
  const heartbeat = setInterval(tell, 1000);
  const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", linkerFlags(build)];
  const messages: string[] = [];
  const onErrorLine = (line: string) => {
    // -v names every package as it is compiled; a message has a space or a colon in it.
    if (/[\s:]/.test(line)) {
      messages.push(line);
    } else {
      compiled++;
    }
  };
  const args = ["build", "-C", build.module, ...flags, "-v", "-o", output, build.package];
  const result = await run(go, args, { env: { ...goEnv, GOPROXY: "off" }, onErrorLine });
  clearInterval(heartbeat);
  if (result.code !== 0) {
    throw buildFailed(build, messages.slice(-15).join("\n") || result.stderr.slice(-2000));
  }
  const sha256 = await fileChecksum(output);
  noteChecksum(build, platform, sha256, report);
  return { source: `go build ${build.package}, ${platform}`, sha256 };
}

async function findGo(build: GoBuild, env: NodeJS.ProcessEnv, tried: string[]) {
  const wanted = /^go (\S+)/m.exec(await readFile(join(build.module, "go.mod"), "utf8"))?.[1] ?? "1.0";
  const noGo = (what: string) =>
    new OidcRunnerError("TOOLCHAIN_NO_GO", `${build.label} cannot be built: ${what}`, {
      where: tried.join("; ") || undefined,
      fix: `put it on PATH, connect to the internet, or install Go ${wanted} or later (https://go.dev/dl/)`,
    });
  const go = await findExecutable("go", env);
  if (go === undefined) {
    throw noGo("Go is not on PATH");
  }
  // Asked outside of the module: inside, Go would first fetch the version the module wants.
  const variables = ["GOVERSION", "GOOS", "GOARCH", "GOTOOLCHAIN"];
  const asked = await run(go, ["env", ...variables], { env, cwd: tmpdir(), timeoutMs: 30_000 });
  const [version = "", os, arch, toolchain = ""] = asked.stdout.trim().split("\n");
  if (asked.code !== 0) {
    throw noGo(`${go} does not work: ${asked.stderr.trim().slice(-300)}`);
  }
  // A Go that may switch toolchains gets the one it needs together with the modules.
  if (!isAtLeast(version, wanted) && toolchain === "local") {
    throw noGo(`${go} is ${version}, older than ${wanted}`);
  }
  return { go, platform: `${version} ${os}/${arch}` };
}

/** Sees that every package is in the module cache, downloading what is missing; returns how many packages there are. */
async function fetchSources(
  build: GoBuild,
  go: string,
  env: NodeJS.ProcessEnv,
  report: ToolchainReport,
  tried: string[],
): Promise<number> {
  const args = ["list", "-C", build.module, "-mod=readonly", "-deps", "-f", "{{.ImportPath}}", build.package];
  const offline = await run(go, args, { env: { ...env, GOPROXY: "off" }, silenceMs: DOWNLOAD_SILENCE_MS });
  if (offline.code === 0) {
    return countLines(offline.stdout);
  }
  const proxies = (await run(go, ["env", "GOPROXY"], { env, cwd: tmpdir(), timeoutMs: 30_000 })).stdout.trim();
  await assertProxyReachable(proxies, build.label, tried);
  report.step(`Downloading the Go modules of ${build.label} from ${proxies}`);
  let modules = 0;
  const onErrorLine = (line: string) => {
    if (line.startsWith("go: downloading ")) {
      report.progress(`${++modules} modules, now ${line.slice(16)}`);
    }
  };
  const online = await run(go, args, { env, silenceMs: DOWNLOAD_SILENCE_MS, onErrorLine });
  if (online.code === 0) {
    return countLines(online.stdout);
  }
  if (online.timedOut) {
    throw new OidcRunnerError("TOOLCHAIN_NO_NETWORK", `the download of the Go modules of ${build.label} stalled`, {
      where: `GOPROXY=${proxies}`,
      fix: "check the network or set GOPROXY, and start again: what was downloaded is kept",
    });
  }
  throw buildFailed(build, online.stderr.trim().split("\n").slice(-15).join("\n"));
}

function countLines(text: string): number {
  return text.trim().split("\n").length;
}

function linkerFlags(build: GoBuild): string {
  return ["-s", "-w", ...build.variables.map((variable) => `-X ${variable}`)].join(" ");
}

function buildFailed(build: GoBuild, lines: string): OidcRunnerError {
  return new OidcRunnerError("TOOLCHAIN_BUILD_FAILED", `go build of ${build.label} failed`, {
    where: build.module,
    output: lines,
    fix: "see the lines below; free disk space (about 4 GB) and GOFLAGS are the usual causes",
  });
}

async function fileChecksum(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

function noteChecksum(build: GoBuild, platform: string, sha256: string, report: ToolchainReport): void {
  const expected = build.expected?.[platform];
  if (expected === undefined) {
    report.note(`no checksum is on record for ${build.label} built by ${platform}`);
  } else if (expected !== sha256) {
    report.note(`${build.label} built by ${platform} has SHA-256 ${sha256}, on record is ${expected}`);
  }
}
