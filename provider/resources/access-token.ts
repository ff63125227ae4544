import type * as pulumi from "@pulumi/pulumi";

/** Tokens of the organization. */
export interface OrganizationToken {
  /** Custom role, by its id. Default: the organization's default member role. */
  roleId?: pulumi.Input<string>;
  /** An administrator's token. A role of the least rights is the better way. Default: false. */
  admin?: pulumi.Input<boolean>;
}

/** Tokens of a team. */
export interface TeamToken {
  /** Name of the team. A policy takes a pattern: `*` is zero or more, `?` zero or one, `.` exactly one character. */
  name: pulumi.Input<string>;
}

/** Tokens of a user. */
export interface PersonalToken {
  /** Login of the user. A policy takes a pattern. */
  user: pulumi.Input<string>;
}

/** Tokens of a pool of deployment runners. */
export interface RunnerToken {
  /** Id of the pool. Pulumi Cloud may refuse such a policy: not every edition has runner pools. */
  pool: pulumi.Input<string>;
}

/** Which access tokens there are. */
export interface AccessTokenBlocks {
  /** Tokens of the organization. */
  organization?: OrganizationToken;
  /** Tokens of a team. */
  team?: TeamToken;
  /** Tokens of a user. */
  personal?: PersonalToken;
  /** Tokens of a pool of deployment runners. */
  runner?: RunnerToken;
}

/** A type of which exactly one of some members is given. */
export type ExactlyOne<T, K extends keyof T> = {
  [P in K]-?: Flat<Omit<T, K> & Required<Pick<T, P>> & { [Other in Exclude<K, P>]?: undefined }>;
}[K];

/** An intersection as one object type, in which the compiler refuses unknown names. */
type Flat<T> = { [M in keyof T]: T[M] };

/** The access tokens a policy is about: exactly one of these. */
export type AccessToken = ExactlyOne<AccessTokenBlocks, keyof AccessTokenBlocks>;
