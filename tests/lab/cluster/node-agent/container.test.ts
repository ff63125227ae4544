import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expand } from "../../../../lab/cluster/node-agent/container/environment";
import { LogWriter, readLog } from "../../../../lab/cluster/node-agent/container/log";
import { identityOf } from "../../../../lab/cluster/node-agent/container/security";
import { resolveInContainer } from "../../../../lab/cluster/node-agent/path";
import type { PodSpec } from "../../../../lab/cluster/node-agent/pod";
import { findImage } from "../../../../lab/cluster/node-agent/root/images";
import { outermostDirectories } from "../../../../lab/cluster/node-agent/root/plan";
import { writeAtomically } from "../../../../lab/cluster/node-agent/volumes/atomic-writer";
import { quantityBytes } from "../../../../lab/cluster/node-agent/volumes/pod-volumes";
import { commonUser } from "../../../../lab/cluster/node-agent/volumes/volume-files";

describe("lab/cluster/node-agent, its pure parts", () => {
  const directory = realpathSync(mkdtempSync(path.join(tmpdir(), "oidc-runner-agent-")));
  after(() => rmSync(directory, { recursive: true, force: true }));

  it("settles security contexts: the container's wins, runAsNonRoot is kept", () => {
    const spec: PodSpec = {
      restartPolicy: "Never",
      containers: [],
      securityContext: { runAsUser: 1, runAsNonRoot: true },
    };
    const own = { name: "c", securityContext: { runAsUser: 2, runAsGroup: 3, allowPrivilegeEscalation: false } };
    const { uid, gid, noNewPrivileges, capabilities } = identityOf(spec, own);
    assert.deepEqual([uid, gid, noNewPrivileges, capabilities], [2, 3, true, []]);
    const root = { name: "c", securityContext: { runAsUser: 0 } };
    assert.throws(() => identityOf(spec, root), { reason: "CreateContainerConfigError" });
    const free: PodSpec = { restartPolicy: "Never", containers: [] };
    const limited = { ...root, securityContext: { capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } } };
    assert.deepEqual(identityOf(free, limited).capabilities, ["NET_BIND_SERVICE"]);
    assert.equal(identityOf(free, root).capabilities.length, 14);
    assert.equal(commonUser({ ...spec, containers: [{ name: "a" }, { name: "b" }] }), 1);
    assert.equal(commonUser({ ...spec, containers: [{ name: "a" }, own] }), undefined);
  });

  it("expands variables as Kubernetes does", () => {
    assert.equal(expand("$(A)$$(A) $(B) $A", { A: "$(B)" }), "$(B)$(A) $(B) $A");
    assert.equal(expand("$(toString)", {}), "$(toString)");
  });

  it("matches whole image references", () => {
    const images = [{ match: "pulumi/pulumi*", binds: [], path: "/p" }];
    assert.equal(findImage(images, "pulumi/pulumi:3.1").path, "/p");
    assert.equal(findImage(images, "evil/pulumi/pulumi").path, undefined);
    assert.equal(findImage([{ match: /\/pulumi$/, binds: [], path: "/r" }], "x/pulumi").path, "/r");
  });

  it("reads sizes and refuses what is none", () => {
    assert.deepEqual(["64Mi", "1.5k", "7"].map(quantityBytes), [67_108_864, 1500, 7]);
    assert.equal(quantityBytes("64mb"), undefined);
  });

  it("follows the host's links, but not into what the container does not see", () => {
    mkdirSync(path.join(directory, "real"));
    symlinkSync("real", path.join(directory, "link"));
    symlinkSync("loop", path.join(directory, "loop"));
    assert.equal(resolveInContainer(`${directory}/link/new`, []), `${directory}/real/new`);
    assert.equal(resolveInContainer(`${directory}/link/new`, [directory]), `${directory}/link/new`);
    assert.throws(() => resolveInContainer(`${directory}/loop`, []), /too many links/);
    const hidden = [`${directory}/real`, `${directory}/link`, directory, `${directory}-missing`, "/"];
    assert.deepEqual(outermostDirectories(hidden), [directory]);
  });

  it("writes volumes that switch at once, and leaves them alone when nothing changed", async () => {
    const volume = path.join(directory, "volume");
    mkdirSync(volume);
    const owners: unknown[] = [];
    const chown = async (file: string, uid: number, gid: number) => {
      owners.push([path.basename(file), uid, gid]);
      await Promise.resolve();
    };
    const file = (data: string) => ({ data: Buffer.from(data), mode: 0o600, uid: 5 });
    await writeAtomically(
      volume,
      new Map([
        ["a/b", file("1")],
        ["c", file("2")],
      ]),
      { chown },
    );
    const first = realpathSync(path.join(volume, "a/b"));
    assert.deepEqual(owners, [
      ["b", 5, 0],
      ["c", 5, 0],
    ]);
    await writeAtomically(
      volume,
      new Map([
        ["a/b", file("1")],
        ["c", file("2")],
      ]),
      { chown },
    );
    assert.equal(realpathSync(path.join(volume, "a/b")), first);
    await writeAtomically(volume, new Map([["a/b", file("3")]]), { chown, fsGroup: 7 });
    assert.equal(readFileSync(path.join(volume, "a/b"), "utf8"), "3");
    assert.equal(statSync(path.join(volume, "a/b")).mode & 0o777, 0o640);
    assert.equal(statSync(path.join(volume, "c"), { throwIfNoEntry: false }), undefined);
    assert.equal(statSync(first, { throwIfNoEntry: false }), undefined);
  });

  it("keeps logs byte for byte, with times, tails and unfinished lines", async () => {
    const file = path.join(directory, "log");
    const writer = new LogWriter(file);
    const long = "x".repeat(40_000);
    let ended = false;
    const collect = async (query: object) => {
      let text = "";
      for await (const part of readLog(file, query, () => ended)) {
        text += part;
      }
      return text;
    };
    writer.write(Buffer.from("one\ntw"));
    const followed = collect({ follow: true });
    writer.write(Buffer.from(`o\n${long}\nlast`));
    writer.end();
    ended = true;
    const whole = `one\ntwo\n${long}\nlast`;
    assert.equal(await followed, whole);
    assert.equal(await collect({}), whole);
    assert.equal(await collect({ tailLines: 2 }), `${long}\nlast`);
    assert.equal(await collect({ tailLines: 0 }), "");
    assert.match(await collect({ timestamps: true, tailLines: 1 }), /^\d{4}-\S+Z last$/);
    assert.equal(await collect({ since: new Date(Date.now() + 60_000) }), "");
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });
});
