import type { Switches } from "../../../lab/pulumi-cloud/switches";
import type { Probe } from "../probe";
import { EXCHANGE_PROBES } from "./exchanges";
import { ISSUER_PROBES } from "./issuers";
import { POLICY_PROBES } from "./policies";

/** Every probe. */
export const PROBES: readonly Probe[] = [...ISSUER_PROBES, ...POLICY_PROBES, ...EXCHANGE_PROBES];

/** Why the other switches can't be observed by the public API with what a maintainer has. */
export const NOT_OBSERVABLE: Partial<Record<keyof Switches, string>> = {
  keysMaxAgeSeconds: "needs a server with public discovery whose keys can be changed",
  keysCooldownSeconds: "needs a server with public discovery whose keys can be changed",
  discoveryTimeoutMs: "needs a server with public discovery that does not answer",
  driftOperation: "needs a drift run of a stack, whose token says it",
  tokenOwnersShownTo: "needs the token of a member who is not an administrator",
};
