import { randomInt } from "node:crypto";
import { gcpError } from "./errors";
import { IdentityPools } from "./identity-pools";
import { checkMember, checkRole } from "./member";
import { RunServices } from "./run-services";

/** What can change in the life of a service account. */
export interface AccountSettings {
  displayName: string;
  description: string;
  disabled: boolean;
}

/** A service account. */
export interface ServiceAccount extends AccountSettings {
  /** `projects/PROJECT/serviceAccounts/EMAIL`. */
  name: string;
  project: string;
  accountId: string;
  email: string;
  /** 21 digits. */
  uniqueId: string;
}

/** A role given to one member, perhaps under a condition. */
export interface Grant {
  role: string;
  member: string;
  condition?: { title: string; description?: string; expression: string };
}

/** Service accounts, and the grants on them, on projects and on Cloud Run services: in memory, for the life of the lab. */
export class GcpIam {
  /** Workload identity pools that users made. */
  readonly pools = new IdentityPools();
  /** Of Cloud Run. */
  readonly services = new RunServices();
  readonly #accounts = new Map<string, ServiceAccount>();
  readonly #grants = new Map<string, Grant[]>();

  createAccount(input: { project: string; accountId: string } & AccountSettings): ServiceAccount {
    const { project, accountId } = input;
    checkProject(project);
    if (!/^[a-z]([-a-z0-9]*[a-z0-9])$/.test(accountId) || accountId.length < 6 || accountId.length > 30) {
      const form = "6 to 30 characters, [a-z]([-a-z0-9]*[a-z0-9])";
      throw gcpError(400, "badRequest", `Invalid service account ID "${accountId}": it must be ${form}`);
    }
    checkSettings(input);
    const email = `${accountId}@${project}.iam.gserviceaccount.com`;
    if (this.#accounts.has(email)) {
      const what = `Service account ${accountId} already exists within project projects/${project}.`;
      throw gcpError(409, "alreadyExists", what);
    }
    const account: ServiceAccount = {
      ...input,
      email,
      name: `projects/${project}/serviceAccounts/${email}`,
      uniqueId: `1${Array.from({ length: 20 }, () => randomInt(10)).join("")}`,
    };
    this.#accounts.set(email, account);
    return account;
  }

  getAccount(email: string): ServiceAccount {
    const account = this.#accounts.get(email);
    if (account === undefined) {
      throw gcpError(404, "notFound", `Unknown service account ${email}`);
    }
    return account;
  }

  listAccounts(): ServiceAccount[] {
    return [...this.#accounts.values()];
  }

  updateAccount(email: string, settings: AccountSettings): ServiceAccount {
    checkSettings(settings);
    const account = { ...this.getAccount(email), ...settings };
    this.#accounts.set(email, account);
    return account;
  }

  /** The grants on the account go with it. */
  deleteAccount(email: string): void {
    this.#grants.delete(this.getAccount(email).name);
    this.#accounts.delete(email);
  }

  /** The grants on the service go with it. */
  async deleteService(name: string): Promise<void> {
    this.#grants.delete(this.services.get(name).name);
    await this.services.delete(name);
  }

  /** Gives a role on a service account, a project (`projects/PROJECT`) or a Cloud Run service; giving it twice is not an error. */
  addGrant(resource: string, grant: Grant): void {
    const name = this.#resource(resource);
    checkRole(grant.role, name.split("/")[1] ?? "");
    checkMember(grant.member);
    this.#checkAccountMember(grant.member);
    if (grant.condition !== undefined && !(grant.condition.title !== "" && grant.condition.expression !== "")) {
      throw gcpError(400, "badRequest", "A condition must have a title and an expression.");
    }
    if (!this.hasGrant(name, grant)) {
      this.#grants.set(name, [...this.grants(name), grant]);
    }
  }

  hasGrant(resource: string, grant: Grant): boolean {
    return this.grants(resource).some((other) => same(other, grant));
  }

  grants(resource: string): Grant[] {
    return this.#grants.get(this.#resource(resource)) ?? [];
  }

  /** Taking away what is not there is no error, as with Google's read-modify-write of the whole policy. */
  removeGrant(resource: string, grant: Grant): void {
    const name = this.#resource(resource);
    this.#grants.set(
      name,
      this.grants(name).filter((other) => !same(other, grant)),
    );
  }

  // A service account may be named by its full name or by `projects/-/serviceAccounts/EMAIL`.
  #resource(resource: string): string {
    const [, email] = /^projects\/[^/]+\/serviceAccounts\/([^/]+)$/.exec(resource) ?? [];
    if (email !== undefined) {
      return this.getAccount(email).name;
    }
    if (/^projects\/[^/]+\/locations\/[^/]+\/services\/[^/]+$/.test(resource)) {
      return this.services.get(resource).name;
    }
    const [, project] = /^projects\/([^/]+)$/.exec(resource) ?? [];
    if (project === undefined) {
      throw gcpError(400, "badRequest", `Invalid resource name ${resource}`);
    }
    checkProject(project);
    return resource;
  }

  // Accounts of projects the lab has accounts in are known; any other project's may exist.
  #checkAccountMember(member: string): void {
    const [, email, project] = /^serviceAccount:([^[\]]+@([^@.]+)\.iam\.gserviceaccount\.com)$/.exec(member) ?? [];
    if (email === undefined || this.#accounts.has(email)) {
      return;
    }
    if (!this.listAccounts().some((account) => account.project === project)) {
      return;
    }
    throw gcpError(400, "badRequest", `Service account ${email} does not exist.`);
  }
}

function checkProject(project: string): void {
  if (/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(project)) {
    return;
  }
  throw gcpError(400, "badRequest", `Invalid project id "${project}"`);
}

function checkSettings({ displayName, description }: AccountSettings): void {
  if (Buffer.byteLength(displayName) > 100) {
    throw gcpError(400, "badRequest", "The display name is over 100 bytes.");
  }
  if (Buffer.byteLength(description) > 256) {
    throw gcpError(400, "badRequest", "The description is over 256 bytes.");
  }
}

// Google keeps a binding apart from one with another condition.
function same(one: Grant, other: Grant): boolean {
  const key = ({ role, member, condition: c }: Grant) =>
    JSON.stringify([role, member, c?.title ?? "", c?.description ?? "", c?.expression ?? ""]);
  return key(one) === key(other);
}
