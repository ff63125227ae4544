import { evaluateGcpTrust } from "../../trust/parties/gcp/evaluate";
import { gcpError } from "./errors";
import { projectNumber } from "./project-number";

/** A workload identity pool that a user made. */
export interface IdentityPool {
  /** `projects/NUMBER/locations/global/workloadIdentityPools/ID`. */
  name: string;
  project: string;
  poolId: string;
  displayName: string;
  description: string;
  disabled: boolean;
}

/** An OpenID Connect provider of a pool, in Google's names. */
export interface IdentityProvider {
  /** The pool's name and `/providers/ID`. */
  name: string;
  project: string;
  poolId: string;
  providerId: string;
  displayName: string;
  description: string;
  disabled: boolean;
  issuerUri: string;
  allowedAudiences: string[];
  attributeMapping: Record<string, string>;
  attributeCondition: string;
}

/** What a caller says of one; the rest follows. */
export type NewPool = Omit<IdentityPool, "name">;
export type NewProvider = Omit<IdentityProvider, "name">;

/** What `evaluateGcpTrust` takes of a provider. */
export function providerDocument(provider: IdentityProvider, members: readonly string[]): object {
  const { issuerUri, allowedAudiences, attributeMapping, attributeCondition, name, disabled } = provider;
  return { issuerUri, allowedAudiences, attributeMapping, attributeCondition, name, disabled, members };
}

const ID = /^(?!gcp-)[a-z0-9-]{4,32}$/;

/**
 * Workload identity pools and their providers (IAM API reference, "projects.locations.workloadIdentityPools"). What is deleted
 * keeps its name for 30 days, so that another of that name is refused.
 */
export class IdentityPools {
  readonly #pools = new Map<string, IdentityPool>();
  readonly #providers = new Map<string, IdentityProvider>();
  readonly #deleted = new Set<string>();

  createPool(pool: NewPool): IdentityPool {
    const name = poolName(pool);
    this.#checkNew(name, pool.poolId, this.#pools);
    const made = { ...pool, name };
    this.#pools.set(name, made);
    return made;
  }

  updatePool(name: string, change: Partial<NewPool>): IdentityPool {
    const changed = { ...this.pool(name), ...change };
    this.#pools.set(changed.name, changed);
    return changed;
  }

  pool(name: string): IdentityPool {
    return found(this.#pools, name);
  }

  /** Its providers go with it. */
  deletePool(id: string): void {
    const { name } = this.pool(id);
    this.#delete(this.#pools, name);
    for (const provider of [...this.#providers.keys()].filter((one) => one.startsWith(`${name}/`))) {
      this.#delete(this.#providers, provider);
    }
  }

  createProvider(provider: NewProvider): IdentityProvider {
    const pool = this.pool(poolName(provider)).name;
    const made = { ...provider, name: `${pool}/providers/${provider.providerId}` };
    this.#checkNew(made.name, provider.providerId, this.#providers);
    check(made);
    this.#providers.set(made.name, made);
    return made;
  }

  updateProvider(name: string, change: Partial<NewProvider>): IdentityProvider {
    const changed = { ...this.provider(name), ...change };
    check(changed);
    this.#providers.set(changed.name, changed);
    return changed;
  }

  provider(name: string): IdentityProvider {
    return found(this.#providers, name);
  }

  deleteProvider(name: string): void {
    this.#delete(this.#providers, this.provider(name).name);
  }

  /** The provider that an exchange may name: there, and neither it nor its pool disabled. */
  usable(name: string): IdentityProvider | undefined {
    const provider = this.#providers.get(name);
    const pool = provider && this.#pools.get(poolName(provider));
    return pool === undefined || pool.disabled || provider?.disabled ? undefined : provider;
  }

  #checkNew(name: string, id: string, others: ReadonlyMap<string, unknown>): void {
    if (!ID.test(id)) {
      const form = "4 to 32 characters of a-z, 0-9 and -, and not begin with gcp-";
      throw gcpError(400, "badRequest", `The id "${id}" must have ${form}.`);
    }
    if (others.has(name) || this.#deleted.has(name)) {
      throw gcpError(409, "alreadyExists", "Requested entity already exists");
    }
  }

  #delete(all: Map<string, unknown>, name: string): void {
    all.delete(name);
    this.#deleted.add(name);
  }
}

function poolName({ project, poolId }: Pick<IdentityPool, "project" | "poolId">): string {
  return `projects/${projectNumber(project)}/locations/global/workloadIdentityPools/${poolId}`;
}

/** By its name, or by the same with the project's id in place of the number, as Pulumi's ids are. */
function found<T>(all: ReadonlyMap<string, T>, name: string): T {
  const one = all.get(name.replace(/^projects\/([a-z][^/]*)/, (_, id: string) => `projects/${projectNumber(id)}`));
  if (one === undefined) {
    throw gcpError(404, "notFound", "Requested entity was not found.");
  }
  return one;
}

/** Refuses a provider whose mapping or condition can't be read, as the API does when it is made. */
function check(provider: IdentityProvider): void {
  try {
    evaluateGcpTrust(providerDocument(provider, []), { iss: provider.issuerUri });
  } catch (error) {
    throw gcpError(400, "badRequest", (error as Error).message);
  }
}
