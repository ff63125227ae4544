import { workloadPool } from "../../trust/issuers";
import { gcpError } from "./errors";
import { projectNumber } from "./project-number";
import type { WorkloadIdentityPools } from "./workload-identity-pools";

/** The pool that a member names, if it is one that a user made: its id has no dot. */
const OF_USERS =
  /^principal(?:Set)?:\/\/iam\.googleapis\.com\/(projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]+)\//;
const ACCOUNT = /^serviceAccount:([^[\]]+\.svc\.id\.goog)\[/;
const PRINCIPAL =
  /^principal(?:Set)?:\/\/iam\.googleapis\.com\/(projects\/(\d+)\/locations\/global\/workloadIdentityPools\/([^/]+\.svc\.id\.goog))\//;

/**
 * Refuses a member of a workload identity pool that does not exist. A project's pool appears with its first cluster that has
 * Workload Identity on, and a grant before that is refused (what the API answers then is in many users' logs).
 *
 * @param projects that have a GKE-shaped cluster
 * @param pools those that users made
 */
export function checkPool(member: string, projects: readonly string[], pools: WorkloadIdentityPools): void {
  const [, ofUsers] = OF_USERS.exec(member) ?? [];
  // Pools of projects that the lab has pools in are known; any other project's may exist.
  if (ofUsers !== undefined && !pools.has(ofUsers) && pools.knows(ofUsers)) {
    throw unknownPool(ofUsers);
  }
  const [, ofAccount] = ACCOUNT.exec(member) ?? [];
  const [, name, number, ofPrincipal] = PRINCIPAL.exec(member) ?? [];
  const pool = ofAccount ?? ofPrincipal;
  if (pool === undefined) {
    return;
  }
  const project = projects.find((candidate) => workloadPool(candidate) === pool);
  if (project !== undefined && (number === undefined || number === projectNumber(project))) {
    return;
  }
  throw unknownPool(name ?? pool);
}

function unknownPool(name: string): Error {
  const what = `Identity Pool does not exist (${name}). Please check that you specified a valid resource name.`;
  return gcpError(400, "badRequest", what);
}
