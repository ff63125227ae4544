import { OidcRunnerError } from "../../../trust";
import { CONTAINER, checkEnvNames, checkLabels, type KubernetesObject, type PodMount } from "../pod";
import { strategicMerge } from "./strategic-merge";

/** What users merge into a pod template. */
export interface PodTemplatePatch {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: KubernetesObject;
}

/** What a patch must leave alone. */
export interface Reserved {
  serviceAccountName: unknown;
  /** Volumes that the trust depends on, by the mounts that our container has of them. */
  mounts: readonly PodMount[];
  /** What the pod is called in errors. Default: `runner`. */
  owner?: string;
  /** Name of our container. Default: the runner's. */
  container?: string;
  /** Refuses variables of our container that are not the user's to set. Default: those of a runner. */
  checkEnv?: (names: readonly string[], where: string) => void;
  /** Variables that the runner sets for its cloud identity. */
  variables?: readonly string[];
}

/** Fields of our container that say what it runs; `command` and `script` are the arguments for that. */
const RUNS = ["command", "args"];

/** An entry of a list that is merged. */
type Entry = KubernetesObject & { name: string; mountPath: string };

/**
 * Refuses a patch that can't be merged, or that changes a field the runner's trust depends on: another ServiceAccount, other tokens, another
 * entrypoint, other variables of the exchange. It looks at the patch, not at the result: setting what is set already would
 * hide a mistake until the next version.
 *
 * @throws OidcRunnerError `POD_TEMPLATE_INVALID`, `POD_TEMPLATE_TRUST`, `LABEL_INVALID`, `ENV_RESERVED`, `ENV_STORED_TOKEN`
 */
export function checkTemplate(patch: PodTemplatePatch, reserved: Reserved, where = "podTemplate"): void {
  const metadata = patch.metadata ?? {};
  const spec = patch.spec ?? {};
  checkLabels(metadata.labels ?? {}, `${where}.metadata.labels`);
  strategicMerge({}, { metadata, spec }, where);
  checkSpec(spec, reserved, `${where}.spec`);
}

function checkSpec(patch: KubernetesObject, reserved: Reserved, where: string): void {
  const { serviceAccountName, mounts, owner = "runner", container = CONTAINER } = reserved;
  const parted = refusalFor(owner);
  for (const field of ["serviceAccountName", "serviceAccount"]) {
    if (patch[field] !== undefined && patch[field] !== serviceAccountName) {
      throw parted(
        `it names another ServiceAccount than ${String(serviceAccountName)}`,
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
  for (const [index, { name }] of entriesOf(patch.volumes).entries()) {
    if (mounts.some((mount) => mount.name === name)) {
      throw parted(
        `the volume ${name} is the ${owner}'s own`,
        `${where}.volumes[${index}]`,
        "a volume of another name",
      );
    }
  }
  for (const list of ["containers", "initContainers"]) {
    for (const [index, other] of entriesOf(patch[list]).entries()) {
      checkContainer(other, list === "containers" && other.name === container, reserved, `${where}.${list}[${index}]`);
    }
  }
}

function checkContainer(patch: Entry, isOurs: boolean, reserved: Reserved, where: string): void {
  const { mounts, variables, owner = "runner" } = reserved;
  const { checkEnv = (names, place) => checkEnvNames(names, place, variables) } = reserved;
  const parted = refusalFor(owner);
  const env = entriesOf(patch.env).map(({ name }) => name);
  checkEnv(isOurs ? env : env.filter((name) => name === "PULUMI_ACCESS_TOKEN"), `${where}.env`);
  if (!isOurs) {
    return;
  }
  for (const field of RUNS) {
    if (patch[field] !== undefined) {
      throw parted(`it changes what the ${owner}'s container runs`, `${where}.${field}`, "command or script");
    }
  }
  for (const field of ["env", "volumeMounts"]) {
    if (patch[field] === null) {
      throw parted(`it removes the ${owner}'s own ${field}`, `${where}.${field}`, "null for single fields only");
    }
  }
  for (const [index, mount] of entriesOf(patch.volumeMounts).entries()) {
    const path = mount.mountPath;
    const ours = mounts.find(({ mountPath }) => within(path, mountPath) || within(mountPath, path));
    if (ours !== undefined) {
      const what = `it would hide ${ours.mountPath}, where the ${owner} has its own files`;
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

/** The entries of a list, with the texts that they are known by. */
export function entriesOf(list: unknown): Entry[] {
  const all: KubernetesObject[] = Array.isArray(list) ? list : [];
  return all.map((entry) => ({ ...entry, name: String(entry.name), mountPath: String(entry.mountPath) }));
}

function refusalFor(owner: string) {
  return (what: string, where: string, use: string) =>
    new OidcRunnerError("POD_TEMPLATE_TRUST", `podTemplate changes what the ${owner}'s trust depends on: ${what}`, {
      where,
      fix: `leave it out, and use ${use}`,
    });
}
