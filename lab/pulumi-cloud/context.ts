import type { EscEvaluator } from "../../tools/toolchain";
import type { AccessTokenGrant, AccessTokens } from "./access-tokens";
import type { Execute } from "./execution";
import type { PulumiIssuer } from "./issuer";
import type { IssuerNetwork, KeyCache } from "./keys";
import type { Organization } from "./organization";
import type { Switches } from "./switches";

/** Where the clouds listen that deployments and the logins of environments exchange tokens at. */
export interface CloudAddresses {
  awsStsUrl: string;
  azureAuthority: string;
  gcpStsUrl: string;
  gcpIamCredentialsUrl: string;
}

/** What the routes of one Pulumi Cloud share. */
export interface CloudContext {
  organizations: Map<string, Organization>;
  tokens: AccessTokens;
  network: IssuerNetwork;
  keys: KeyCache;
  switches: Switches;
  /** Milliseconds since the epoch, by the lab's clock. */
  clock: () => number;
  /** Takes one line of the lab's log, without its end. */
  log: (line: string) => void;
  /** See `PulumiCloudOptions`. */
  escEvaluator: EscEvaluator | undefined;
  clouds: () => CloudAddresses | undefined;
  /** See `PulumiCloudOptions`. */
  execute: Execute | undefined;
  /** PEM of the authority that the clouds' servers are signed by. */
  ca: string;
  issuer: PulumiIssuer;
  /** See `PulumiCloud`. */
  nameless: string[];
  /** Who calls: from `Authorization: token …`; throws 401. */
  caller: (authorization: string | undefined) => AccessTokenGrant;
}
