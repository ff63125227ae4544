import { gcpError } from "./errors";
import { projectNumber } from "./project-number";

/** What can change in the life of a pool. */
export interface PoolSettings {
  displayName: string;
  description: string;
  disabled: boolean;
}

/** A workload identity pool that a user made. */
export interface WorkloadIdentityPool extends PoolSettings {
  project: string;
  poolId: string;
  /** `projects/NUMBER/locations/global/workloadIdentityPools/ID`. */
  name: string;
}

/** What can change in the life of a provider. */
export interface PoolProviderSettings extends PoolSettings {
  attributeMapping: Record<string, string>;
  attributeCondition: string;
  oidc: { issuerUri: string; allowedAudiences: string[]; jwksJson: string };
}

/** An OIDC provider of such a pool. */
export interface PoolProvider extends PoolProviderSettings {
  project: string;
  poolId: string;
  providerId: string;
  /** The pool's name, `/providers/` and the id. */
  name: string;
}

const ID = /^(?!gcp-)[a-z0-9-]{4,32}$/;

/**
 * Pools and providers that users made, in memory (IAM API reference, "projects.locations.workloadIdentityPools"). A deleted one can be
 * undeleted for 30 days, and its id is taken for so long.
 */
export class WorkloadIdentityPools {
  readonly #pools = new Map<string, WorkloadIdentityPool>();
  readonly #providers = new Map<string, PoolProvider>();
  readonly #deleted = new Set<string>();

  createPool(input: { project: string; poolId: string } & PoolSettings): WorkloadIdentityPool {
    checkId(input.poolId, "workload_identity_pool_id");
    checkSettings(input);
    const name = poolNameOf(input.project, input.poolId);
    this.#checkFree(name, this.#pools.has(name));
    const pool = { ...input, name };
    this.#pools.set(name, pool);
    return pool;
  }

  getPool(project: string, poolId: string): WorkloadIdentityPool {
    return found(this.#pools.get(poolNameOf(project, poolId)));
  }

  updatePool(project: string, poolId: string, settings: PoolSettings): WorkloadIdentityPool {
    checkSettings(settings);
    const pool = { ...this.getPool(project, poolId), ...settings };
    this.#pools.set(pool.name, pool);
    return pool;
  }

  /** Its providers go with it. */
  deletePool(project: string, poolId: string): void {
    const { name } = this.getPool(project, poolId);
    this.#pools.delete(name);
    this.#deleted.add(name);
    for (const provider of this.#providers.keys()) {
      if (provider.startsWith(`${name}/`)) {
        this.#providers.delete(provider);
      }
    }
  }

  createProvider(input: { project: string; poolId: string; providerId: string } & PoolProviderSettings): PoolProvider {
    const pool = this.getPool(input.project, input.poolId);
    checkId(input.providerId, "workload_identity_pool_provider_id");
    checkProvider(input);
    const name = `${pool.name}/providers/${input.providerId}`;
    this.#checkFree(name, this.#providers.has(name));
    const provider = { ...input, name };
    this.#providers.set(name, provider);
    return provider;
  }

  getProvider(project: string, poolId: string, providerId: string): PoolProvider {
    return found(this.#providers.get(`${poolNameOf(project, poolId)}/providers/${providerId}`));
  }

  updateProvider(project: string, poolId: string, providerId: string, settings: PoolProviderSettings): PoolProvider {
    checkProvider(settings);
    const provider = { ...this.getProvider(project, poolId, providerId), ...settings };
    this.#providers.set(provider.name, provider);
    return provider;
  }

  deleteProvider(project: string, poolId: string, providerId: string): void {
    const { name } = this.getProvider(project, poolId, providerId);
    this.#providers.delete(name);
    this.#deleted.add(name);
  }

  /** Whether there is a pool of this name. */
  has(name: string): boolean {
    return this.#pools.has(name);
  }

  /** Whether a pool of this name would be of a project that has had pools here. */
  knows(name: string): boolean {
    const parent = name.slice(0, name.lastIndexOf("/") + 1);
    return [...this.#pools.keys(), ...this.#deleted].some((other) => other.startsWith(parent));
  }

  #checkFree(name: string, isThere: boolean): void {
    if (isThere || this.#deleted.has(name)) {
      throw gcpError(409, "alreadyExists", "Requested entity already exists");
    }
  }
}

function poolNameOf(project: string, poolId: string): string {
  return `projects/${projectNumber(project)}/locations/global/workloadIdentityPools/${poolId}`;
}

function found<T>(entity: T | undefined): T {
  if (entity === undefined) {
    throw gcpError(404, "notFound", "Requested entity was not found.");
  }
  return entity;
}

function checkId(id: string, field: string): void {
  if (!ID.test(id)) {
    throw gcpError(
      400,
      "badRequest",
      `Invalid ${field} "${id}": 4 to 32 characters of a-z, 0-9 and -, not beginning with gcp-`,
    );
  }
}

function checkSettings({ displayName, description }: PoolSettings): void {
  if (displayName.length > 32 || description.length > 256) {
    throw gcpError(400, "badRequest", "The display name has at most 32 characters, the description 256.");
  }
}

function checkProvider(settings: PoolProviderSettings): void {
  checkSettings(settings);
  const { attributeMapping, attributeCondition, oidc } = settings;
  const invalid = (what: string) => gcpError(400, "badRequest", what);
  if (!oidc.issuerUri.startsWith("https://")) {
    throw invalid("The issuer URI must be an https URL.");
  }
  if (oidc.allowedAudiences.length > 10 || oidc.allowedAudiences.some(({ length }) => length > 256)) {
    throw invalid("There are at most 10 allowed audiences of 256 characters.");
  }
  if (attributeMapping["google.subject"] === undefined) {
    throw invalid("The attribute mapping must map google.subject.");
  }
  const wrong = Object.keys(attributeMapping).find(
    (key) => !/^(google\.(subject|groups)|attribute\.[a-z0-9_]{1,100})$/.test(key),
  );
  if (wrong !== undefined) {
    throw invalid(`The attribute ${wrong} can't be mapped.`);
  }
  if (attributeCondition.length > 4096 || Object.values(attributeMapping).some(({ length }) => length > 2048)) {
    throw invalid("A condition has at most 4096 characters, a mapping 2048.");
  }
}
