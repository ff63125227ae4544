import type { Identity } from "./security";

/**
 * The chain of programs that turns the agent's child into the container's first process: join the prepared namespaces,
 * become process 1 of a new process namespace, of a session and of a process group, as container runtimes do
 * (opencontainers/runc, libcontainer/nsenter/nsexec.c), give up privileges, run. No shell in it, so the container's environment
 * passes through untouched.
 *
 * @param holder process id from {@link ContainerRoot}
 * @param argv the container's command; looked up in its own `PATH` and file system
 * @param allUsers as in the node's context: without it the container's user is made by a nested user namespace, the
 *   only user there is, without supplementary groups; its root rules over nothing but that namespace
 */
export function containerCommand(
  holder: number,
  argv: string[],
  { identity, workingDirectory, allUsers }: { identity: Identity; workingDirectory: string; allUsers: boolean },
): string[] {
  const join = ["nsenter", `--target=${holder}`, "--mount", "--ipc", "--uts", "--"];
  const isolate = [
    "unshare",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    `--wd=${workingDirectory}`,
    "--",
    "setsid",
  ];
  const { uid, gid, groups, capabilities, noNewPrivileges } = identity;
  // Changing the user clears the parent-death signal, so it is set by the last program of the chain.
  const common = [...(noNewPrivileges ? ["--no-new-privs"] : []), "--inh-caps=-all", "--pdeathsig=KILL", "--", ...argv];
  const bounding = ["-all", ...capabilities.map((name) => `+${name.toLowerCase()}`)].join(",");
  if (!allUsers) {
    const user = ["unshare", "--user", `--map-user=${uid}`, `--map-group=${gid}`, "--"];
    // Other users have lost the right to lower the bounding set, and everything in it, on entering their namespace.
    return [...join, ...isolate, ...user, "setpriv", ...(uid === 0 ? [`--bounding-set=${bounding}`] : []), ...common];
  }
  const become = [`--reuid=${uid}`, `--regid=${gid}`, `--groups=${groups.join(",")}`, `--bounding-set=${bounding}`];
  return [...join, ...isolate, "setpriv", ...become, ...common];
}
