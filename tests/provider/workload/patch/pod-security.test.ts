import { checkPodSecurity } from "../../../../provider/workload/patch/pod-security";
import { refused } from "../../../helpers/refused";

type Spec = Record<string, unknown>;

const SAFE = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
const check = (spec: Spec) => () => checkPodSecurity({ spec });
const ours = (securityContext: Spec, more: Spec = {}) => ({
  containers: [{ name: "runner", securityContext, ...more }],
});
const beside = (securityContext: Spec | undefined, more: Spec = {}) => ({
  containers: [{ name: "proxy", image: "proxy", ...(securityContext && { securityContext }), ...more }],
});

/** A patch, its near miss, and what is told of it. */
const CASES: [Spec, Spec, string][] = [
  [ours({ privileged: true }), ours({ privileged: false }), "containers[runner].securityContext.privileged"],
  [
    ours({ allowPrivilegeEscalation: true }),
    ours({ allowPrivilegeEscalation: false }),
    "containers[runner].securityContext.allowPrivilegeEscalation",
  ],
  [
    ours({ capabilities: { add: ["SYS_ADMIN"] } }),
    ours({ capabilities: { add: ["NET_BIND_SERVICE"] } }),
    "containers[runner].securityContext.capabilities.add",
  ],
  [
    ours({ capabilities: { drop: ["KILL"] } }),
    ours({ capabilities: { drop: ["ALL", "KILL"] } }),
    "without drop: [ALL]",
  ],
  [ours({ runAsNonRoot: false }), ours({ runAsNonRoot: true }), "runAsNonRoot"],
  [ours({ runAsUser: 0 }), ours({ runAsUser: 1000 }), "runAsUser 0"],
  [ours({ procMount: "Unmasked" }), ours({ procMount: "Default" }), "procMount"],
  [
    ours({ seccompProfile: { type: "Unconfined" } }),
    ours({ seccompProfile: { type: "Localhost", localhostProfile: "x.json" } }),
    "seccompProfile",
  ],
  [
    ours({}, { ports: [{ containerPort: 80, hostPort: 80 }] }),
    ours({}, { ports: [{ containerPort: 80 }] }),
    "containers[runner].ports with a hostPort",
  ],
  [
    ours({ appArmorProfile: { type: "Unconfined" } }),
    ours({ appArmorProfile: { type: "RuntimeDefault" } }),
    "appArmorProfile",
  ],
  [ours({ seLinuxOptions: { type: "spc_t" } }), ours({ seLinuxOptions: { type: "container_t" } }), "seLinuxOptions"],
  [beside(undefined), beside(SAFE), "containers[proxy].securityContext.allowPrivilegeEscalation that is not false"],
  [
    { initContainers: [{ name: "setup", image: "setup", securityContext: { ...SAFE, runAsUser: 0 } }] },
    { initContainers: [{ name: "setup", image: "setup", securityContext: SAFE }] },
    "initContainers[setup].securityContext.runAsUser 0",
  ],
  [{ hostNetwork: true }, { hostNetwork: false }, "hostNetwork"],
  [{ hostPID: true }, { shareProcessNamespace: true }, "hostPID"],
  [
    { volumes: [{ name: "disk", hostPath: { path: "/" } }] },
    { volumes: [{ name: "disk", persistentVolumeClaim: { claimName: "disk" } }] },
    "volumes[disk] (hostPath)",
  ],
  [
    { securityContext: { sysctls: [{ name: "kernel.msgmax", value: "1" }] } },
    { securityContext: { sysctls: [{ name: "net.ipv4.tcp_syncookies", value: "1" }] } },
    "securityContext.sysctls[kernel.msgmax]",
  ],
  [{ securityContext: { runAsUser: 0 } }, { securityContext: { fsGroup: 1000 } }, "securityContext.runAsUser 0"],
  [{ securityContext: { seccompProfile: null } }, { securityContext: { supplementalGroups: [1] } }, "seccompProfile"],
];

describe("a pod template is held against Pod Security restricted", () => {
  for (const [bad, nearMiss, words] of CASES) {
    it(`${JSON.stringify(bad)}`, () => {
      refused(check(bad), "POD_SECURITY_RESTRICTED", "podTemplate.spec", words);
      check(nearMiss)();
    });
  }

  it("tells of everything at once, and how to go on", () => {
    const bad = { hostNetwork: true, ...beside({ privileged: true }) };
    refused(
      check(bad),
      "POD_SECURITY_RESTRICTED",
      undefined,
      "hostNetwork, containers[proxy].securityContext.privileged",
    );
    refused(check(bad), "POD_SECURITY_RESTRICTED", undefined, "leave createNamespace out");
  });
});
