import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findImage } from "../../lab/cluster/node-agent/root/images";
import { PULUMI_IMAGE_TAGS } from "../../lab/pulumi-image-tags";
import { pulumiImages } from "../../lab/pulumi-images";
import { DEFAULT_AGENT_IMAGE } from "../../provider/workload/kinds/agent-template";
import { DEFAULT_IMAGE } from "../../provider/workload/pod/template";
import { PULUMI_IMAGES, pushedTags } from "../helpers/pulumi-images";

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
    assert.deepEqual(findImage(images, DEFAULT_AGENT_IMAGE).binds, []);
    const digest = `@sha256:${"a".repeat(64)}`;
    assert.deepEqual(findImage(images, DEFAULT_IMAGE + digest).env, PULUMI_IMAGES.nonroot.env);
    assert.deepEqual(findImage(images, "alpine/pulumi:3.259.0-nonroot").binds, []);
  });

  it("has the tags that the build files of the images push", () => {
    const sorted = (tags: Record<string, readonly string[]>) =>
      Object.fromEntries(Object.entries(tags).map(([name, each]) => [name, [...each].sort()]));
    assert.deepEqual(sorted(PULUMI_IMAGE_TAGS), sorted(pushedTags()));
    for (const [repository, tags] of Object.entries(pushedTags())) {
      for (const tag of tags) {
        const image = `${repository}:${tag.replace("VERSION", "3.259.0")}`;
        assert.ok(!findImage(images, image).missing, image);
      }
    }
  });

  it("has no image of Pulumi's that differs by one part from one that is published", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const there = [
      ...[DEFAULT_IMAGE, "pulumi/pulumi", "docker.io/pulumi/pulumi:3.259.0", "ghcr.io/pulumi/pulumi-go:3.259.0-ubi"],
      ...["public.ecr.aws/pulumi/pulumi-python-3.14:3.259.0", `pulumi/pulumi@${digest}`, DEFAULT_AGENT_IMAGE],
      ...[`pulumi/pulumi-nodejs:3.259.0@${digest}`, "pulumi/pulumi-nodejs"],
    ];
    const missing = [
      ...["pulumi/pulumi-nodejs:3.259.0-nonroot", "pulumi/pulumi-node:3.259.0", "pulumi/pulumi-nodejs-20:3.259.0"],
      ...["pulumi/pulumi:v3.259.0", "pulumi/pulumi:3.259", "pulumi/pulumi:3.259.0-ubi", "pulumi/pulumi:3.259.0-debian"],
      ...["pulumi/pulumi-go:latest-nonroot", "pulumi/pulumi-python-313:3.259.0", "pulumi/pulumi:3.259.0-nonroot-arm"],
      ...["ghcr.io/pulumi/pulumi-nodejs:3.259.0-nonroot", "docker.io/pulumi/pulumi:", "pulumi/pulumi:Latest"],
      ...["pulumi/pulumi@sha256:abc", "pulumi/customer-managed-workflow-agent:2.3.0", "pulumi/esc:latest"],
    ];
    for (const image of there) assert.ok(!findImage(images, image).missing, image);
    for (const image of missing) assert.equal(findImage(images, image).missing, true, image);
  });

  it("knows nothing of images elsewhere, which are there: in a user's registry or a mirror", () => {
    for (const image of [
      ...["registry.example.com/pulumi/pulumi:3.259.0-nonroot", "localhost:5000/pulumi/pulumi-nodejs:mine"],
      ...["123456789012.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/pulumi/pulumi:3.259.0", "node:24", "pulumi:dev"],
    ]) {
      const { missing, binds } = findImage(images, image);
      assert.deepEqual([missing, binds], [undefined, []], image);
    }
    const own = { match: "pulumi/pulumi-nodejs:*-mine", binds: [], path: "/own" };
    assert.equal(findImage([own, ...images], "pulumi/pulumi-nodejs:3.259.0-mine").path, "/own");
  });
});
