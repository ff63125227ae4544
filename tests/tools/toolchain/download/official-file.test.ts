import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RouteUnavailable } from "../../../../tools/toolchain/download/download";
import { downloadOfficial, publishedChecksum } from "../../../../tools/toolchain/download/official-file";
import { CLOSED_ADDRESS, recorder, sandbox, serve, sha256 } from "../fixtures";

describe("toolchain/official-file", () => {
  let box: Awaited<ReturnType<typeof sandbox>>;
  let site: Awaited<ReturnType<typeof serve>>;
  let content: string;
  let checksums: string;
  beforeEach(async () => {
    box = await sandbox();
    content = "the real tool";
    checksums = `${sha256("other")}  other.bin\n${sha256(content)}  tool.bin\n`;
    site = await serve((request, response) => {
      if (request.url === "/tool.bin") response.end(content);
      else if (request.url === "/sums") response.end(checksums);
      else response.writeHead(404).end();
    });
  });
  afterEach(async () => {
    await site.close();
    await box.remove();
  });

  const get = (extra = {}) => {
    const file = { url: `${site.url}/tool.bin`, checksumUrl: `${site.url}/sums`, ...extra };
    return downloadOfficial(file, join(box.root, "tool"), box.env, recorder());
  };
  const mismatch = (text: RegExp) => (error: { code: string; message: string }) =>
    error.code === "TOOLCHAIN_CHECKSUM_MISMATCH" && text.test(error.message);

  it("takes a file with its published checksum, and again", async () => {
    assert.equal(await get(), sha256(content));
    assert.equal(await readFile(join(box.root, "tool"), "utf8"), content);
    assert.equal(await get({ sha256: sha256(content) }), sha256(content));
  });

  it("refuses a file whose published checksum is another", async () => {
    content = "a tampered tool";
    await assert.rejects(get(), mismatch(/published checksum/));
  });

  it("refuses a file that differs from the pinned checksum, though its published one agrees", async () => {
    await assert.rejects(get({ sha256: sha256("pinned") }), mismatch(/pins\.json/));
  });

  it("refuses a file and checksum that were both exchanged since the first download", async () => {
    await get();
    content = "a tampered tool";
    checksums = `${sha256(content)}  tool.bin`;
    await assert.rejects(get(), mismatch(/first download on this machine/));
  });

  it("leaves the route, without an error of its own, when there is no checksum, no file or no server", async () => {
    checksums = "<html>Please log in to the airport's network</html>";
    await assert.rejects(get(), RouteUnavailable);
    await assert.rejects(get({ checksumUrl: `${site.url}/missing` }), /answered 404/);
    const closed = CLOSED_ADDRESS;
    await assert.rejects(get({ url: `${closed}/tool.bin` }), (error: Error) => {
      return error instanceof RouteUnavailable && error.message.includes(new URL(closed).host);
    });
    assert.ok(!site.requests.includes("GET /tool.bin"));
  });

  it("leaves the route when the transfer breaks off", async () => {
    const broken = await serve((request, response) => {
      if (request.url === "/sums") return response.end(checksums);
      response.writeHead(200, { "content-length": 1000 });
      response.write("part");
      return setTimeout(() => response.destroy(), 10);
    });
    await assert.rejects(get({ url: `${broken.url}/tool.bin`, checksumUrl: `${broken.url}/sums` }), RouteUnavailable);
    await broken.close();
  });

  it("reads the usual checksum files, and takes no other file's checksum", () => {
    const hash = sha256("x");
    assert.equal(publishedChecksum(`${hash}\n`, "a"), hash);
    assert.equal(publishedChecksum(`${hash.toUpperCase()} *a`, "a"), hash);
    assert.equal(publishedChecksum(`${hash}  ./a\n`, "a"), hash);
    assert.equal(publishedChecksum(`${hash}  ab\n`, "a"), undefined);
    assert.equal(publishedChecksum(`${hash}\n${hash}\n${hash}\n`, "a"), undefined);
    assert.equal(publishedChecksum(`${hash.slice(1)}  a\n`, "a"), undefined);
  });
});
