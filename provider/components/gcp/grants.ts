import type * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { perRun } from "../lib";

/** The runner that made each grant, by role, resource and member. */
type Grants = Map<string, { name: string; owner: pulumi.Resource }>;

/** The grants that the running program has made so far. */
export const grantsOfRun = perRun<Grants>(() => new Map());

/**
 * Refuses grants that another runner of the program has made already: Google keeps one binding of a role and a member, so
 * removing either runner would take the access of both.
 *
 * @throws OidcRunnerError `GOOGLE_GRANT_TWICE`
 */
export function makeGrants(
  made: Grants,
  grants: readonly { role: string; on: string }[],
  member: string,
  maker: { name: string; owner: pulumi.Resource },
): void {
  for (const { role, on } of grants) {
    const key = [role, on, member].join(" ");
    const other = made.get(key);
    if (other !== undefined && other.owner !== maker.owner) {
      throw new OidcRunnerError(
        "GOOGLE_GRANT_TWICE",
        `the runner ${other.name} has the grant of ${role} on ${on} too`,
        {
          where: `${maker.name}.gcp`,
          fix: "give each runner a serviceAccountName of its own, or gcp access to one of them alone",
        },
      );
    }
    made.set(key, maker);
  }
}
