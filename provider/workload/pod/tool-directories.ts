import { paths } from "./paths";

const home = paths.homeDirectory;

/**
 * Where tools keep their files: below the writable volume, because the root file system can't be written and images name
 * directories of users that the pod does not run as. `pulumi/pulumi:*-nonroot` has GOPATH, XDG_CONFIG_HOME and
 * XDG_CACHE_HOME below /home/pulumi, which is user 1000's with mode 0700; `pulumi/pulumi` has the XDG ones below /root;
 * `pulumi/pulumi-go` has GOPATH=/go, which is root's (pulumi/pulumi-docker-containers at 3.259.0-nonroot,
 * docker/pulumi/Dockerfile:106,131-132,202-208 and docker/go/Dockerfile:73). Helm, uv, Poetry, pnpm and corepack follow the
 * XDG variables. What follows HOME alone (gcloud, az, kubectl, NuGet, Maven with Java 19 or later) needs none of its own.
 */
export const TOOL_DIRECTORIES: Record<string, string> = {
  XDG_CONFIG_HOME: `${home}/.config`,
  XDG_CACHE_HOME: `${home}/.cache`,
  XDG_DATA_HOME: `${home}/.local/share`,
  XDG_STATE_HOME: `${home}/.local/state`,
  GOPATH: `${home}/go`,
  GOCACHE: `${home}/.cache/go-build`,
  npm_config_cache: `${home}/.npm`,
  PIP_CACHE_DIR: `${home}/.cache/pip`,
  TMPDIR: home,
};
