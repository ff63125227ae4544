import { chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ImageDefinition } from "./cluster/node-agent/root";
import { ownsAllUsers } from "./isolation";
import { ANY_PULUMI_IMAGE, publishedImages } from "./pulumi-image-tags";

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
    BIN,
    "/usr/local/share/fnm/aliases/default/bin",
    "/usr/local/share/pyenv/shims",
    "/usr/local/share/pyenv/bin",
    "/usr/local/share/dotnet",
    "/go/bin",
    "/usr/local/go/bin",
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
  ].join(":"),
};

/**
 * Pulumi's images as far as the lab has them: a CLI, and for the default one the environment and the home that the real one has.
 * What is not published is not there. Any other image is not known, whatever registry it is in, and runs on the host's own
 * programs, as a copy of one of Pulumi's in a user's registry does: `images` of the lab's options says what such an image has.
 *
 * @param cli directory of the CLI
 * @param scratch where the home is made
 */
export function pulumiImages(cli: string, scratch: string): [nonroot: ImageDefinition, ...others: ImageDefinition[]] {
  const home = join(scratch, "image-home");
  mkdirSync(home, { mode: 0o700 });
  if (process.getuid?.() === 0 && ownsAllUsers()) {
    chownSync(home, USER.id, USER.id);
  }
  const binds = [{ source: cli, target: BIN }];
  return [
    {
      match: publishedImages((_, tag) => tag.includes("-nonroot")),
      binds: [...binds, { source: home, target: USER.home }],
      ...NONROOT,
    },
    {
      match: publishedImages((repository) => repository.startsWith("pulumi/pulumi")),
      binds,
      path: `${BIN}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    },
    { match: publishedImages(() => true), binds: [] },
    { match: ANY_PULUMI_IMAGE, binds: [], missing: true },
  ];
}
