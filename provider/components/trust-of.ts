import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { defaultApiUrl } from "../cloud/backend";
import { OidcTrustSetup } from "./oidc-trust-setup";
import type { RunnerArgs } from "./runner-args";
import type { RunnerPlan } from "./runner-plan";
import type { ClusterWithKeys } from "./trusted-issuer";

/** Trusts and what they are for, for each run of a program: inline programs of one process run several times. */
const runs = new WeakMap<object, { parts: unknown[]; trust: OidcTrustSetup }[]>();

/**
 * The trust of a runner: the given one, or one for all runners of the program on the same cluster, since an issuer can be
 * registered only once in an organization. That one belongs to the stack, not to the runner that came first, so that
 * removing that runner leaves the others' trust alone.
 *
 * @param key what identifies the issuer: its URL or the cluster's names as texts, else the Outputs themselves
 * @param scope what the key is unique in: the provider a cluster's name is looked up with, if it is not the default one
 */
export function trustOf(
  name: string,
  args: RunnerArgs,
  plan: pulumi.Output<RunnerPlan>,
  key: readonly pulumi.Input<string>[],
  { scope, ...keys }: Pick<ClusterWithKeys, "jwks" | "jwksFromCluster"> & { scope?: pulumi.ProviderResource } = {},
): OidcTrustSetup {
  if (args.trust !== undefined) {
    return args.trust;
  }
  const run = pulumi.runtime.getMonitor() ?? globalThis;
  const trusts = runs.get(run) ?? [];
  runs.set(run, trusts);
  const parts = [args.organization, ...key, args.apiUrl ?? defaultApiUrl(), scope];
  // Texts are compared by value, Outputs by identity: what two of them resolve to is not known yet.
  const existing = trusts.find(
    (entry) => entry.parts.length === parts.length && entry.parts.every((part, index) => part === parts[index]),
  );
  if (existing !== undefined) {
    return existing.trust;
  }
  const plain = parts.every((part) => part === undefined || typeof part === "string");
  const suffix = plain ? createHash("sha256").update(parts.join(" ")).digest("hex").slice(0, 8) : name;
  const trust = new OidcTrustSetup(`oidc-trust-${suffix}`, {
    organization: plan.organization,
    kubernetes: { url: plan.trust.issuerUrl, ...keys },
    apiUrl: plan.apiUrl,
    caCertificates: args.caCertificates,
  });
  trusts.push({ parts, trust });
  return trust;
}
