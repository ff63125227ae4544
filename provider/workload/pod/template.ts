import { runnerEnvironment } from "./environment";
import type { KubernetesObject, PodOptions } from "./options";
import type { PodMount, PodVolume } from "./parts";
import { paths } from "./paths";
import { CONTAINER, containerSettings, HAS_TOKEN, podSettings, withDisk } from "./settings";
import { tokenVolume } from "./token-volume";

/**
 * Image with a Pulumi CLI that has `login --oidc-token`, curl, git and every language. It exists: pulumi/pulumi-docker-containers
 * sets a git tag of the same name once the image is pushed (.github/scripts/git/create_tags.py, called by release.yml).
 */
export const DEFAULT_IMAGE = "pulumi/pulumi:3.259.0-nonroot";

/** Mounts of every runner's pod whose volumes, of the same names, hold what its trust depends on. */
export const TRUST_MOUNTS = {
  entrypoint: { name: "entrypoint", mountPath: paths.entrypointDirectory, readOnly: true },
  pulumiToken: { name: "pulumi-token", mountPath: paths.pulumiTokenDirectory, readOnly: true },
  private: { name: "private", mountPath: paths.privateDirectory },
} satisfies Record<string, PodMount>;

/** A pod template that passes Pod Security `restricted` and holds nothing but short-lived tokens of its own. */
export function podTemplate(options: PodOptions): { metadata: KubernetesObject; spec: KubernetesObject } {
  const { subjectToken } = options;
  const volumes: PodVolume[] = [
    { name: "entrypoint", ...entrypointSource(options.configMapNames) },
    ...(subjectToken.projected ? [tokenVolume("pulumi-token", subjectToken.audience)] : []),
    { name: "private", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
    { name: "home", emptyDir: {} },
    ...(options.identity?.volumes ?? []),
  ];
  const mounts: PodMount[] = [
    TRUST_MOUNTS.entrypoint,
    ...(subjectToken.projected ? [TRUST_MOUNTS.pulumiToken] : []),
    TRUST_MOUNTS.private,
    { name: "home", mountPath: paths.homeDirectory },
    ...(options.identity?.mounts ?? []),
  ];
  const command = options.hasScript
    ? [`${paths.entrypointDirectory}/script.sh`]
    : (options.command ?? ["pulumi", "whoami"]);
  return {
    metadata: { labels: { ...options.labels, ...options.identity?.labels }, annotations: options.annotations },
    spec: {
      ...podSettings({ ...options, serviceAccountName: options.trust.serviceAccountName }),
      containers: [
        {
          name: CONTAINER,
          image: options.image ?? DEFAULT_IMAGE,
          command: ["/bin/sh", `${paths.entrypointDirectory}/entrypoint.sh`],
          args: command,
          workingDir: paths.homeDirectory,
          env: runnerEnvironment(options),
          ...containerSettings({ resources: withDisk(options.resources) }),
          ...(options.restartPolicy === "Always" && { startupProbe: HAS_TOKEN }),
          volumeMounts: mounts,
        },
      ],
      volumes,
    },
  };
}

function entrypointSource(names: string[]): Omit<PodVolume, "name"> {
  const [name, ...others] = names;
  return others.length === 0
    ? { configMap: { name, defaultMode: 0o555 } }
    : { projected: { defaultMode: 0o555, sources: names.map((each) => ({ configMap: { name: each } })) } };
}
