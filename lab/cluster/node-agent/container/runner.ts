import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { ContainerError } from "../container-error";
import type { NodeContext } from "../node-context";
import { resolveInContainer } from "../path";
import type { Container, ContainerState, Pod } from "../pod";
import { findImage, planMounts } from "../root";
import { timestamp } from "../status";
import type { PodVolumes } from "../volumes";
import { containerCommand } from "./command";
import { containerEnvironment, expand } from "./environment";
import { LogWriter } from "./log";
import { ContainerProcess } from "./process";
import { createContainerRoot } from "./root";
import { identityOf } from "./security";

/** The kubelet cuts a termination message here. */
const MAXIMUM_MESSAGE_BYTES = 4096;
const LOG_TAIL_BYTES = 2048;

/** One run of one container. */
export interface ContainerRun {
  process: ContainerProcess;
  startedAt: string;
  /** Resolves when it has ended and everything it used is put away. */
  finished: Promise<NonNullable<ContainerState["terminated"]>>;
}

/** Where the log of the `attempt`th run (from 0) of a container is. */
export function logPath(node: NodeContext, pod: Pod, container: string, attempt: number): string {
  return path.join(node.diskDirectory, pod.metadata.uid, "logs", container, `${attempt}.log`);
}

/**
 * Starts a container: settles user and environment, puts its file system together, runs its command.
 *
 * @throws ContainerError when it can't be started
 */
export async function startContainer(
  pod: Pod,
  container: Container,
  attempt: number,
  { node, volumes }: { node: NodeContext; volumes: PodVolumes },
): Promise<ContainerRun> {
  const identity = identityOf(pod.spec, container);
  const reference = container.image ?? "";
  const image = findImage(node.images, reference);
  if (image.missing) {
    throw new ContainerError("ErrImagePull", `failed to pull and unpack image "${reference}": not found`);
  }
  const environment = await containerEnvironment(pod, container, image, {
    objects: node.objects,
    server: node.client.server,
    node: await node.podEnvironment(pod),
    substitutes: node.substitutes,
  });
  const words = [...(container.command ?? image.entrypoint ?? []), ...(container.args ?? [])];
  const argv = words.map((word) => expand(word, environment));
  if (argv.length === 0) {
    throw new ContainerError(
      "CreateContainerError",
      "no command specified: images of the lab have no program of their own",
    );
  }
  const own = path.join(node.memoryDirectory, pod.metadata.uid, "containers", `${container.name}-${attempt}`);
  await mkdir(own, { recursive: true });
  const terminationLog = path.join(own, "termination-log");
  await writeFile(terminationLog, "");
  await chmod(terminationLog, 0o666);
  const hidden = [...node.hidden, "/dev", "/proc"];
  const mounts = planMounts(
    pod,
    container,
    { ...image, binds: [...node.binds, ...image.binds] },
    {
      volumes: (name) => volumes.directory(name),
      terminationLog,
      hidden,
    },
  );
  const workingDirectory = resolveInContainer(container.workingDir || "/", hidden);
  const outputPipe = path.join(own, "output");
  const root = await createContainerRoot({
    scratch: path.join(own, "scratch"),
    mounts,
    hidden: node.hidden,
    readOnlyRoot: identity.readOnlyRoot,
    rootOverlay: node.rootOverlay,
    hostname: pod.spec.hostname ?? pod.metadata.name,
    workingDirectory,
    outputPipe,
    outputOwner: node.allUsers ? identity.uid : undefined,
  });
  const log = logPath(node, pod, container.name, attempt);
  await mkdir(path.dirname(log), { recursive: true, mode: 0o700 });
  const command = containerCommand(root.pid, argv, { identity, workingDirectory, allUsers: node.allUsers });
  const process = new ContainerProcess(command, environment, outputPipe, new LogWriter(log));
  const startedAt = timestamp();
  const containerID = `lab://${process.pid}`;
  const finish = async () => {
    const exitCode = await process.ended;
    await root.release();
    const message = await lastWords(container, exitCode, terminationLog, log);
    await rm(own, { recursive: true, force: true });
    const reason = exitCode === 0 ? "Completed" : "Error";
    return {
      exitCode,
      reason,
      startedAt,
      finishedAt: timestamp(),
      containerID,
      ...(message === "" ? {} : { message }),
    };
  };
  return { process, startedAt, finished: finish() };
}

async function lastWords(container: Container, exitCode: number, file: string, log: string): Promise<string> {
  const written = (await readFile(file, "utf8")).slice(0, MAXIMUM_MESSAGE_BYTES);
  if (written !== "" || exitCode === 0 || container.terminationMessagePolicy !== "FallbackToLogsOnError") {
    return written;
  }
  const records = (await readFile(log, "utf8")).trimEnd().split("\n");
  const text = records.map((record) => record.replace(/^\S+ [FP] /, "")).join("\n");
  return text.slice(-LOG_TAIL_BYTES);
}
