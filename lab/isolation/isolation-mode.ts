import { spawnSync } from "node:child_process";
import { OidcRunnerError } from "../../trust";

/**
 * How the lab's processes are kept apart from the rest of the machine: as the machine's root with own mount and process
 * namespaces, or inside a user namespace in which an ordinary user appears as root.
 */
export type IsolationMode = "root" | "user-namespace";

/** Runs a command and says whether it ended with 0; injectable for tests. */
export type Probe = (argv: string[]) => boolean;

/** Leading arguments of `unshare` for each mode. Killing the outermost `unshare` ends everything inside and drops its mounts. */
export const NAMESPACE_ARGUMENTS: Readonly<Record<IsolationMode, readonly string[]>> = {
  root: ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"],
  "user-namespace": [
    "--user",
    "--map-root-user",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "--propagation",
    "private",
  ],
};

let known: IsolationMode | undefined;

function probeWithSpawn(argv: string[]): boolean {
  return spawnSync(argv[0]!, argv.slice(1), { stdio: "ignore", timeout: 10_000, cwd: "/" }).status === 0;
}

/**
 * Tries both modes, without remembering the answer; {@link isolationMode} is what callers want.
 *
 * @param probe runs a command and tells whether it succeeded
 * @param isRoot whether this process is root; only root gets mode `root`
 */
export function detectIsolationMode(probe: Probe, isRoot: boolean): IsolationMode {
  const modes: IsolationMode[] = isRoot ? ["root", "user-namespace"] : ["user-namespace"];
  for (const mode of modes) {
    // A tmpfs is mounted because some sandboxes grant the namespace and then refuse every mount in it.
    const mount = ["sh", "-c", "mount -t tmpfs tmpfs /mnt"];
    if (probe(["unshare", ...NAMESPACE_ARGUMENTS[mode], "--", ...mount])) {
      return mode;
    }
  }
  const asRoot = isRoot
    ? "give this container CAP_SYS_ADMIN and an unmasked /proc (docker run --privileged)"
    : "run as root, or allow user namespaces: sysctl -w kernel.unprivileged_userns_clone=1 (Debian), " +
      "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu 24.04 and later), user.max_user_namespaces > 0";
  throw new OidcRunnerError("LAB_NO_NAMESPACES", "the lab can't create mount and process namespaces on this machine", {
    where: "unshare (util-linux)",
    fix: asRoot,
  });
}

/**
 * Which isolation this machine allows; probed once per process (about 20 ms), then remembered.
 *
 * @throws OidcRunnerError `LAB_NO_NAMESPACES` where neither mode works; its fix says what would.
 */
export function isolationMode(): IsolationMode {
  known ??= detectIsolationMode(probeWithSpawn, process.geteuid?.() === 0);
  return known;
}
