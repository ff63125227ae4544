import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { etcdArchive, KUBERNETES_BINARIES, kubernetesBinary } from "../../../tools/toolchain/control-plane/download";
import type { OfficialFile } from "../../../tools/toolchain/download/official-file";
import { GO_ARCH, pins } from "../../../tools/toolchain/download/pinned";
import { kubernetesPluginArchive } from "../../../tools/toolchain/kubernetes-provider/archive";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { PULUMI_PLATFORMS, pulumiArchive } from "../../../tools/toolchain/pulumi-cli/archive";

const readme = readFileSync(join(packageRoot(), "tools", "toolchain", "README.md"), "utf8");
const { devDependencies } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as {
  devDependencies: Record<string, string>;
};

/** All that the toolchain may download, on every system and processor. */
function downloads(): OfficialFile[] {
  const platforms = PULUMI_PLATFORMS.map((name) => name.split("-") as [string, string]);
  const provider = devDependencies["@pulumi/kubernetes"] as string;
  return [
    ...platforms.map(([platform, arch]) => pulumiArchive(pins, platform, arch)),
    ...platforms.map(([platform, arch]) => kubernetesPluginArchive(pins, provider, platform, arch)),
    ...(Object.values(GO_ARCH) as string[]).flatMap((arch) => [
      etcdArchive(pins, "linux", arch),
      ...KUBERNETES_BINARIES.map((name) => kubernetesBinary(pins, name, "linux", arch)),
    ]),
  ];
}

describe("toolchain/pins", () => {
  const unpinned = downloads().filter(({ sha256 }) => sha256 === undefined);

  it("has a SHA-256 of every download but those that README.md names [A24]", () => {
    const [, list = ""] = /^Not pinned.*?\n\n((?:- .*\n)*)/ms.exec(readme) ?? [];
    const named = [...list.matchAll(/^- `(.*)`$/gm)].map(([, name]) => name);
    assert.deepEqual(unpinned.map(({ url }) => basename(url)).sort(), named.sort());
  });

  it("has each value once, as lower-case hex, and none that no download asks for", () => {
    const { pulumi, kubernetes, etcd, kubernetesPlugin } = pins;
    const values = [pulumi, kubernetes, etcd, kubernetesPlugin].flatMap(({ sha256 }) => Object.values(sha256));
    for (const value of values) assert.match(value ?? "", /^[0-9a-f]{64}$/);
    assert.equal(new Set(values).size, values.length);
    const asked = downloads().flatMap(({ sha256 }) => sha256 ?? []);
    assert.deepEqual(values.sort(), asked.sort());
  });

  it("cites a commit for the versions that are pinned", () => {
    for (const [name, { version }] of Object.entries({ "Pulumi CLI": pins.pulumi, etcd: pins.etcd })) {
      assert.match(
        readme,
        new RegExp(`^\\| ${name} ${version.replaceAll(".", "\\.")} \\|.* at [0-9a-f]{40} \\|$`, "m"),
      );
    }
    assert.match(readme, new RegExp(`kube-controller-manager ${pins.kubernetes.version} \\|.* at [0-9a-f]{40} `));
  });
});
