import { OidcRunnerError } from "../../../trust";
import { CONTAINER, containerSettings, type KubernetesObject, podSettings } from "../pod";
import type { PodTemplatePatch } from "./check";
import { strategicMerge } from "./strategic-merge";

/** Types of volumes that `restricted` allows. */
const VOLUMES = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** Kernel settings that `baseline` allows. */
const SYSCTLS = [
  ...["kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start"],
  ...["net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports"],
  ...["net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl"],
  "net.ipv4.tcp_keepalive_probes",
];

const SELINUX_TYPES = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/**
 * Refuses a patch with which the pod would not pass Pod Security `restricted` (Kubernetes documentation, "Pod Security Standards"):
 * in a namespace that enforces it the controller would make no pod, and the update would wait until its limit.
 *
 * @param container name of our container, which the patch may change
 * @throws OidcRunnerError `POD_SECURITY_RESTRICTED`
 */
export function checkPodSecurity(patch: PodTemplatePatch, container = CONTAINER, where = "podTemplate"): void {
  const ours = {
    ...podSettings({ serviceAccountName: "" }),
    containers: [{ name: container, ...containerSettings({}) }],
    volumes: [],
  };
  const spec = strategicMerge(ours, patch.spec ?? {}, `${where}.spec`);
  const faults = [...podFaults(spec), ...containersOf(spec).flatMap((each) => containerFaults(each, spec))];
  if (faults.length > 0) {
    throw new OidcRunnerError(
      "POD_SECURITY_RESTRICTED",
      `the namespace that is created enforces Pod Security "restricted", which refuses ${faults.join(", ")}`,
      {
        where: `${where}.spec`,
        fix: "change the template, or make the namespace in the program with the level that the pod needs and leave createNamespace out",
      },
    );
  }
}

function containersOf(spec: KubernetesObject): { path: string; settings: KubernetesObject }[] {
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((list) =>
    objects(spec[list]).map((settings) => ({ path: `${list}[${String(settings.name)}]`, settings })),
  );
}

function podFaults(spec: KubernetesObject): string[] {
  const context = object(spec.securityContext);
  return [
    ...["hostNetwork", "hostPID", "hostIPC"].filter((field) => spec[field] === true),
    ...objects(spec.volumes)
      .filter((volume) => !VOLUMES.some((type) => type in volume))
      .map(({ name, ...source }) => `volumes[${String(name)}] (${Object.keys(source).join(", ") || "no source"})`),
    ...objects(context.sysctls)
      .filter(({ name }) => !SYSCTLS.includes(String(name)))
      .map(({ name }) => `securityContext.sysctls[${String(name)}]`),
    ...contextFaults(context).map((fault) => `securityContext.${fault}`),
  ];
}

function containerFaults({ path, settings }: { path: string; settings: KubernetesObject }, spec: KubernetesObject) {
  const pod = object(spec.securityContext);
  const own = object(settings.securityContext);
  const { drop, add } = object(own.capabilities) as { drop?: string[]; add?: string[] };
  const faults: [boolean, string][] = [
    [own.privileged === true, "privileged"],
    [own.allowPrivilegeEscalation !== false, "allowPrivilegeEscalation that is not false"],
    [!(drop ?? []).includes("ALL"), "capabilities without drop: [ALL]"],
    [(add ?? []).some((name) => name !== "NET_BIND_SERVICE"), "capabilities.add"],
    [(own.runAsNonRoot ?? pod.runAsNonRoot) !== true, "runAsNonRoot that is not true"],
    [
      !["RuntimeDefault", "Localhost"].includes(String(object(own.seccompProfile ?? pod.seccompProfile).type)),
      "a seccompProfile other than RuntimeDefault and Localhost",
    ],
    [!["Default", undefined].includes(own.procMount as string | undefined), "procMount"],
  ];
  return [
    ...[...faults.filter(([is]) => is).map(([, fault]) => fault), ...contextFaults(own)].map(
      (fault) => `${path}.securityContext.${fault}`,
    ),
    ...objects(settings.ports)
      .filter(({ hostPort }) => hostPort !== undefined && hostPort !== 0)
      .map(() => `${path}.ports with a hostPort`),
  ];
}

/** What is refused of a pod's settings and of a container's alike. */
function contextFaults(context: KubernetesObject): string[] {
  const { type = "", user = "", role = "" } = object(context.seLinuxOptions);
  const { hostProcess } = object(context.windowsOptions);
  const { type: appArmor = "RuntimeDefault" } = object(context.appArmorProfile) as { type?: string };
  const faults: [boolean, string][] = [
    [context.runAsUser === 0, "runAsUser 0"],
    [!SELINUX_TYPES.includes(String(type)) || user !== "" || role !== "", "seLinuxOptions"],
    [hostProcess === true, "windowsOptions.hostProcess"],
    [!["RuntimeDefault", "Localhost"].includes(appArmor), "appArmorProfile"],
  ];
  return faults.filter(([is]) => is).map(([, fault]) => fault);
}

function object(value: unknown): KubernetesObject {
  return typeof value === "object" && value !== null ? (value as KubernetesObject) : {};
}

function objects(value: unknown): KubernetesObject[] {
  return Array.isArray(value) ? value.map(object) : [];
}
