import path from "node:path";
import { quote } from "../../../shell";
import { hostEntry, isWithin } from "../path";
import { type Layer, layerLines, SYSTEM_DIRECTORIES, topLevelLayers } from "./layers";
import type { RootMount, RootPlan } from "./plan";

/** What the script prints, on a line of its own, when the root is ready. */
export const READY = "ready";

/** Devices every container has. */
const DEVICES = ["null", "zero", "full", "random", "urandom", "tty"];
const STICKY_DIRECTORIES = ["/tmp", "/var/tmp"];
/** Where the host's root waits to be detached. */
const OLD_ROOT = "/.old-root";

/**
 * Writes the sh script that puts a container's file system together inside new mount, IPC and UTS namespaces, makes it
 * the root, prints {@link READY} and then waits until its standard input ends. It holds paths only, no secrets.
 */
export function rootScript(plan: RootPlan): string {
  const root = `${plan.scratch}/root`;
  const inRoot = (target: string) => quote(root + target);
  const layers = plan.rootOverlay ? undefined : topLevelLayers(plan.hidden);
  return [
    "set -eu",
    "umask 022",
    // Debian leaves pivot_root out of an ordinary user's PATH.
    "PATH=$PATH:/usr/sbin:/sbin",
    BIND_FUNCTION,
    `mount -t tmpfs -o mode=0711 tmpfs ${quote(plan.scratch)}`,
    `cd ${quote(plan.scratch)} && mkdir root upper work`,
    ...(layers === undefined ? [] : [`mount -t tmpfs -o mode=0755 tmpfs ${quote(root)}`]),
    ...mountPoints(plan, layers),
    ...(layers === undefined
      ? [`mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work ${quote(root)}`]
      : layers.flatMap((layer) => layerLines(layer, root))),
    `mount --rbind /proc ${inRoot("/proc")}`,
    ...deviceLines(`${root}/dev`),
    ...plan.hidden.map((directory) => {
      const mode = STICKY_DIRECTORIES.includes(directory) ? "1777" : "0755";
      return `mount -t tmpfs -o mode=${mode} tmpfs ${inRoot(directory)}`;
    }),
    ...plan.mounts.flatMap((mount) => mountLines(mount, plan, inRoot(mount.target))),
    ...(isCovered(plan.workingDirectory, plan) ? [`mkdir -p ${inRoot(plan.workingDirectory)}`] : []),
    `mkfifo -m 0600 ${quote(plan.outputPipe)}`,
    ...(plan.outputOwner === undefined ? [] : [`chown ${plan.outputOwner} ${quote(plan.outputPipe)}`]),
    // Not every system has the command, and not every namespace the file.
    `hostname ${quote(plan.hostname)} 2>/dev/null || printf %s ${quote(plan.hostname)} 2>/dev/null > /proc/sys/kernel/hostname || :`,
    `cd ${quote(root)} && pivot_root . .${OLD_ROOT} && cd /`,
    `umount --lazy ${OLD_ROOT} && rmdir ${OLD_ROOT}`,
    ...(plan.readOnlyRoot ? readOnlyLines(plan, layers) : []),
    `echo ${READY}`,
    "exec cat",
    "",
  ].join("\n");
}

/** In a user namespace a bind may be made read-only only if it keeps the flags it came with; they are asked for then. */
const BIND_FUNCTION = `bind_read_only() {
  mount --bind "$1" "$2"
  mount -o remount,bind,ro "$2" 2>/dev/null || mount -o "remount,bind,ro,$(findmnt -n -o VFS-OPTIONS -M "$2" | sed 's/^rw,//')" "$2"
}`;

/** Directories whose contents are new in the container: what lies below is made once they are there. */
function isCovered(target: string, plan: RootPlan, except?: RootMount): boolean {
  const covering = [...SYSTEM_DIRECTORIES, ...plan.hidden];
  const mounts = plan.mounts.filter((mount) => mount !== except && mount.directory).map((mount) => mount.target);
  return [...covering, ...mounts].some((directory) => isWithin(target, directory));
}

/**
 * Makes the mount points that the host does not have, in the overlay's upper part: that works also where the merged
 * directory belongs to a user this namespace does not know.
 */
function mountPoints(plan: RootPlan, layers: Layer[] | undefined): string[] {
  const overlaid = (target: string) => {
    const top = target.split("/")[1]!;
    return layers === undefined || layers.some(({ name, kind }) => name === top && kind === "directory");
  };
  const made = new Set<string>(["/"]);
  const lines: string[] = [];
  const make = (target: string, directory: boolean) => {
    const place = quote(`${overlaid(target) ? "upper" : "root"}${target}`);
    if (!made.has(target)) {
      made.add(target);
      const mode = (hostEntry(target)?.mode ?? 0o755).toString(8);
      lines.push(directory ? `mkdir -m ${mode} ${place}` : `: > ${place}`);
    }
  };
  const wanted = [
    { target: OLD_ROOT, directory: true },
    ...SYSTEM_DIRECTORIES.map((target) => ({ target, directory: true })),
    ...plan.mounts.filter((mount) => !isCovered(mount.target, plan, mount)),
    ...(isCovered(plan.workingDirectory, plan) ? [] : [{ target: plan.workingDirectory, directory: true }]),
  ];
  for (const { target, directory } of wanted) {
    if (hostEntry(target) !== undefined) {
      continue;
    }
    const parts = target.split("/").slice(1);
    for (let depth = 1; depth < parts.length; depth++) {
      make(`/${parts.slice(0, depth).join("/")}`, true);
    }
    make(target, directory);
  }
  return lines;
}

function mountLines(mount: RootMount, plan: RootPlan, target: string): string[] {
  const { directory, readOnly } = mount;
  const bind = `${readOnly ? "bind_read_only" : "mount --bind"} ${quote(mount.source)} ${target}`;
  if (!isCovered(mount.target, plan, mount)) {
    return [bind];
  }
  const parent = target.replace(/\/[^/]*'$/, "'");
  return directory ? [`mkdir -p ${target}`, bind] : [`mkdir -p ${parent}`, `[ -e ${target} ] || : > ${target}`, bind];
}

function deviceLines(dev: string): string[] {
  const links = [
    ["/proc/self/fd", "fd"],
    ["/proc/self/fd/0", "stdin"],
    ["/proc/self/fd/1", "stdout"],
    ["/proc/self/fd/2", "stderr"],
    ["pts/ptmx", "ptmx"],
  ];
  const at = (name: string) => quote(path.posix.join(dev, name));
  return [
    `mount -t tmpfs -o mode=0755 tmpfs ${quote(dev)}`,
    ...DEVICES.map((name) => `: > ${at(name)}; mount --bind /dev/${name} ${at(name)}`),
    ...links.map(([to, name]) => `ln -s ${to} ${at(name!)}`),
    `mkdir ${at("shm")} ${at("pts")}`,
    `mount -t tmpfs -o mode=1777 tmpfs ${at("shm")}`,
    `mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts ${at("pts")} 2>/dev/null || :`,
  ];
}

/** Runs after the new root is in place, so that everything could be created in it before. */
function readOnlyLines(plan: RootPlan, layers: Layer[] | undefined): string[] {
  const layered = (layers ?? []).filter(({ kind }) => kind === "directory").map(({ name }) => `/${name}`);
  const mounted = new Set(plan.mounts.map(({ target }) => target));
  const remount = (directory: string) => `mount -o remount,bind,ro ${quote(directory)}`;
  return [
    ...["/", ...plan.hidden].filter((directory) => !mounted.has(directory)).map(remount),
    // Where an overlay was refused, the host's own directory is bound, and read-only already.
    ...layered
      .filter((directory) => !mounted.has(directory))
      .map((directory) => `${remount(directory)} 2>/dev/null || :`),
  ];
}
