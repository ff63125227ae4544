import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findImage } from "../../lab/cluster/node-agent/images";
import { pulumiImages } from "../../lab/pulumi-images";
import { DEFAULT_IMAGE } from "../../provider/workload/pod-template";
import { PULUMI_IMAGES } from "../helpers/pulumi-images";

describe("lab/pulumi-images", () => {
  const directory = mkdtempSync(join(tmpdir(), "oidc-runner-images-"));
  const images = pulumiImages("/cli", directory);
  after(() => rmSync(directory, { recursive: true }));

  it("gives the default image the environment and the home that the real one has", () => {
    const { env, path, binds } = findImage(images, DEFAULT_IMAGE);
    assert.deepEqual(env, PULUMI_IMAGES.nonroot.env);
    assert.deepEqual(path?.split(":"), PULUMI_IMAGES.nonroot.path);
    const home = binds.find(({ target }) => target === PULUMI_IMAGES.nonroot.home);
    const { mode, uid } = statSync(home?.source ?? "");
    assert.equal(mode & 0o777, 0o700);
    // Only root can give it away.
    assert.equal(uid, process.getuid?.() === 0 ? PULUMI_IMAGES.nonroot.user : process.getuid?.());
  });

  it("gives every one of Pulumi's images a CLI, and no other", () => {
    for (const image of [DEFAULT_IMAGE, "pulumi/pulumi:3.259.0", "pulumi/pulumi-nodejs:3.259.0"]) {
      assert.ok(
        findImage(images, image).binds.some(({ source, target }) => source === "/cli" && target === "/pulumi/bin"),
      );
    }
    assert.equal(findImage(images, "pulumi/pulumi-nodejs:3.259.0").env, undefined);
    assert.deepEqual(findImage(images, "alpine/pulumi:3.259.0-nonroot").binds, []);
  });
});
