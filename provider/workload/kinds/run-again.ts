import { createHash } from "node:crypto";
import type { TokenSelection } from "../../../trust/policy";
import type { KubernetesObject, SecretKey } from "../pod";

/**
 * What a Job does and as whom it does it, as the user said it: a change runs the Job again. Nothing here comes from this
 * package's own defaults, so that an upgrade runs no finished Job again.
 */
export interface RunInputs {
  organization: string;
  token: TokenSelection;
  issuerUrl: string;
  namespace: string;
  serviceAccountName: string;
  apiUrl: string;
  /** The role or account that the pod has at its cloud, if it has one. */
  cloudPrincipal?: string;
  image?: string;
  command?: readonly string[];
  script?: string;
  env?: Readonly<Record<string, string>>;
  secretEnv?: Readonly<Record<string, SecretKey>>;
  /** `spec` of the user's pod template. */
  podSpec?: KubernetesObject;
  triggers?: readonly string[];
}

/** Annotation of a Job with the digest of its {@link RunInputs}. */
export const RUN_INPUTS_ANNOTATION = "pulumi-oidc-runner/run-inputs";

/**
 * A digest of them: the same for the same inputs, in whatever order their fields are written. It is compared with the one
 * that an earlier version of this package wrote into the state, so how it is made can't be changed without every Job
 * running again. Field by field, because an argument that comes later must not be among what is digested unless it is given.
 */
export function runInputsDigest(inputs: RunInputs): string {
  const { organization, token, issuerUrl, namespace, serviceAccountName, apiUrl, cloudPrincipal } = inputs;
  const { tokenType, team, user, runner, roleId, admin } = token;
  const { image, command, script, env, secretEnv, podSpec, triggers } = inputs;
  const given = {
    ...{ organization, tokenType, team, user, runner, roleId, admin: admin === true || undefined },
    ...{ issuerUrl, namespace, serviceAccountName, apiUrl, cloudPrincipal },
    ...{ image, command, script, env, secretEnv, podSpec, triggers },
  };
  const said = Object.entries(given).filter(([, value]) => value !== undefined && !isEmpty(value));
  return createHash("sha256")
    .update(JSON.stringify(Object.fromEntries(said), sorted))
    .digest("hex")
    .slice(0, 16);
}

/** `{}` and `[]` ask for nothing. */
function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** A replacer for JSON with the fields of every object in the order of their names. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
