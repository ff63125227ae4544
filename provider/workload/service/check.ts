import { OidcRunnerError } from "../../../trust";
import { checkCount, checkEnvNames, kubernetesName } from "../pod";
import type { ProbeOptions } from "./options";

const SERVICE_NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Variables that a service sets itself, each with the argument that it follows from. */
const OWN: Record<string, string> = {
  PORT: "port",
  NODE_EXTRA_CA_CERTS: "caCertificates",
};

/**
 * Refuses environment variables that follow from other arguments, and stored access tokens of Pulumi Cloud.
 *
 * @throws OidcRunnerError `ENV_RESERVED`, `ENV_STORED_TOKEN`
 */
export function checkServerEnvNames(names: readonly string[], where: string): void {
  for (const name of names) {
    const argument = OWN[name] ?? (name.startsWith("OIDC_RUNNER_") ? "cluster, allow, google or tls" : undefined);
    if (argument !== undefined) {
      throw new OidcRunnerError("ENV_RESERVED", `the service sets ${name} itself`, {
        where: `${where}.${name}`,
        fix: `leave it out, and use the argument it follows from: ${argument}`,
      });
    }
  }
  checkEnvNames(
    names.filter((name) => /^PULUMI_(ACCESS|AGENT)_TOKEN$/.test(name)),
    where,
  );
}

/**
 * Refuses what can't be an environment: a variable with two values, and those of {@link checkServerEnvNames}.
 *
 * @throws OidcRunnerError `ENV_RESERVED`, `ENV_STORED_TOKEN`, `ENV_TWICE`
 */
export function checkServerEnv(env: object = {}, secretEnv: object = {}): void {
  checkServerEnvNames(Object.keys(env), "env");
  checkServerEnvNames(Object.keys(secretEnv), "secretEnv");
  const twice = Object.keys(secretEnv).find((name) => name in env);
  if (twice !== undefined) {
    throw new OidcRunnerError("ENV_TWICE", `the variable ${twice} has two values`, {
      where: `secretEnv.${twice}`,
      fix: "give it in env or in secretEnv",
    });
  }
}

/**
 * Refuses a name that a Service can't have (Kubernetes documentation, "Object Names and IDs": RFC 1035 labels).
 *
 * @throws OidcRunnerError `SERVICE_INVALID`
 */
export function checkServiceName(name: string): void {
  if (!SERVICE_NAME.test(name)) {
    throw invalid(
      `"${name}" can't be the name of a Service`,
      "serviceName",
      `use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter, such as ${kubernetesName(name)}`,
    );
  }
}

/**
 * Refuses what can't be a port. Below 1024 a pod that is not root can't listen everywhere.
 *
 * @throws OidcRunnerError `SERVICE_INVALID`
 */
export function checkPort(port: number, where: string, least = 1): void {
  if (!(Number.isInteger(port) && port >= least && port <= 65_535)) {
    throw invalid(`${port} can't be a port`, where, `give ${least} to 65535`);
  }
}

/**
 * Refuses settings of a probe that the API server would refuse only after other objects exist.
 *
 * @throws OidcRunnerError `SERVICE_INVALID`
 */
export function checkProbe(probe: ProbeOptions, where: string): void {
  const { path } = probe;
  if (path !== undefined && !path.startsWith("/")) {
    throw invalid(`"${path}" is not a path`, `${where}.path`, "begin it with /, or leave it out");
  }
  checkCount("SERVICE_INVALID", where, probe, {
    periodSeconds: 1,
    timeoutSeconds: 1,
    failureThreshold: 1,
    initialDelaySeconds: 0,
  });
}

/**
 * Refuses an image that is missing or no reference.
 *
 * @throws OidcRunnerError `OPTION_MISSING`
 */
export function checkImage(image: string): void {
  if (image.trim() === "" || /\s/.test(image)) {
    throw new OidcRunnerError("OPTION_MISSING", `"${image}" can't be an image, and none is published for servers`, {
      where: "image",
      fix: "give an image of your server, which has oidc-runner-runtime and calls verifierFromEnvironment(); examples/verified-service/server has a Dockerfile",
    });
  }
}

function invalid(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("SERVICE_INVALID", what, { where, fix });
}
