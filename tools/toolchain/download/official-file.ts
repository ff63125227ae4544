import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OidcRunnerError } from "../../../trust";
import { cacheDirectory } from "../cache";
import { withLock } from "../lock";
import type { ToolchainReport } from "../report";
import { downloadFile, fetchText, isReachable, RouteUnavailable } from "./download";

/** An official download and the checksum file published beside it. */
export interface OfficialFile {
  url: string;
  checksumUrl: string;
  /** SHA-256 known beforehand (`pins.json`); binding if given. */
  sha256?: string;
}

/**
 * Downloads a file and verifies it.
 *
 * It must match the checksum file published beside it over TLS, the checksum in `pins.json` where there is one, and the
 * checksum under which the same address was first accepted on this machine (`checksums.json` in the cache: trust on
 * first use). A mismatch is an error, never a reason to try the next route in silence.
 *
 * @throws RouteUnavailable if the servers cannot be reached or do not have the file
 */
export async function downloadOfficial(
  file: OfficialFile,
  target: string,
  env: NodeJS.ProcessEnv,
  report: ToolchainReport,
): Promise<string> {
  await assertReachable([file.url, file.checksumUrl]);
  const name = basename(new URL(file.url).pathname);
  const published = publishedChecksum(await fetchText(file.checksumUrl), name);
  if (published === undefined) {
    throw new RouteUnavailable(`${file.checksumUrl} has no SHA-256 of ${name}`);
  }
  report.step(`Downloading ${file.url}`);
  const actual = await downloadFile(file.url, target, (bytes, total) => {
    report.progress(`${name}: ${megabytes(bytes)}${total === undefined ? "" : ` of ${megabytes(total)}`} MB`);
  });
  const refuse = (source: string, expected: string) => {
    throw new OidcRunnerError("TOOLCHAIN_CHECKSUM_MISMATCH", `${name} is not the file that ${source} says it is`, {
      where: `${file.url}, SHA-256 ${actual}, expected ${expected}`,
      fix: "do not use this network for downloads; put the tool on PATH from a source you trust",
    });
  };
  if (published !== actual) {
    refuse("its published checksum", published);
  }
  if (file.sha256 !== undefined && file.sha256 !== actual) {
    refuse("pins.json", file.sha256);
  }
  const first = await acceptedFirst(file.url, actual, env);
  if (first !== actual) {
    refuse("the first download on this machine", first);
  }
  return actual;
}

/** The SHA-256 of a file in a checksum file: lines `HEX  NAME`, or one bare `HEX`. Lower-case hex. */
export function publishedChecksum(text: string, name: string): string | undefined {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  const named = lines.find(([hash, file]) => HEX.test(hash ?? "") && file?.replace(/^\*|^\.\//, "") === name);
  const bare = lines.length <= 2 && lines[0]?.length === 1 && HEX.test(lines[0][0] ?? "") ? lines[0] : undefined;
  return (named ?? bare)?.[0]?.toLowerCase();
}

const HEX = /^[0-9a-fA-F]{64}$/;

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

async function assertReachable(urls: string[]): Promise<void> {
  const origins = [...new Set(urls.map((url) => new URL(url).origin))];
  const reached = await Promise.all(origins.map(async (origin) => ({ origin, answers: await isReachable(origin) })));
  const silent = reached.filter(({ answers }) => !answers).map(({ origin }) => new URL(origin).host);
  if (silent.length > 0) {
    throw new RouteUnavailable(`${silent.join(" and ")} cannot be reached`);
  }
}

/** The checksum this URL was first accepted with: `actual` is remembered if there is none. */
async function acceptedFirst(url: string, actual: string, env: NodeJS.ProcessEnv): Promise<string> {
  const file = join(cacheDirectory(env), "checksums.json");
  await mkdir(dirname(file), { recursive: true });
  return withLock(`${file}.lock`, async () => {
    const text = await readFile(file, "utf8").catch(() => "{}");
    const known = JSON.parse(text) as Record<string, string>;
    if (known[url] !== undefined) {
      return known[url];
    }
    const temporary = `${file}.${process.pid}`;
    await writeFile(temporary, `${JSON.stringify({ ...known, [url]: actual }, null, 2)}\n`);
    await rename(temporary, file);
    return actual;
  });
}
