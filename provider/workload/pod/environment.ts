import { tokenOwner } from "../../../trust/policy";
import { expectedClaims } from "../entrypoint";
import { isReserved } from "./check-env";
import type { PodOptions, SecretKey } from "./options";
import { paths } from "./paths";
import { CONTAINER } from "./settings";
import { TOOL_DIRECTORIES } from "./tool-directories";

/** A field of the pod, such as `metadata.name`. */
export interface FieldRef {
  apiVersion: "v1";
  fieldPath: string;
}

/** A container's environment variable. */
export type EnvVar =
  | { name: string; value: string }
  | { name: string; valueFrom: { secretKeyRef: SecretKey } | { fieldRef: FieldRef } };

/** Variables of the container that exchanges the token and becomes the command: the user's, and those the exchange needs. */
export function runnerEnvironment(options: PodOptions): EnvVar[] {
  const owner = tokenOwner(options.token);
  const { env = {}, secretEnv = {} } = options;
  const given = { env: { ...env, ...withoutProxy(options) }, secretEnv };
  const variables = mergeEnvironment(given, {
    HOME: paths.homeDirectory,
    // The pod's user has no entry in passwd; Go programs built without cgo, such as the CLI when it locks a stack in a bucket,
    // take the name from here instead (Go 1.26 os/user/lookup_stubs.go; pulumi/pulumi v3.259.0 pkg/backend/diy/lock.go:47).
    USER: CONTAINER,
    ...toolDirectories(Object.keys({ ...env, ...secretEnv })),
    PULUMI_HOME: `${paths.homeDirectory}/.pulumi`,
    PULUMI_CREDENTIALS_PATH: paths.privateDirectory,
    // The entrypoint reads what `pulumi login` wrote; a pod has no keyring that could protect it.
    PULUMI_CREDENTIAL_STORE: "plaintext",
    PULUMI_BACKEND_URL: options.apiUrl,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    OIDC_RUNNER_ORGANIZATION: options.organization,
    OIDC_RUNNER_TOKEN_TYPE: options.token.tokenType,
    ...(owner !== undefined && { OIDC_RUNNER_TOKEN_OWNER: owner }),
    ...(options.token.admin === true && { OIDC_RUNNER_ADMIN: "true" }),
    OIDC_RUNNER_EXPIRATION_SECONDS: String(options.expirationSeconds),
    OIDC_RUNNER_TOKEN_FILE: options.subjectToken.file,
    OIDC_RUNNER_PRIVATE_DIR: paths.privateDirectory,
    OIDC_RUNNER_EXPECTED: expectedClaims(options.trust),
    ...options.identity?.env,
  });
  return [...variables, ...fieldVariables(options)];
}

/** The tools' directories, but for those the user sets: npm takes its variables in either case, and the last one wins. */
function toolDirectories(given: string[]): Record<string, string> {
  const names = given.map((name) => name.toLowerCase());
  return Object.fromEntries(Object.entries(TOOL_DIRECTORIES).filter(([name]) => !names.includes(name.toLowerCase())));
}

/**
 * The user's list of hosts that are reached without a proxy, with those the cloud identity needs. Only where there is a proxy;
 * in the spelling the user has, because the entrypoint copies one to the other where that is missing.
 */
function withoutProxy({ env = {}, secretEnv = {}, identity }: PodOptions): Record<string, string> {
  const direct = identity?.direct ?? [];
  const names = Object.keys({ ...env, ...secretEnv });
  if (direct.length === 0 || !names.some((name) => /^(https?|all)_proxy$/i.test(name))) {
    return {};
  }
  const lists = names.filter((name) => /^no_proxy$/i.test(name));
  return Object.fromEntries(
    (lists.length === 0 ? ["NO_PROXY"] : lists)
      .filter((name) => env[name] !== "*")
      .map((name) => [name, [env[name] ?? "", ...direct].filter((host) => host !== "").join(",")]),
  );
}

/** Variables that take their value from the pod itself, where the user gives no other. */
function fieldVariables({ env = {}, secretEnv = {}, identity }: PodOptions): EnvVar[] {
  return Object.entries(identity?.fields ?? {})
    .filter(([name]) => !(name in env || name in secretEnv))
    .map(([name, fieldPath]) => ({ name, valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } } }));
}

/** The user's variables and the runner's own, each name once. The user's win where they are the user's to set, such as HOME. */
export function mergeEnvironment(
  { env = {}, secretEnv = {} }: Pick<PodOptions, "env" | "secretEnv">,
  own: Record<string, string>,
): EnvVar[] {
  const names = Object.keys({ ...env, ...secretEnv, ...own }).filter((name) => !isReserved(name) || name in own);
  return names.map((name) => {
    const mine = own[name];
    if (isReserved(name) && mine !== undefined) {
      return { name, value: mine };
    }
    const secret = secretEnv[name];
    return secret === undefined
      ? { name, value: env[name] ?? mine ?? "" }
      : { name, valueFrom: { secretKeyRef: secretKeyRef(secret) } };
  });
}

/** A reference to a value in a Secret, as the API server keeps it. */
export function secretKeyRef({ name, key, optional }: SecretKey): SecretKey {
  return { name, key, ...(optional !== undefined && { optional }) };
}
