import { randomBytes, randomUUID } from "node:crypto";
import type { PolicyDefinition } from "../../trust/policy";
import type { AccessTokenGrant } from "./access-tokens";
import { Environment, type EscEnvironment } from "./environment";
import { ApiError } from "./errors";
import type { JsonWebKeySet } from "./json-web-key-set";
import type { Stack } from "./stack";

/** Permissions of the issuer and policy routes (Pulumi documentation, "RBAC scopes, organization settings"). */
export const SCOPES = [
  "oidc_issuers:create",
  "oidc_issuers:read",
  "oidc_issuers:update",
  "oidc_issuers:delete",
  "oidc_issuers:regenerate_thumbprints",
  "auth_policies:read",
  "auth_policies:update",
] as const;

/** One of {@link SCOPES}, or what the lists of runner pools and of roles need. */
export type Scope = (typeof SCOPES)[number] | "agent_pool:read" | "role:read";

/** A custom role: what a token that carries its id may do. */
export interface Role {
  id: string;
  /** Default: the id. */
  name?: string;
  scopes: Scope[];
}

/** A pool of customer-managed runners. Policies and scopes may name it by either. */
export interface RunnerPool {
  id: string;
  name: string;
}

/** A registered issuer. Times are milliseconds since the epoch, by the lab's clock. */
export interface Issuer {
  id: string;
  name: string;
  /** As registered; never changes. */
  url: string;
  /** The `issuer` its discovery document states; the URL when its keys are static. */
  issuer: string;
  /** SHA-256 of the leaf certificate, lower-case hex. */
  thumbprints: string[];
  jwks?: JsonWebKeySet;
  /** Seconds; the service's own limit when absent. */
  maxExpiration?: number;
  created: number;
  modified: number;
  lastUsed?: number;
}

/** The auth policy of one issuer. */
export interface AuthPolicy {
  id: string;
  issuerId: string;
  version: number;
  created: number;
  modified: number;
  /** As sent, unknown fields included. */
  policies: PolicyDefinition[];
}

/** Who and what is in an organization when it is made. */
export interface OrganizationRequest {
  name: string;
  /** Logins of its members; `lab-admin`, an administrator, is always one. */
  users?: string[];
  /** Logins of its administrators: personal tokens of theirs may do everything. */
  admins?: string[];
  teams?: string[];
  runners?: RunnerPool[];
  roles?: Role[];
  environments?: EscEnvironment[];
}

/** Login of the user whose token the lab hands out. */
export const LAB_ADMIN = "lab-admin";

/** An organization with everything in it. */
export class Organization {
  readonly id = randomUUID();
  readonly name: string;
  /** Key of the secrets in its environments, base64. A stand-in: the service's keys are its own matter. */
  readonly secretsKey = randomBytes(32).toString("base64");
  readonly users: Map<string, "admin" | "member"> = new Map([[LAB_ADMIN, "admin"]]);
  readonly teams: Set<string>;
  readonly runners: RunnerPool[];
  readonly roles: Map<string, Role>;
  /** By id, in order of registration. */
  readonly issuers: Map<string, Issuer> = new Map();
  /** By policy id. */
  readonly policies: Map<string, AuthPolicy> = new Map();
  /** By project and name. */
  readonly stacks: Map<string, Stack> = new Map();
  environments: Environment[] = [];

  constructor(request: OrganizationRequest) {
    this.name = request.name;
    for (const login of request.users ?? []) {
      this.users.set(login, "member");
    }
    for (const login of request.admins ?? []) {
      this.users.set(login, "admin");
    }
    this.teams = new Set(request.teams);
    this.runners = [...(request.runners ?? [])];
    this.roles = new Map((request.roles ?? []).map((role) => [role.id, role]));
    this.replaceEnvironments(request.environments ?? []);
  }

  /** Makes environments without definitions in place of all that there are. */
  replaceEnvironments(environments: readonly EscEnvironment[]): void {
    this.environments = environments.map(({ project, name }) => new Environment(project, name));
  }

  environment({ project, name }: EscEnvironment): Environment | undefined {
    return this.environments.find((one) => one.project === project && one.name === name);
  }

  policyOf(issuerId: string): AuthPolicy | undefined {
    return [...this.policies.values()].find((policy) => policy.issuerId === issuerId);
  }

  /** The id of a runner pool named by id or by name; the text itself when there is none. */
  runnerId(idOrName: string): string {
    return this.runners.find((pool) => pool.id === idOrName || pool.name === idOrName)?.id ?? idOrName;
  }

  hasRunner(idOrName: string): boolean {
    return this.runners.some((pool) => pool.id === idOrName || pool.name === idOrName);
  }
}

/**
 * The organization that a caller names, which must be the one of the access token.
 *
 * @throws ApiError 404
 */
export function organizationOf(
  organizations: ReadonlyMap<string, Organization>,
  grant: AccessTokenGrant,
  name: string | undefined,
): Organization {
  const organization = name === grant.organization ? organizations.get(name) : undefined;
  if (organization === undefined) {
    throw new ApiError(404, "organization");
  }
  return organization;
}
