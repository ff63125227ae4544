import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import { defaultApiUrl, normalApiUrl } from "../../../pulumi-cloud/api";
import { OidcRunnerError } from "../../../trust";
import { isKnown } from "../../resources";
import { perRun } from "../lib";
import { type ClusterWithKeys, OidcTrustSetup, type TrustReference, trustFields } from "../trust";
import type { RunnerArgs } from "./args";
import type { RunnerPlan } from "./plan";

/** The issuer's keys, where a runner gives them. */
type Keys = Pick<ClusterWithKeys, "jwks" | "jwksFromCluster">;

/** A trust, what it is for, and what the runner that came first gave it. */
interface MadeTrust {
  parts: unknown[];
  keys: Keys;
  caCertificates: RunnerArgs["caCertificates"];
  trust: OidcTrustSetup;
}

const trustsOfRun = perRun<MadeTrust[]>(() => []);

/**
 * The trust of a runner: the given one, or one for all runners of the program on the same cluster, since an issuer can be
 * registered only once in an organization. That one belongs to the stack, not to the runner that came first, so that
 * removing that runner leaves the others' trust alone.
 *
 * @param key what identifies the issuer: its URL or the cluster's names as texts, else the Outputs themselves
 * @param scope what the key is unique in: the provider a cluster's name is looked up with, if it is not the default one
 * @throws OidcRunnerError `OPTION_CONFLICT` for keys or certificates that are not those of the runner that came first
 */
export function trustOf(
  name: string,
  args: RunnerArgs,
  plan: pulumi.Output<RunnerPlan>,
  key: readonly pulumi.Input<string>[],
  { scope, ...keys }: Keys & { scope?: pulumi.ProviderResource } = {},
): TrustReference {
  if (args.trust !== undefined) {
    return trustFields(args.trust);
  }
  const { caCertificates } = args;
  const trusts = trustsOfRun();
  const apiUrl = args.apiUrl ?? defaultApiUrl();
  const parts = [args.organization, ...key, typeof apiUrl === "string" ? normalApiUrl(apiUrl) : apiUrl, scope];
  // Texts are compared by value, Outputs by identity: what two of them resolve to is not known yet.
  const existing = trusts.find(
    (entry) => entry.parts.length === parts.length && entry.parts.every((part, index) => part === parts[index]),
  );
  if (existing !== undefined) {
    checkSameKeys(name, keys, existing.keys);
    checkSameCertificates(name, caCertificates, existing.caCertificates);
    return existing.trust;
  }
  const plain = parts.every((part) => part === undefined || typeof part === "string");
  const suffix = plain ? createHash("sha256").update(parts.join(" ")).digest("hex").slice(0, 8) : name;
  const trust = new OidcTrustSetup(`oidc-trust-${suffix}`, {
    organization: plan.organization,
    kubernetes: { issuerUrl: plan.trust.issuerUrl, ...keys },
    apiUrl: plan.apiUrl,
    caCertificates,
  });
  trusts.push({ parts, keys, caCertificates, trust });
  return trust;
}

/** Refuses keys of which nothing would come: the issuer has those of the runner that came first. */
function checkSameKeys(name: string, given: Keys, first: Keys): void {
  for (const option of ["jwks", "jwksFromCluster"] as const) {
    const [mine, theirs] = [given[option], first[option]];
    const same = mine === theirs || (isKnown([mine, theirs]) && isDeepStrictEqual(mine, theirs));
    if (mine !== undefined && !same) {
      throw new OidcRunnerError(
        "OPTION_CONFLICT",
        `another runner on this cluster came first, without this ${option}`,
        {
          where: `${name}.cluster`,
          fix: "give all runners on the cluster the same keys, or make an OidcTrustSetup with them and give it as trust",
        },
      );
    }
  }
}

/** Refuses certificates that the issuer would be registered without. Those of two Outputs can't be told apart here. */
function checkSameCertificates(
  name: string,
  mine: RunnerArgs["caCertificates"],
  theirs: RunnerArgs["caCertificates"],
): void {
  if (mine !== undefined && mine !== theirs && isKnown([mine, theirs])) {
    throw new OidcRunnerError(
      "OPTION_CONFLICT",
      `another runner on this cluster came first, ${theirs === undefined ? "without caCertificates" : "with other caCertificates"}, and the issuer they share is registered with its own`,
      {
        where: `${name}.caCertificates`,
        fix: "give all runners on the cluster the same caCertificates, or make an OidcTrustSetup with them and give it as trust",
      },
    );
  }
}
