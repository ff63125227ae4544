import { ContainerError } from "../container-error";
import type { Container, PodSpec } from "../pod";

/** As whom a container runs. */
export interface Identity {
  uid: number;
  gid: number;
  /** Supplementary groups, the primary one included. */
  groups: number[];
  /** Capabilities it may have, without `CAP_`, upper case. Only uid 0 gets them, as in a real runtime. */
  capabilities: string[];
  noNewPrivileges: boolean;
  readOnlyRoot: boolean;
}

/** What container runtimes leave to root by default. */
const DEFAULT_CAPABILITIES = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "NET_RAW",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

/**
 * Settles the pod's and the container's security contexts: the container's wins. An image has no user of its own here,
 * so without `runAsUser` it is root.
 *
 * @throws ContainerError `CreateContainerConfigError` when `runAsNonRoot` meets uid 0
 */
export function identityOf(spec: PodSpec, container: Container): Identity {
  const pod = spec.securityContext ?? {};
  const own = container.securityContext ?? {};
  const wantedUid = own.runAsUser ?? pod.runAsUser;
  const uid = wantedUid ?? 0;
  const gid = own.runAsGroup ?? pod.runAsGroup ?? 0;
  if ((own.runAsNonRoot ?? pod.runAsNonRoot) === true && uid === 0) {
    const why =
      wantedUid === undefined
        ? "container has runAsNonRoot and image will run as root"
        : "container's runAsUser breaks non-root policy";
    throw new ContainerError("CreateContainerConfigError", why);
  }
  const fsGroup = pod.fsGroup === undefined ? [] : [pod.fsGroup];
  return {
    uid,
    gid,
    groups: [...new Set([gid, ...fsGroup, ...(pod.supplementalGroups ?? [])])],
    capabilities: uid === 0 ? capabilitiesOf(own.capabilities) : [],
    noNewPrivileges: own.allowPrivilegeEscalation === false,
    readOnlyRoot: own.readOnlyRootFilesystem === true,
  };
}

function capabilitiesOf({ add = [], drop = [] }: { add?: string[]; drop?: string[] } = {}): string[] {
  const bare = (name: string) => name.toUpperCase().replace(/^CAP_/, "");
  const dropped = new Set(drop.map(bare));
  const kept = DEFAULT_CAPABILITIES.filter((name) => !dropped.has("ALL") && !dropped.has(name));
  return [...new Set([...kept, ...add.map(bare)])];
}
