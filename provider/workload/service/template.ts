import type { PodTemplate } from "../patch";
import { containerSettings, type EnvVar, type PodMount, type PodVolume, podSettings, secretKeyRef } from "../pod";
import { DEFAULT_PORT, type ProbeOptions, type ServerOptions } from "./options";

/** Name of the container with the server. */
export const SERVER = "server";

const CONFIGURATION = "/etc/oidc-runner";
const TLS = "/var/run/oidc-runner/tls";

/** Files of the ConfigMap. */
export const FILES = { verifier: "verifier.json", certificates: "ca.crt" } as const;

/** Mounts whose volumes, of the same names, hold what says who is let in, and the server's key. */
export const SERVER_MOUNTS = {
  verifier: { name: "verifier", mountPath: CONFIGURATION, readOnly: true },
  tls: { name: "tls", mountPath: TLS, readOnly: true },
} satisfies Record<string, PodMount>;

/** How long a server may take to end, in seconds: Kubernetes' own. */
const GRACE_SECONDS = 30;

/** Variables that follow from other arguments. */
export function ownVariables(options: Pick<ServerOptions, "port" | "hasCertificates" | "tlsSecretName">) {
  const { port = DEFAULT_PORT, hasCertificates, tlsSecretName } = options;
  return {
    PORT: String(port),
    OIDC_RUNNER_VERIFIER_FILE: `${CONFIGURATION}/${FILES.verifier}`,
    // Node reads it when it starts (Node.js documentation, "NODE_EXTRA_CA_CERTS").
    ...(hasCertificates && { NODE_EXTRA_CA_CERTS: `${CONFIGURATION}/${FILES.certificates}` }),
    ...(tlsSecretName !== undefined && { OIDC_RUNNER_TLS_DIRECTORY: TLS }),
  };
}

/**
 * The pod template of a server that verifies its callers: it passes Pod Security `restricted`, can write to `/tmp` alone, and has no token of
 * the Kubernetes API unless it asks the API server about tokens.
 */
export function serverTemplate(options: ServerOptions): PodTemplate {
  const { image, command, port = DEFAULT_PORT, configMapName, tlsSecretName, asksApiServer, labels } = options;
  const volumes: PodVolume[] = [
    { name: "verifier", configMap: { name: configMapName } },
    { name: "home", emptyDir: {} },
  ];
  const mounts: PodMount[] = [SERVER_MOUNTS.verifier, { name: "home", mountPath: "/tmp" }];
  if (tlsSecretName !== undefined) {
    volumes.push({ name: "tls", secret: { secretName: tlsSecretName } });
    mounts.push(SERVER_MOUNTS.tls);
  }
  const scheme = tlsSecretName === undefined ? "HTTP" : "HTTPS";
  const { readinessProbe = {}, livenessProbe } = options;
  return {
    metadata: { labels },
    spec: {
      ...podSettings({ ...options, restartPolicy: "Always", graceSeconds: GRACE_SECONDS }),
      ...(asksApiServer && { automountServiceAccountToken: true }),
      containers: [
        {
          name: SERVER,
          image,
          ...(command !== undefined && { command }),
          env: serverEnvironment(options),
          ports: [{ name: "http", containerPort: port, protocol: "TCP" }],
          ...containerSettings(options),
          readinessProbe: probe(readinessProbe, scheme),
          ...(livenessProbe !== undefined && { livenessProbe: probe(livenessProbe, scheme) }),
          volumeMounts: mounts,
        },
      ],
      volumes,
    },
  };
}

function serverEnvironment(options: ServerOptions): EnvVar[] {
  const { env = {}, secretEnv = {} } = options;
  return [
    ...Object.entries({ HOME: "/tmp", TMPDIR: "/tmp", ...env, ...ownVariables(options) })
      .filter(([name]) => !(name in secretEnv))
      .map(([name, value]) => ({ name, value })),
    ...Object.entries(secretEnv).map(([name, secret]) => ({ name, valueFrom: { secretKeyRef: secretKeyRef(secret) } })),
  ];
}

/** Without a path, whether the port takes connections: a server should listen when its verifier is ready, and not before. */
function probe({ path, ...times }: ProbeOptions, scheme: "HTTP" | "HTTPS") {
  return {
    ...(path === undefined ? { tcpSocket: { port: "http" } } : { httpGet: { path, port: "http", scheme } }),
    ...Object.fromEntries(Object.entries(times).filter(([, value]) => value !== undefined)),
  };
}
