import { OidcRunnerError } from "../../trust";
import { includesDefinition, type PolicyDefinition } from "../../trust/policy";
import { CloudApiError, PartialFailure } from "../api";
import type { Alteration } from "./confirm";
import type { OwnedChange } from "./plan";

/** What state has to know after a change that may have been written: all that may be its owner's by now. */
function stateAfter({ add, remove, lease }: OwnedChange): object {
  return { policies: [...add, ...remove.filter((old) => !includesDefinition(add, old))], lease };
}

/** The failure of a change that may have been written. */
export function uncertain(issuerId: string, change: OwnedChange, cause: unknown): PartialFailure {
  const why =
    cause instanceof Error && (cause as OidcRunnerError).code !== "POLICY_CONTENDED"
      ? cause.message
      : "other writers kept changing it";
  const error = new OidcRunnerError(
    "POLICY_WRITE_UNCERTAIN",
    `the policy was changed, but that could not be confirmed: ${why}`,
    {
      where: `issuer ${issuerId}`,
      fix: "run 'pulumi up --refresh' or 'pulumi destroy' again: it takes up where this one ended",
      cause,
    },
  );
  return new PartialFailure(error, stateAfter(change), false);
}

/**
 * The failure of a change of which the service stored something else than it was sent, although no other writer came.
 */
export function notStored(
  issuerId: string,
  change: OwnedChange,
  { missing, remaining, instead }: Alteration,
): PartialFailure {
  const shown = (text: string, list: PolicyDefinition[]) =>
    list.length === 0 ? [] : [`${text} ${list.map((definition) => JSON.stringify(definition)).join(", ")}`];
  const parts = [
    ...shown("sent and not there:", missing),
    ...shown("taken out and still there:", remaining),
    ...shown("there instead:", instead),
  ];
  const error = new OidcRunnerError(
    "POLICY_NOT_STORED",
    `Pulumi Cloud stored another policy than was sent: ${parts.join("; ")}`,
    {
      where: `issuer ${issuerId}`,
      fix: "put the issuer's policy right in Pulumi Cloud, where what is there instead counts; then update pulumi-oidc-runner, or leave out what the service does not keep",
    },
  );
  return new PartialFailure(error, stateAfter(change), true);
}

/** The error of a write that sent nothing, because reading always took too long. */
export function contended(issuerId: string): OidcRunnerError {
  return new OidcRunnerError("POLICY_CONTENDED", "the policy could not be read and written within the quiet window", {
    where: `issuer ${issuerId}`,
    fix: "run 'pulumi up' again when Pulumi Cloud answers faster, or this machine is less busy",
  });
}

/** Says of a refused write what can be the reason, where our own definitions are in order. */
export function refusedWrite(error: unknown, definitions: readonly PolicyDefinition[]): unknown {
  const fix = error instanceof CloudApiError && error.status === 400 ? fixFor(error, definitions) : undefined;
  if (fix === undefined) {
    return error;
  }
  const { code, what, where } = error as CloudApiError;
  return new OidcRunnerError(code, what, { where, fix, cause: error });
}

function fixFor({ what }: CloudApiError, definitions: readonly PolicyDefinition[]): string | undefined {
  if (what.includes("strict matching portion")) {
    // Ours were checked.
    return "the issuer's policy has an entry of others that Pulumi Cloud does not take back: give its rules a literal part, or remove it";
  }
  if (/authorizedPermissions|roleID/i.test(what)) {
    // `organizationNeedsPermissionOrRole` in lab/pulumi-cloud/switches.ts.
    return "give the organization token a role (roleId of a runner, roleID of a definition): this Pulumi Cloud takes none without a role or the permission admin";
  }
  // pulumi/pulumi-pulumiservice#547: "to prevent API validation errors"; whether for the edition or the pool is not known.
  return definitions.some(({ tokenType }) => tokenType === "runner")
    ? "check runnerID: Pulumi Cloud may refuse policies for runner tokens, for a pool it does not know or in some editions"
    : undefined;
}
