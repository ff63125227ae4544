import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { AzureSwitches } from "../switches";
import { LAB_SUBSCRIPTION_ID, LAB_TENANT_ID } from "../tenant";
import { type Credential, type CredentialSettings, Credentials } from "./credentials";
import { azureError } from "./errors";

/** A user-assigned managed identity. */
export interface Identity {
  /** `/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME`. */
  id: string;
  name: string;
  resourceGroup: string;
  location: string;
  tags: Record<string, string>;
  clientId: string;
  principalId: string;
  tenantId: string;
}

/** What a caller says of one. */
export type IdentitySettings = Pick<Identity, "name" | "resourceGroup" | "location" | "tags">;

interface Held {
  identity: Identity;
  credentials: Credentials;
  /** A write of a credential is under way. */
  writing: boolean;
}

/** Regions without federated credentials for managed identities (Entra documentation, "Unsupported regions"). */
const WITHOUT_FEDERATION = ["malaysiasouth", "newzealandnorth"];

/** User-assigned managed identities and their credentials, by Azure Resource Manager's ids, which ignore case. */
export class Identities {
  readonly #all = new Map<string, Held>();
  readonly #clock: () => number;
  readonly #switches: AzureSwitches;

  constructor(clock: () => number, switches: AzureSwitches) {
    this.#clock = clock;
    this.#switches = switches;
  }

  list(): { identity: Identity; credentials: Credentials }[] {
    return [...this.#all.values()];
  }

  get(id: string): Identity {
    return this.#held(id).identity;
  }

  /** Creates one, or changes location and tags of the one that is there. */
  put(settings: IdentitySettings): Identity {
    const { name, resourceGroup } = settings;
    if (!/^[A-Za-z0-9][\w-]{2,127}$/.test(name)) {
      throw azureError(400, "InvalidResourceName", `The resource name '${name}' is invalid.`);
    }
    const id = identityId(resourceGroup, name);
    const held = this.#all.get(id.toLowerCase());
    const made = { clientId: randomUUID(), principalId: randomUUID(), tenantId: LAB_TENANT_ID };
    const identity: Identity = { ...made, ...held?.identity, ...settings, id };
    const credentials =
      held?.credentials ?? new Credentials(this.#clock, (message) => azureError(400, "BadRequest", message));
    this.#all.set(id.toLowerCase(), { writing: false, credentials, ...held, identity });
    return identity;
  }

  /** Its credentials go with it. */
  remove(id: string): void {
    this.#held(id);
    this.#all.delete(id.toLowerCase());
  }

  credential(id: string, name: string): Credential {
    const found = this.#held(id).credentials.find(name);
    if (found === undefined) {
      throw azureError(404, "NotFound", `The federated identity credential '${name}' was not found.`);
    }
    return found;
  }

  putCredential(id: string, settings: CredentialSettings): Promise<Credential> {
    return this.#write(id, ({ identity, credentials }) => {
      if (WITHOUT_FEDERATION.includes(identity.location.replaceAll(" ", "").toLowerCase())) {
        const what = "The request format was unexpected: Support for federated identity credentials not enabled.";
        throw azureError(400, "MethodNotAllowed", what);
      }
      return credentials.put(settings);
    });
  }

  removeCredential(id: string, name: string): Promise<void> {
    return this.#write(id, ({ credentials }) => credentials.remove(name));
  }

  /**
   * One write of a credential, which takes its time. Another one of the same identity is refused meanwhile (Entra
   * documentation, "Concurrent updates aren't supported"); code and words as in Azure/bicep-registry-modules#1447.
   */
  async #write<T>(id: string, action: (held: Held) => T): Promise<T> {
    const held = this.#held(id);
    if (held.writing) {
      const code = "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity";
      const what = `Too many Federated Identity Credentials are written concurrently for the managed identity '${id.toLowerCase()}'. Concurrent Federated Identity Credentials writes under the same managed identity are not supported.`;
      throw azureError(409, code, what);
    }
    held.writing = true;
    try {
      await sleep(this.#switches.writeMs);
      return action(held);
    } finally {
      held.writing = false;
    }
  }

  #held(id: string): Held {
    const held = this.#all.get(id.toLowerCase());
    if (held === undefined) {
      const [, group = "", name = ""] = /\/resourcegroups\/([^/]+)\/.*\/([^/]+)$/i.exec(id) ?? [];
      const what = `The Resource 'Microsoft.ManagedIdentity/userAssignedIdentities/${name}' under resource group '${group}' was not found.`;
      throw azureError(404, "ResourceNotFound", what);
    }
    return held;
  }
}

/** Id of an identity in the lab's subscription. */
export function identityId(resourceGroup: string, name: string): string {
  return `/subscriptions/${LAB_SUBSCRIPTION_ID}/resourceGroups/${resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
}
