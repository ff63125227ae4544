import { randomBytes } from "node:crypto";
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { dyingWithParent } from "../isolation";
import type { Execution } from "../pulumi-cloud";
import { runLines } from "../run-lines";
import type { LabState } from "../types";
import { labEnvironment, TRANSPILE_ONLY } from "./environment";

/**
 * Makes this machine's root a directory of its own, with the token in `/mnt/pulumi/pulumi.oidc` and an empty `/PULUMI_ENV`, which
 * pre-run commands append variables to (pulumi/docs at 16b59505, content/docs/deployments/concepts/settings/environment-variables.md).
 * Arguments: the directory. The token comes by standard input.
 */
const MAKE_ROOT = `set -eu
root=$1
shift
mount -t tmpfs -o mode=0755 tmpfs "$root"
bind() {
  if [ -L "$1" ]; then cp -P "$1" "$2"; elif [ -d "$1" ]; then mkdir "$2" && mount --rbind "$1" "$2"; fi
}
for place in /*; do [ "$place" = /mnt ] || bind "$place" "$root$place"; done
mkdir "$root/mnt"
for place in /mnt/*; do bind "$place" "$root$place"; done
mkdir -p "$root/mnt/pulumi"
cat >"$root/mnt/pulumi/pulumi.oidc"
: >"$root/PULUMI_ENV"
# Debian leaves it out of an ordinary user's PATH.
PATH=$PATH:/usr/sbin:/sbin
exec chroot "$root" "$@"`;

/**
 * Runs pre-run commands, each by a shell of its own, and then a program, with the variables of `/PULUMI_ENV`. Arguments: a directory to
 * work in, what a line begins with that names a part, how many commands there are, the commands, the program and its arguments.
 */
const RUN = `set -eu
cd "$1"
part=$2
left=$3
shift 3
load() {
  echo "Loading PULUMI_ENV from /PULUMI_ENV"
  while IFS= read -r line || [ -n "$line" ]; do case $line in [A-Za-z_]*=*) export "$line" ;; esac; done </PULUMI_ENV
}
[ "$left" = 0 ] || echo "$part pre-run"
while [ "$left" -gt 0 ]; do
  sh -c "$1"
  load
  shift
  left=$((left - 1))
done
echo "$part pulumi"
exec "$@"`;

const PARTS = ["pre-run", "pulumi"] as const;

/** Runs the commands of a deployment of the lab; returns the exit code of the last one that ran. */
export function execute(state: LabState, work: Execution): Promise<number> {
  const directory = join(state.directory, "deployments", work.id);
  const root = join(directory, "root");
  const pulumiHome = join(directory, "pulumi-home");
  for (const path of [root, pulumiHome, join(directory, "home")]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }
  // A home of its own: the CLI keeps the access token there.
  symlinkSync(join(state.pulumiHome, "plugins"), join(pulumiHome, "plugins"));
  const { KUBECONFIG: _, PULUMI_CONFIG_PASSPHRASE: __, ...lab } = labEnvironment(state);
  const part = `part-${randomBytes(8).toString("hex")}`;
  const { preRunCommands, pulumi } = work;
  const program = [state.pulumiCli.path, ...pulumi, "--non-interactive", "--color", "never"];
  const inside = ["sh", "-c", RUN, "deployment", work.directory, part, String(preRunCommands.length)];
  const outside = ["unshare", "--mount", "--propagation", "private", "--", "sh", "-c", MAKE_ROOT, "deployment", root];
  const command = dyingWithParent([...outside, ...inside, ...preRunCommands, ...program]);
  const env = {
    ...lab,
    ...TRANSPILE_ONLY,
    PULUMI_HOME: pulumiHome,
    PULUMI_BACKEND_URL: state.pulumiCloud.url,
    // In place of https://sts.amazonaws.com.
    AWS_ENDPOINT_URL_STS: state.aws.stsUrl,
    // In place of https://login.microsoftonline.com.
    AZURE_AUTHORITY_HOST: state.azure.authority,
    PATH: `${dirname(state.pulumiCli.path)}:${process.env.PATH ?? "/usr/bin:/bin"}`,
    HOME: join(directory, "home"),
    USER: "pulumi",
    ...work.environment,
  };
  return runLines(command, { env, input: work.token }, (line) => {
    const begun = PARTS.find((name) => line === `${part} ${name}`);
    if (begun === undefined) {
      work.onLine(line);
    } else {
      work.onPart(begun);
    }
  });
}
