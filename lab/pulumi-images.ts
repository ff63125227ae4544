import { chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ImageDefinition } from "./cluster/node-agent/images";
import { ownsAllUsers } from "./isolation";

/** Directory that Pulumi's images have their CLI in. */
const BIN = "/pulumi/bin";

/** The user of `pulumi/pulumi:*-nonroot`, whose home is closed to others: 0700, as Debian's adduser makes it. */
const USER = { id: 1000, home: "/home/pulumi" };

/** What the image's Dockerfile sets (pulumi/pulumi-docker-containers at 3.259.0-nonroot, docker/pulumi/Dockerfile). */
const NONROOT = {
  env: {
    DOTNET_ROOT: "/usr/local/share/dotnet",
    DOTNET_ROLL_FORWARD: "Major",
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1",
    PYENV_ROOT: "/usr/local/share/pyenv",
    FNM_VERSION_FILE_STRATEGY: "recursive",
    FNM_DIR: "/usr/local/share/fnm",
    GOPATH: `${USER.home}/go`,
    XDG_CONFIG_HOME: `${USER.home}/.config`,
    XDG_CACHE_HOME: `${USER.home}/.cache`,
  },
  path: [
    ...[BIN, "/usr/local/share/fnm/aliases/default/bin", "/usr/local/share/pyenv/shims", "/usr/local/share/pyenv/bin"],
    ...["/usr/local/share/dotnet", "/go/bin", "/usr/local/go/bin"],
    ...["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"],
  ].join(":"),
};

/**
 * Pulumi's images as far as the lab has them: a CLI, and for the default one the environment and the home that the real one has.
 *
 * @param cli directory of the CLI
 * @param scratch where the home is made
 */
export function pulumiImages(cli: string, scratch: string): [ImageDefinition & { match: string }, ImageDefinition] {
  const home = join(scratch, "image-home");
  mkdirSync(home, { mode: 0o700 });
  if (process.getuid?.() === 0 && ownsAllUsers()) {
    chownSync(home, USER.id, USER.id);
  }
  const binds = [{ source: cli, target: BIN }];
  return [
    { match: "pulumi/pulumi:*-nonroot", binds: [...binds, { source: home, target: USER.home }], ...NONROOT },
    { match: "pulumi/pulumi*", binds, path: `${BIN}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin` },
  ];
}
