import { type AzureSwitches, defaultAzureSwitches } from "../switches";
import { Applications } from "./applications";
import type { Credential } from "./credentials";
import { Identities } from "./identities";
import { RoleAssignments } from "./role-assignments";

/** Who may ask for tokens: an application with a service principal, or a managed identity. */
export interface Client {
  /** What it is called in messages. */
  name: string;
  clientId: string;
  /** Object id of its service principal; undefined for an application without one. */
  principalId: string | undefined;
  /** Of a managed identity, its id of Azure Resource Manager. */
  resourceId?: string;
  credentials: readonly Credential[];
}

/** What the lab's Azure keeps: identities, applications and role assignments, in memory, for the life of the lab. */
export class Directory {
  readonly identities: Identities;
  readonly applications: Applications;
  readonly roleAssignments: RoleAssignments;

  constructor(clock: () => number, switches: AzureSwitches = defaultAzureSwitches()) {
    this.identities = new Identities(clock, switches);
    this.applications = new Applications(clock);
    this.roleAssignments = new RoleAssignments(
      (id) =>
        this.identities.list().some(({ identity }) => identity.principalId === id) ||
        this.applications.principals().some((principal) => principal.id === id),
    );
  }

  /** The client of this id; undefined where there is none. */
  client(clientId: string): Client | undefined {
    const wanted = clientId.toLowerCase();
    const managed = this.identities.list().find(({ identity }) => identity.clientId === wanted);
    if (managed !== undefined) {
      const { name, principalId, id: resourceId } = managed.identity;
      return { name, clientId: wanted, principalId, resourceId, credentials: managed.credentials.list() };
    }
    const found = this.applications.list().find(({ application }) => application.appId === wanted);
    return (
      found && {
        name: found.application.displayName,
        clientId: wanted,
        principalId: found.principal?.id,
        credentials: found.credentials.list(),
      }
    );
  }
}
