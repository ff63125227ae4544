import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { defaultApiUrl } from "../cloud/backend";
import type { JsonWebKeySet } from "../resources/oidc-issuer";
import { OidcTrustSetup } from "./oidc-trust-setup";
import type { RunnerArgs } from "./runner-args";
import type { RunnerPlan } from "./runner-plan";

/** Trusts by key, for each run of a program: inline programs of one process run several times. */
const runs = new WeakMap<object, Map<unknown, OidcTrustSetup>>();

/**
 * The trust of a runner: the given one, or one for all runners of the program on the same cluster, since an issuer can be
 * registered only once in an organization. That one belongs to the stack, not to the runner that came first, so that
 * removing that runner leaves the others' trust alone.
 *
 * @param key what identifies the issuer: its URL or the cluster's name as text, else the Output itself
 */
export function trustOf(
  name: string,
  args: RunnerArgs,
  plan: pulumi.Output<RunnerPlan>,
  key: pulumi.Input<string>,
  jwks?: pulumi.Input<JsonWebKeySet>,
): OidcTrustSetup {
  if (args.trust !== undefined) {
    return args.trust;
  }
  const run = pulumi.runtime.getMonitor() ?? globalThis;
  const trusts = runs.get(run) ?? new Map<unknown, OidcTrustSetup>();
  runs.set(run, trusts);
  const parts = [args.organization, key, args.apiUrl ?? defaultApiUrl()];
  const text = parts.every((part) => typeof part === "string") ? parts.join(" ") : undefined;
  const identity = text ?? key;
  const existing = trusts.get(identity);
  if (existing !== undefined) {
    return existing;
  }
  const suffix = text === undefined ? name : createHash("sha256").update(text).digest("hex").slice(0, 8);
  const trust = new OidcTrustSetup(`oidc-trust-${suffix}`, {
    organization: plan.organization,
    kubernetes: { url: plan.trust.issuerUrl, jwks },
    apiUrl: plan.apiUrl,
    caCertificates: args.caCertificates,
  });
  trusts.set(identity, trust);
  return trust;
}
