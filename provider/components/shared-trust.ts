import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { OidcTrustSetup, type OidcTrustSetupArgs } from "./oidc-trust-setup";

/** Trusts by key, for each run of a program: inline programs of one process run several times. */
const runs = new WeakMap<object, Map<unknown, OidcTrustSetup>>();

/** The trust a runner needs, and what tells it from others. */
export interface TrustRequest {
  organization: pulumi.Input<string>;
  /** What identifies the issuer: its URL or the cluster's name as text, else the Output itself. */
  key: pulumi.Input<string>;
  apiUrl: pulumi.Input<string>;
  args: OidcTrustSetupArgs;
}

/**
 * One trust for all runners of a program on the same cluster: an issuer can be registered only once in an organization.
 * It belongs to the stack, not to the runner that came first, so that removing that runner leaves the others' trust alone.
 */
export function sharedTrust(runnerName: string, request: TrustRequest): OidcTrustSetup {
  const run = pulumi.runtime.getMonitor() ?? globalThis;
  const trusts = runs.get(run) ?? new Map<unknown, OidcTrustSetup>();
  runs.set(run, trusts);
  const { organization, key, apiUrl } = request;
  const plain = [organization, key, apiUrl].every((value) => typeof value === "string");
  const text = `${String(organization)} ${String(key)} ${String(apiUrl)}`;
  const identity = plain ? text : key;
  const existing = trusts.get(identity);
  if (existing !== undefined) {
    return existing;
  }
  const suffix = plain ? createHash("sha256").update(text).digest("hex").slice(0, 8) : runnerName;
  const trust = new OidcTrustSetup(`oidc-trust-${suffix}`, request.args);
  trusts.set(identity, trust);
  return trust;
}
