import { OidcRunnerError } from "../../../trust";
import { CONTAINER, checkEnvNames, type KubernetesObject, type PodMount } from "../pod";

/** Volumes of ours that are the user's to change: they hold nothing the trust depends on. */
const FREE_VOLUMES = ["home", "work"];

/** Fields of our container that say what it runs; `command` and `script` are the arguments for that. */
const RUNS = ["command", "args"];

type Entry = KubernetesObject & { name?: string };

/**
 * Refuses a patch of a pod's spec that would part the pod from its trust: another ServiceAccount, other tokens, another
 * entrypoint, other variables of the exchange. It looks at the patch, not at the result: setting what is set already would
 * hide a mistake until the next version.
 *
 * @throws OidcRunnerError `POD_TEMPLATE_TRUST`, `ENV_RESERVED`, `ENV_STORED_TOKEN`
 */
export function checkPodPatch(ours: KubernetesObject, patch: KubernetesObject, where: string): void {
  for (const field of ["serviceAccountName", "serviceAccount"]) {
    if (patch[field] !== undefined && patch[field] !== ours.serviceAccountName) {
      throw parted(
        `it names another ServiceAccount than ${String(ours.serviceAccountName)}`,
        `${where}.${field}`,
        "serviceAccountName",
      );
    }
  }
  for (const list of ["containers", "volumes"]) {
    if (patch[list] === null) {
      throw parted(`it removes all ${list}`, `${where}.${list}`, "null for single fields only");
    }
  }
  const volumes = entries(ours.volumes).filter(({ name = "" }) => !FREE_VOLUMES.includes(name));
  for (const [index, { name }] of entries(patch.volumes).entries()) {
    if (volumes.some((volume) => volume.name === name)) {
      throw parted(`the volume ${name} is the runner's own`, `${where}.volumes[${index}]`, "a volume of another name");
    }
  }
  const names = volumes.map(({ name }) => name);
  const [container = {}] = entries(ours.containers);
  const mounts = entries(container.volumeMounts).filter(({ name }) => names.includes(name)) as unknown as PodMount[];
  for (const list of ["containers", "initContainers"]) {
    for (const [index, other] of entries(patch[list]).entries()) {
      checkContainer(other, list === "containers" && other.name === CONTAINER, mounts, `${where}.${list}[${index}]`);
    }
  }
}

function checkContainer(patch: Entry, isOurs: boolean, mounts: PodMount[], where: string): void {
  const env = entries(patch.env).map(({ name = "" }) => name);
  checkEnvNames(isOurs ? env : env.filter((name) => name === "PULUMI_ACCESS_TOKEN"), `${where}.env`);
  if (!isOurs) {
    return;
  }
  for (const field of RUNS) {
    if (patch[field] !== undefined) {
      throw parted(`it changes what the runner's container runs`, `${where}.${field}`, "command or script");
    }
  }
  for (const field of ["env", "volumeMounts"]) {
    if (patch[field] === null) {
      throw parted(`it removes the runner's own ${field}`, `${where}.${field}`, "null for single fields only");
    }
  }
  for (const [index, mount] of entries(patch.volumeMounts).entries()) {
    const path = String(mount.mountPath);
    const ours = mounts.find(({ mountPath }) => within(path, mountPath) || within(mountPath, path));
    if (ours !== undefined) {
      const what = `it would hide ${ours.mountPath}, where the runner has its own files`;
      throw parted(what, `${where}.volumeMounts[${index}]`, "another mountPath");
    }
  }
}

/** Whether one path is another, or below it, however slashes and dots are written. */
function within(path: string, directory: string): boolean {
  return `${normal(path)}/`.startsWith(`${normal(directory)}/`);
}

function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  const plain = parts.map((part) => `/${part}`).join("");
  // One is a link to the other in almost every image.
  return plain.replace(/^\/run(?=\/|$)/, "/var/run");
}

function entries(list: unknown): Entry[] {
  return Array.isArray(list) ? (list as Entry[]) : [];
}

function parted(what: string, where: string, use: string): OidcRunnerError {
  return new OidcRunnerError("POD_TEMPLATE_TRUST", `the template would part the pod from its trust: ${what}`, {
    where,
    fix: `leave it out, and use ${use}`,
  });
}
