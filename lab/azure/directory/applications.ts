import { randomUUID } from "node:crypto";
import { type Credential, type CredentialSettings, Credentials } from "./credentials";
import { azureError } from "./errors";

/** An application of Entra ID. */
export interface Application {
  /** Object id. */
  id: string;
  /** Application (client) id. */
  appId: string;
  displayName: string;
  description: string;
  notes: string;
  tags: string[];
  /** Object ids. */
  owners: string[];
}

/** What a caller says of one. */
export type ApplicationSettings = Omit<Application, "id" | "appId">;

/** What lets an application act in a directory. */
export interface ServicePrincipal {
  /** Object id, which role assignments name. */
  id: string;
  appId: string;
  accountEnabled: boolean;
  description: string;
  notes: string;
  tags: string[];
  /** Object ids. */
  owners: string[];
}

/** What a caller says of one. */
export type PrincipalSettings = Omit<ServicePrincipal, "id">;

/** Applications of Entra ID, their credentials and their service principals, as Microsoft Graph has them. */
export class Applications {
  readonly #applications = new Map<string, { application: Application; credentials: Credentials }>();
  readonly #principals = new Map<string, ServicePrincipal>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  list(): { application: Application; credentials: Credentials; principal: ServicePrincipal | undefined }[] {
    return [...this.#applications.values()].map(({ application, credentials }) => {
      const principal = this.principals().find(({ appId }) => appId === application.appId);
      return { application, credentials, principal };
    });
  }

  principals(): ServicePrincipal[] {
    return [...this.#principals.values()];
  }

  create(settings: ApplicationSettings): Application {
    const application = { ...settings, id: randomUUID(), appId: randomUUID() };
    const credentials = new Credentials(this.#clock, (what) => azureError(400, "Request_BadRequest", what));
    this.#applications.set(application.id, { application, credentials });
    return application;
  }

  get(id: string): Application {
    return this.#held(id).application;
  }

  update(id: string, settings: ApplicationSettings): Application {
    return Object.assign(this.#held(id).application, settings);
  }

  /** Its credentials and its service principal go with it. */
  remove(id: string): void {
    const { appId } = this.get(id);
    this.#applications.delete(id);
    for (const principal of this.principals().filter((one) => one.appId === appId)) {
      this.#principals.delete(principal.id);
    }
  }

  createPrincipal(settings: PrincipalSettings): ServicePrincipal {
    if (!this.list().some(({ application }) => application.appId === settings.appId)) {
      throw missing("appId", settings.appId);
    }
    if (this.principals().some(({ appId }) => appId === settings.appId)) {
      const what = `The service principal cannot be created, updated, or restored because the service principal name ${settings.appId} is already in use.`;
      throw azureError(409, "Request_MultipleObjectsWithSameKeyValue", what);
    }
    const principal = { ...settings, id: randomUUID() };
    this.#principals.set(principal.id, principal);
    return principal;
  }

  principal(id: string): ServicePrincipal {
    const found = this.#principals.get(id);
    if (found === undefined) {
      throw missing("resource", id);
    }
    return found;
  }

  updatePrincipal(id: string, settings: PrincipalSettings): ServicePrincipal {
    return Object.assign(this.principal(id), settings);
  }

  removePrincipal(id: string): void {
    this.#principals.delete(this.principal(id).id);
  }

  credential(id: string, name: string): Credential {
    const found = this.#held(id).credentials.find(name);
    if (found === undefined) {
      throw missing("resource", name);
    }
    return found;
  }

  putCredential(id: string, settings: CredentialSettings): Credential {
    return this.#held(id).credentials.put(settings);
  }

  removeCredential(id: string, name: string): void {
    this.#held(id).credentials.remove(name);
  }

  #held(id: string) {
    const held = this.#applications.get(id);
    if (held === undefined) {
      throw missing("resource", id);
    }
    return held;
  }
}

function missing(kind: string, id: string) {
  const what = `${kind === "resource" ? "Resource" : `The ${kind}`} '${id}' does not exist or one of its queried reference-property objects are not present.`;
  return azureError(404, "Request_ResourceNotFound", what);
}
