import type { AccessTokenGrant, AccessTokens } from "./access-tokens";
import type { IssuerNetwork, KeyCache } from "./keys";
import type { Organization } from "./organization";
import type { Switches } from "./switches";

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
  /** See `PulumiCloud`. */
  nameless: string[];
  /** Who calls: from `Authorization: token …`; throws 401. */
  caller: (authorization: string | undefined) => AccessTokenGrant;
}
