import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory, cacheKey, ensureCached, findCached } from "../../../tools/toolchain/cache";
import { recorder, sandbox } from "./fixtures";

const item = { kind: "tool", key: "1-abc", label: "Tool 1" };

describe("toolchain/cache", () => {
  let box: Awaited<ReturnType<typeof sandbox>>;
  beforeEach(async () => {
    box = await sandbox();
  });
  afterEach(() => box.remove());

  it("is where the environment says, in order of precedence", () => {
    const all = { OIDC_RUNNER_CACHE: "/own", XDG_CACHE_HOME: "/xdg", HOME: "/home/u" };
    assert.equal(cacheDirectory(all), "/own");
    assert.equal(cacheDirectory({ ...all, OIDC_RUNNER_CACHE: "" }), "/xdg/pulumi-oidc-runner");
    assert.equal(cacheDirectory({ HOME: "/home/u" }), "/home/u/.cache/pulumi-oidc-runner");
  });

  it("has another key for other contents, another name or another setting, and the same for the same", async () => {
    const [a, b] = [join(box.root, "a"), join(box.root, "b")];
    await writeFile(a, "1");
    await writeFile(b, "1");
    const keys = [await cacheKey("1.0", [a]), await cacheKey("1.0", [b]), await cacheKey("1.0", [a], ["arm64"])];
    await writeFile(a, "2");
    keys.push(await cacheKey("1.0", [a]));
    assert.equal(new Set(keys).size, 4);
    await writeFile(a, "1");
    assert.equal(await cacheKey("1.0", [a]), keys[0]);
    assert.match(keys[0]!, /^1\.0-[0-9a-f]{12}$/);
  });

  it("makes an item once, also when asked twice at the same time", async () => {
    let made = 0;
    const make = async (directory: string) => {
      made++;
      await writeFile(join(directory, "binary"), "x");
      return { source: "test" };
    };
    const report = recorder();
    const found = await Promise.all([1, 2].map(() => ensureCached(item, box.env, report, make)));
    assert.equal(made, 1);
    assert.equal(found[0], found[1]);
    assert.equal(await readFile(join(found[0]!, "binary"), "utf8"), "x");
    assert.equal(JSON.parse(await readFile(join(found[0]!, "item.json"), "utf8")).source, "test");
    assert.deepEqual(report.steps, [`Waiting for process ${process.pid}, which is already preparing Tool 1`]);
    assert.equal(await findCached(item, box.env), found[0]);
  });

  it("keeps nothing of an item that could not be made, and tidies what a killed process left", async () => {
    const parent = join(cacheDirectory(box.env), item.kind);
    await mkdir(join(parent, `.tmp-${item.key}-killed`), { recursive: true });
    await mkdir(join(parent, item.key)); // without its record: half an item
    const fail = async (directory: string) => {
      await writeFile(join(directory, "half"), "");
      throw new Error("broken");
    };
    await assert.rejects(ensureCached(item, box.env, recorder(), fail), /broken/);
    assert.equal(await findCached(item, box.env), undefined);
    const directory = await ensureCached(item, box.env, recorder(), () => Promise.resolve({}));
    assert.deepEqual(await readdir(directory), ["item.json"]);
    assert.deepEqual(await readdir(parent), [item.key]);
  });

  it("is not used where others can change what would be run, and is made so that they can't [A6]", async () => {
    const before = process.umask(0);
    try {
      await ensureCached(item, box.env, recorder(), () => Promise.resolve({}));
    } finally {
      process.umask(before);
    }
    const cache = cacheDirectory(box.env);
    for (const path of [cache, join(cache, "tool"), join(cache, "tool", "1-abc")]) {
      assert.equal((await stat(path)).mode & 0o022, 0, path);
      await chmod(path, 0o777);
      await assert.rejects(findCached(item, box.env), { code: "TOOLCHAIN_CACHE_NOT_YOURS" });
      await chmod(path, 0o755);
    }
    assert.notEqual(await findCached(item, box.env), undefined);
  });

  it("says which directory cannot be written", async () => {
    await writeFile(join(box.root, "file"), "");
    await chmod(join(box.root, "file"), 0o400);
    const env = { OIDC_RUNNER_CACHE: join(box.root, "file") };
    const make = () => Promise.resolve({});
    const refused = { code: "TOOLCHAIN_CACHE_NOT_WRITABLE", where: join(box.root, "file", "tool") };
    await assert.rejects(ensureCached(item, env, recorder(), make), refused);
  });
});
