import { workloadPool } from "../../trust/issuers";
import { gcpError } from "./errors";
import { projectNumber } from "./project-number";

const ACCOUNT = /^serviceAccount:([^[\]]+\.svc\.id\.goog)\[/;
const PRINCIPAL =
  /^principal(?:Set)?:\/\/iam\.googleapis\.com\/(projects\/(\d+)\/locations\/global\/workloadIdentityPools\/([^/]+\.svc\.id\.goog))\//;

/**
 * Refuses a member of a GKE workload pool that does not exist. A project's pool appears with its first cluster that has
 * Workload Identity on, and a grant before that is refused (what the API answers then is in many users' logs).
 *
 * @param projects that have a GKE-shaped cluster
 */
export function checkPool(member: string, projects: readonly string[]): void {
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
  throw gcpError(
    400,
    "badRequest",
    `Identity Pool does not exist (${name ?? pool}). Please check that you specified a valid resource name.`,
  );
}
