import { readJson } from "./read-input";

/** Whose policies can be explained and linted; each takes the service's own document. */
export type RelyingParty = "pulumi" | "aws" | "gcp" | "azure";

/**
 * Reads a policy's file in the form of the service's API, or as the vendor's own tool prints it: `aws iam get-role`,
 * `gcloud iam workload-identity-pools providers describe --format json`. A list of credentials, as `az` prints it, stays a list.
 *
 * @throws OidcRunnerError `INPUT_INVALID`
 */
export function readDocument(party: RelyingParty, file: string): unknown {
  const document = readJson(file, "--policy");
  if (typeof document !== "object" || document === null) {
    return document;
  }
  return party === "aws" ? trustPolicy(document) : party === "gcp" ? provider(document) : document;
}

function trustPolicy(printed: { Role?: { AssumeRolePolicyDocument?: unknown }; AssumeRolePolicyDocument?: unknown }) {
  return (printed.Role ?? printed).AssumeRolePolicyDocument ?? printed;
}

/** The fields of `oidc` beside the others; `state` says that a provider is deleted, which `disabled` is as good as. */
function provider(printed: { oidc?: object; state?: string; disabled?: boolean }): unknown {
  const { oidc, state, disabled, ...fields } = printed;
  if (oidc === undefined) {
    return printed;
  }
  const isDisabled = disabled === true || state === "DELETED";
  return { ...fields, ...oidc, ...(isDisabled && { disabled: true }) };
}
