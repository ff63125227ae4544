import type { JsonWebKeySet } from "../../pulumi-cloud/keys";
import type { Iam } from "../iam";
import type { Sessions } from "./sessions";
import type { StsSwitches } from "./switches";

/** What the operations of STS share. */
export interface StsContext {
  iam: Iam;
  sessions: Sessions;
  /** An issuer's public keys; rejects when its server can't be reached or says something else. */
  keys: (issuer: string) => Promise<JsonWebKeySet>;
  /** Milliseconds since the epoch, by the lab's clock. */
  clock: () => number;
  switches: StsSwitches;
  /** Takes one line of the lab's log. */
  log: (line: string) => void;
}
