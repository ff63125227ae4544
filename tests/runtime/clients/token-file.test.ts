import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tokenFile } from "../../../runtime";
import { createSigningKey, type SigningKey } from "../../helpers/issuer";
import { refusedLater } from "../../helpers/refused";
import { podClaims, signed } from "../support";

describe("a projected token's file", () => {
  let key: SigningKey;
  let directory: string;
  let file: string;
  let pauses: number;
  /** What happens while the source waits. */
  let meanwhile: (pause: number) => Promise<unknown>;
  before(async () => {
    key = await createSigningKey("RS256");
  });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "token-"));
    file = join(directory, "token");
    pauses = 0;
    meanwhile = async () => {};
  });
  afterEach(() => rm(directory, { recursive: true }));

  const source = (path = file) =>
    tokenFile(path, {
      sleep: async () => {
        pauses += 1;
        await meanwhile(pauses);
      },
    });
  let count = 0;
  const token = () => {
    count += 1;
    return signed(key, podClaims({ jti: count }));
  };

  /** Writes as the kubelet does: a directory of its time, and links that change at once. */
  async function project(text: string): Promise<void> {
    count += 1;
    const data = `..2026_11_29_09_00_00.${count}`;
    await mkdir(join(directory, data));
    await writeFile(join(directory, data, "token"), text);
    await symlink(data, join(directory, "..data_tmp"));
    await rename(join(directory, "..data_tmp"), join(directory, "..data"));
    await symlink(join("..data", "token"), file).catch(() => {});
  }

  it("is read for every request: after a rotation the next one has the new token", async () => {
    const [first, second] = [token(), token()];
    await project(first);
    const tokens = source();
    assert.equal(await tokens.get(), first);
    assert.equal(await tokens.get(), first);
    await project(second);
    assert.equal(await tokens.get(), second);
    assert.equal(pauses, 0);
  });

  it("may be a plain file, ended by a new line", async () => {
    const text = token();
    await writeFile(file, `${text}\n`);
    assert.equal(await source().get(), text);
  });

  it("is waited for while it is half-written, wherever it is cut", async () => {
    const text = token();
    for (const cut of [
      0,
      1,
      20,
      text.indexOf("."),
      text.indexOf(".") + 1,
      text.lastIndexOf(".") + 1,
      text.length - 1,
    ]) {
      await writeFile(file, text.slice(0, cut));
      pauses = 0;
      meanwhile = async (pause) => pause === 3 && writeFile(file, text);
      assert.equal(await source().get(), text, `cut at ${cut}`);
      assert.equal(pauses, 3);
    }
  });

  it("is waited for while it is missing, and while its directory changes", async () => {
    const text = token();
    meanwhile = async (pause) => pause === 2 && project(text);
    assert.equal(await source().get(), text);
    await unlink(join(directory, "..data"));
    pauses = 0;
    meanwhile = async () => project(text);
    assert.equal(await source().get(), text);
    assert.equal(pauses, 1);
  });

  it("is given up after two seconds, without a word of what is in it", async () => {
    const text = token();
    await writeFile(file, text.slice(0, -5));
    const error = await refusedLater(source().get(), "TOKEN_FILE_UNUSABLE");
    assert.equal(pauses, 40);
    assert.ok(!error.message.includes(text.slice(0, 20)) && error.message.includes(file));
    const missing = await refusedLater(source(join(directory, "other")).get(), "TOKEN_FILE_UNUSABLE");
    assert.match(missing.message, /ENOENT/);
  });

  it("is not followed out of its directory", async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), "elsewhere-"));
    try {
      await writeFile(join(elsewhere, "token"), token());
      await symlink(join(elsewhere, "token"), file);
      const error = await refusedLater(source().get(), "TOKEN_FILE_UNUSABLE");
      assert.match(error.message, /leads out of its directory/);
      assert.equal(pauses, 0);
      // The directory itself may be a link: /var/run is one.
      await symlink(elsewhere, join(directory, "mount"));
      assert.ok(await source(join(directory, "mount", "token")).get());
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });

  it("takes tokens of each algorithm, whole ones only", async () => {
    for (const algorithm of ["ES256", "EdDSA"] as const) {
      const text = signed(await createSigningKey(algorithm), podClaims());
      await writeFile(file, text);
      assert.equal(await source().get(), text);
      await writeFile(file, text.slice(0, -1));
      await refusedLater(source().get(), "TOKEN_FILE_UNUSABLE");
    }
  });
});
