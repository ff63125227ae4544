import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkOurs, defaultLabDirectory, makeLabDirectory, readLab } from "../../lab/directory";
import { identityFrom, isRunning } from "../../lab/process-identity";
import { labClient } from "../../lab/providers/lab-client";
import { packageRoot } from "../../tools/toolchain/package-root";
import { skip } from "../skip";

const CLI = join(packageRoot(), "dist", "cli", "main.js");
/** Another user of this machine. */
const STRANGER = 1234;

const uid = process.getuid?.() as number;
const identityOf = (pid: number) => identityFrom(readFileSync(`/proc/${pid}/stat`, "utf8"));
const code = (name: string) => ({ name: "OidcRunnerError", code: name });

describe("a lab's directory", () => {
  let base: string;
  let bystander: ChildProcess | undefined;

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), "oidc-runner-ours-"));
  });
  afterEach(() => {
    bystander?.kill("SIGKILL");
    bystander = undefined;
    rmSync(base, { recursive: true, force: true });
  });

  /** A process of this user that no lab started. */
  async function sleeper(): Promise<number> {
    bystander = spawn("sleep", ["300"], { stdio: "ignore" });
    await once(bystander, "spawn");
    return bystander.pid as number;
  }

  /** Runs `oidc-runner lab …`; nothing of the environment says where. */
  function lab(args: string[], env: NodeJS.ProcessEnv = {}) {
    const { XDG_RUNTIME_DIR: _, ...rest } = process.env;
    return spawnSync(process.execPath, [CLI, "lab", ...args], { encoding: "utf8", env: { ...rest, ...env } });
  }

  /** What a lab would have left, or what a stranger would write in its place. */
  function description(pid: number, started: string, directory: string): string {
    const pulumiCloud = { url: "https://127.0.0.1:1", organization: "lab" };
    return JSON.stringify({
      pid,
      started,
      directory,
      pulumiCloud,
      clusters: [],
      environmentFile: `${directory}/env.sh`,
    });
  }

  it("is made with mode 0700, in directories of the same mode", () => {
    const directory = join(base, "one", "two");
    makeLabDirectory(directory);
    for (const path of [directory, join(base, "one")]) {
      assert.equal(lstatSync(path).mode & 0o777, 0o700);
    }
  });

  it("takes the place of what an ended lab left, and of an empty directory", () => {
    const directory = join(base, "lab");
    mkdirSync(directory, { mode: 0o700 });
    makeLabDirectory(directory);
    writeFileSync(join(directory, "lab.log"), "");
    writeFileSync(join(directory, "lab.json"), description(process.pid, "1", directory));
    makeLabDirectory(directory);
    assert.deepEqual(readdirSync(directory), []);
  });

  it("is refused to providers that a shell sends to it after its lab ended [A6]", async () => {
    writeFileSync(join(base, "lab.json"), JSON.stringify({ control: { url: "http://127.0.0.1:1", token: "" } }));
    const client = labClient({ OIDC_RUNNER_LAB: join(base, "lab.json") });
    await assert.rejects(client.find("/any"), code("LAB_NOT_FOUND"));
    chmodSync(base, 0o755);
    const stale = labClient({ OIDC_RUNNER_LAB: join(base, "lab.json") });
    await assert.rejects(stale.find("/any"), code("LAB_NOT_YOURS"));
  });

  it("is refused while its lab runs", () => {
    const directory = join(base, "lab");
    makeLabDirectory(directory);
    writeFileSync(join(directory, "lab.log"), "");
    writeFileSync(join(directory, "lab.json"), description(process.pid, identityOf(process.pid).started, directory));
    assert.throws(() => makeLabDirectory(directory), code("LAB_RUNNING"));
    assert.deepEqual(readdirSync(directory).sort(), ["lab.json", "lab.log"]);
  });

  it("keeps files that no lab wrote", () => {
    writeFileSync(join(base, "thesis.txt"), "");
    assert.throws(() => makeLabDirectory(base), code("LAB_DIRECTORY_UNUSABLE"));
    assert.throws(() => makeLabDirectory(join(base, "thesis.txt", "lab")), code("LAB_DIRECTORY_UNUSABLE"));
    assert.deepEqual(readdirSync(base), ["thesis.txt"]);
  });

  for (const [what, prepare, refused] of [
    ["one of this user alone", "mkdir -m 700 lab", undefined],
    ["none at all", "true", undefined],
    ["one that others may enter", "mkdir -m 711 lab", /others may enter/],
    ["one that others may list", "mkdir -m 740 lab", /others may enter/],
    ["a link to one of this user alone", "mkdir -m 700 real; ln -s real lab", /is a link/],
    ["a file", "touch lab; chmod 600 lab", /is not a directory/],
    ["one in a directory that all may write to", "mkdir -m 700 lab; chmod 777 .", /others may write to/],
    ["one in such a directory with a sticky bit", "mkdir -m 700 lab; chmod 1777 .", undefined],
  ] as const) {
    it(`is ${refused === undefined ? "ours" : "refused"}: ${what} [A6]`, () => {
      const directory = join(base, "parent", "lab");
      mkdirSync(join(base, "parent"), { mode: 0o700 });
      assert.equal(spawnSync("sh", ["-euc", prepare], { cwd: join(base, "parent") }).status, 0);
      const check = () => checkOurs(directory);
      if (refused === undefined) {
        check();
      } else {
        assert.throws(check, { ...code("LAB_NOT_YOURS"), message: refused });
        assert.throws(() => readLab(directory), code("LAB_NOT_YOURS"));
        assert.throws(() => makeLabDirectory(directory), code("LAB_NOT_YOURS"));
      }
    });
  }

  it("is not looked for below a link to a directory that all may write to [A6]", () => {
    mkdirSync(join(base, "open", "lab"), { recursive: true, mode: 0o700 });
    chmodSync(join(base, "open"), 0o777);
    symlinkSync(join(base, "open"), join(base, "link"));
    assert.throws(() => checkOurs(join(base, "link", "lab")), code("LAB_NOT_YOURS"));
  });

  it("is all that `lab down` removes, whatever its file names, and no other process is ended [A6]", async () => {
    const [directory, other] = [join(base, "lab"), join(base, "other")];
    mkdirSync(directory, { mode: 0o700 });
    mkdirSync(other, { mode: 0o700 });
    const pid = await sleeper();
    const { started } = identityOf(pid);
    writeFileSync(join(directory, "lab.json"), description(pid, String(Number(started) - 1), other));
    assert.match(lab(["status", "--directory", directory]).stdout, /has ended/);
    const down = lab(["down", "--directory", directory]);
    assert.equal(down.status, 0, down.stderr);
    assert.ok(isRunning({ pid, started }));
    assert.deepEqual(readdirSync(base), ["other"]);
    // The near miss: its own process is ended.
    mkdirSync(directory, { mode: 0o700 });
    writeFileSync(join(directory, "lab.json"), description(pid, started, other));
    assert.equal(lab(["down", "--directory", directory]).status, 0);
    assert.ok(!isRunning({ pid, started }));
    assert.deepEqual(readdirSync(base), ["other"]);
  });

  it("lies in a directory that only this user can enter, which outlives the lab [A6]", () => {
    const runtime = join(base, "runtime");
    mkdirSync(runtime, { mode: 0o700 });
    assert.equal(defaultLabDirectory({ XDG_RUNTIME_DIR: runtime }), join(runtime, "oidc-runner-lab"));
    for (const env of [{ TMPDIR: base }, { TMPDIR: base, XDG_RUNTIME_DIR: join(base, "none") }]) {
      const directory = defaultLabDirectory(env);
      assert.equal(directory, join(base, `oidc-runner-${uid}`, "oidc-runner-lab"));
      makeLabDirectory(directory);
      assert.match(lab(["down"], env).stdout, /^No lab is running in /);
      rmSync(directory, { recursive: true });
      assert.equal(lstatSync(join(base, `oidc-runner-${uid}`)).mode & 0o777, 0o700);
    }
  });

  describe("on a machine with another user", () => {
    before(function () {
      if (uid !== 0) {
        skip(this, "only root can be another user too; the tests above check what one user can");
      }
    });
    beforeEach(() => chmodSync(base, 0o1777));

    /** A shell of the other user, in the shared directory. */
    function stranger(script: string): void {
      const { status, stderr } = spawnSync("sh", ["-euc", script], {
        cwd: base,
        uid: STRANGER,
        gid: STRANGER,
        encoding: "utf8",
      });
      assert.equal(status, 0, stderr);
    }

    /** All that lies in the shared directory: owner, mode and contents. */
    function everything(): string[] {
      return readdirSync(base, { recursive: true, encoding: "utf8" })
        .map((name) => {
          const stats = lstatSync(join(base, name));
          const contents = stats.isFile() ? readFileSync(join(base, name), "utf8") : "";
          return `${name} ${stats.uid} ${stats.mode.toString(8)} ${contents}`;
        })
        .sort();
    }

    for (const [what, script] of [
      ["a directory with a lab's files", "mkdir -m 700 PLACE; cp bait PLACE/lab.json; echo false >PLACE/env.sh"],
      ["an open directory", "mkdir -m 777 PLACE; cp bait PLACE/lab.json"],
      ["a link to this user's directory", 'ln -s "$PWD/private" PLACE'],
      ["a link to a directory of theirs", 'mkdir -m 700 mine; cp bait mine/lab.json; ln -s "$PWD/mine" PLACE'],
      ["a link that leads nowhere", 'ln -s "$PWD/absent" PLACE'],
      ["a file", "cp bait PLACE"],
      ["a pipe, which would make a reader wait", "mkfifo PLACE"],
    ] as const) {
      for (const where of ["the directory asked for", "the parent of the default"] as const) {
        it(`touches nothing of theirs, nor of ours, when ${where} is ${what} [A6]`, async () => {
          mkdirSync(join(base, "private"), { mode: 0o700 });
          const pid = await sleeper();
          const { started } = identityOf(pid);
          const bait = description(pid, started, join(base, "private"));
          writeFileSync(join(base, "private", "kept"), "");
          if (what === "a link to this user's directory") {
            writeFileSync(join(base, "private", "lab.json"), bait);
          }
          writeFileSync(join(base, "bait"), bait, { mode: 0o644 });
          const asked = where === "the directory asked for";
          const place = asked ? "lab" : `oidc-runner-${uid}`;
          stranger(script.replaceAll("PLACE", place));
          const found = everything();
          const args = asked ? ["--directory", join(base, place)] : [];
          for (const command of ["status", "down", "up"]) {
            const { status, stdout, stderr } = lab([command, ...args], { TMPDIR: base });
            assert.equal(status, 2, `${command}: ${stdout}${stderr}`);
            assert.match(stderr, /^LAB_NOT_YOURS: .*Fix: /);
            assert.equal(stdout, "");
          }
          assert.throws(() => makeLabDirectory(join(base, place)), code("LAB_NOT_YOURS"));
          assert.deepEqual(everything(), found);
          assert.ok(isRunning({ pid, started }));
        });
      }
    }

    it("is not below another user's directory, though it is ours [A6]", () => {
      stranger("mkdir -m 755 theirs");
      mkdirSync(join(base, "theirs", "lab"), { mode: 0o700 });
      assert.throws(() => checkOurs(join(base, "theirs", "lab")), code("LAB_NOT_YOURS"));
      assert.throws(() => makeLabDirectory(join(base, "theirs", "new")), code("LAB_NOT_YOURS"));
      assert.ok(!existsSync(join(base, "theirs", "new")));
    });

    it("is not put into another user's runtime directory", () => {
      stranger("mkdir -m 700 runtime");
      const env = { XDG_RUNTIME_DIR: join(base, "runtime"), TMPDIR: base };
      assert.equal(defaultLabDirectory(env), join(base, `oidc-runner-${uid}`, "oidc-runner-lab"));
    });

    it("can't be entered or replaced by them", () => {
      const directory = join(base, `oidc-runner-${uid}`, "oidc-runner-lab");
      makeLabDirectory(directory);
      writeFileSync(join(directory, "lab.json"), "{}");
      for (const attempt of [
        `cat ${directory}/lab.json`,
        `ln ${directory}/lab.json caught`,
        `mkdir ${directory}2`,
        `mv oidc-runner-${uid} gone`,
        `rmdir oidc-runner-${uid}`,
      ]) {
        assert.throws(() => stranger(attempt), attempt);
      }
    });
  });
});
