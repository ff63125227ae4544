import { mkdirSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { ContainerError } from "../container-error";
import { isWithin, resolveInContainer } from "../path";
import type { Container, Pod } from "../pod";
import type { ImageDefinition } from "./images";

/** One thing of the host that a container sees at some path. */
export interface RootMount {
  source: string;
  /** Path in the container, links resolved. */
  target: string;
  directory: boolean;
  readOnly: boolean;
}

/** Everything needed to put together the file system a container sees. */
export interface RootPlan {
  /** Directory for this container alone, for the overlay's parts. */
  scratch: string;
  /** Parents before what lies below them. */
  mounts: RootMount[];
  /** Directories the container finds empty, outermost only. */
  hidden: string[];
  readOnlyRoot: boolean;
  /** As the layout of {@link NodeContext.rootOverlay}. */
  rootOverlay: boolean;
  hostname: string;
  /** Created if missing. */
  workingDirectory: string;
  /** Named pipe to make for the container's output, and its owner. */
  outputPipe: string;
  outputOwner: number | undefined;
}

/**
 * Where the pod's volumes and the image's files go.
 *
 * @param volumes directory of a volume by name
 * @param terminationLog host file that collects the container's termination message
 */
export function planMounts(
  pod: Pod,
  container: Container,
  image: ImageDefinition,
  {
    volumes,
    terminationLog,
    hidden,
  }: { volumes: (name: string) => string | undefined; terminationLog: string; hidden: string[] },
): RootMount[] {
  const mounts = new Map<string, RootMount>();
  const add = (source: string, target: string, readOnly: boolean) => {
    const resolved = resolveInContainer(target, hidden);
    mounts.set(resolved, { source, target: resolved, directory: statSync(source).isDirectory(), readOnly });
  };
  for (const { source, target } of image.binds) {
    try {
      add(realpathSync(source), target, true);
    } catch (cause) {
      throw new ContainerError("CreateContainerError", `image ${container.image}: ${(cause as Error).message}`);
    }
  }
  add(terminationLog, container.terminationMessagePath ?? "/dev/termination-log", false);
  for (const { name, mountPath, subPath, readOnly = false } of container.volumeMounts ?? []) {
    const directory = volumes(name);
    const volume = pod.spec.volumes?.find((candidate) => candidate.name === name);
    if (directory === undefined || volume === undefined) {
      throw new ContainerError("CreateContainerConfigError", `no volume named "${name}"`);
    }
    const writable = volume.emptyDir !== undefined;
    // A subPath names one file of one moment: it is never updated, as on a real node.
    const source = subPath ? subPathSource(directory, subPath, writable) : directory;
    add(source, mountPath, readOnly || !writable);
  }
  return [...mounts.values()].sort((a, b) => a.target.split("/").length - b.target.split("/").length);
}

function subPathSource(directory: string, subPath: string, writable: boolean): string {
  const wanted = path.join(directory, subPath);
  if (writable && isWithin(wanted, directory)) {
    mkdirSync(wanted, { recursive: true });
  }
  let source: string;
  try {
    source = realpathSync(wanted);
  } catch {
    throw new ContainerError("CreateContainerConfigError", `failed to prepare subPath: "${subPath}" does not exist`);
  }
  if (!isWithin(source, realpathSync(directory))) {
    throw new ContainerError("CreateContainerConfigError", `subPath "${subPath}" leads out of its volume`);
  }
  return source;
}

/** Resolves the directories to hide and leaves out the missing, the root, and those inside another. */
export function outermostDirectories(directories: string[]): string[] {
  const real = directories.flatMap((directory) => {
    try {
      return [realpathSync(directory)];
    } catch {
      return [];
    }
  });
  const unique = [...new Set(real)].filter((directory) => directory !== "/");
  return unique.filter((inner) => !unique.some((outer) => outer !== inner && isWithin(inner, outer))).sort();
}
