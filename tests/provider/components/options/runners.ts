import { AksOidcRunner } from "../../../../provider/components/aks/aks-oidc-runner";
import { EksOidcRunner, type EksOidcRunnerArgs } from "../../../../provider/components/eks/eks-oidc-runner";
import { GkeOidcRunner } from "../../../../provider/components/gke/gke-oidc-runner";
import { KubernetesOidcRunner } from "../../../../provider/components/runner/kubernetes-oidc-runner";
import { OidcTrustSetup } from "../../../../provider/components/trust/oidc-trust-setup";
import type { PolicyDefinition } from "../../../../provider/resources/oidc-policy";
import { type GkeCluster, gkeIssuerUrl } from "../../../../trust/issuers/gke";
import { AKS_ISSUER, API, ISSUER } from "../cloud";
import { aksRows } from "./aks-rows";
import { commonRows, GIVEN_TRUST } from "./common-rows";
import { eksRows } from "./eks-rows";
import { gkeRows, kubernetesRows } from "./other-rows";
import { over, type Row, type Tree } from "./row";

/** A class of runners, and how the tests use it. */
export interface RunnerKind {
  name: "KubernetesOidcRunner" | "EksOidcRunner" | "GkeOidcRunner" | "AksOidcRunner";
  /** What it can't do without. */
  base: Tree;
  /** Options it has besides those of all runners. */
  own: readonly Row[];
  /** All its options. */
  rows: readonly Row[];
}

const COMMON = { organization: "acme", namespace: "pulumi", apiUrl: API };

/** The four runners. */
export const runners: readonly RunnerKind[] = [
  kind("KubernetesOidcRunner", { issuerUrl: "https://kubernetes.example.com" }, kubernetesRows),
  kind("EksOidcRunner", { name: "prod" }, eksRows),
  kind("GkeOidcRunner", { project: "acme-prod", location: "europe-west1", name: "prod" }, gkeRows),
  kind("AksOidcRunner", { name: "prod", resourceGroupName: "clusters" }, aksRows),
];

function kind(name: RunnerKind["name"], cluster: Tree, own: readonly Row[]): RunnerKind {
  return { name, base: { ...COMMON, cluster }, own, rows: [...commonRows, ...own] };
}

const CLASSES = { KubernetesOidcRunner, EksOidcRunner, GkeOidcRunner, AksOidcRunner };

/** Name of the trust that {@link GIVEN_TRUST} stands for. */
export const TRUST_NAME = "given";

/** A definition for all ServiceAccounts of a runner's namespace, and for the token it asks for. */
function sharedDefinition(args: Tree): PolicyDefinition {
  const { accessToken, exchangeAwsToken } = args as unknown as EksOidcRunnerArgs;
  const { organization, namespace } = args as Record<string, string>;
  // A definition says who gets which token; how long it lives is the runner's wish.
  const { expirationSeconds: _, ...block } = accessToken as { expirationSeconds?: number };
  return {
    decision: "allow",
    accessToken: block as typeof accessToken,
    rules: {
      aud: exchangeAwsToken ? "sts.amazonaws.com" : `urn:pulumi:org:${organization}`,
      sub: `system:serviceaccount:${namespace}:*`,
    },
  };
}

/** The organization's token where an option says no other. */
function withToken(token: Tree = {}): Tree {
  return ["organization", "team", "personal", "runner"].some((type) => type in token)
    ? token
    : { ...token, organization: {} };
}

/** Makes a runner in the program that runs. */
export function makeRunner({ name, base }: RunnerKind, more: Tree, runnerName = "deployer"): void {
  const args = over(base, more);
  args.accessToken = withToken(args.accessToken as Tree | undefined);
  if (args.trust === GIVEN_TRUST) {
    const { issuerUrl = name === "AksOidcRunner" ? AKS_ISSUER : ISSUER } = args.cluster as { issuerUrl?: string };
    const url = name === "GkeOidcRunner" ? gkeIssuerUrl(args.cluster as GkeCluster) : issuerUrl;
    const { organization } = args as { organization: string };
    const policies = args.createPolicy === false ? [sharedDefinition(args)] : undefined;
    // Its subject is a pattern, which the linter refuses for an administrator's token.
    const waive = [{ name: "ADMIN_FOR_MANY" as const, reason: "any runner of the namespace" }];
    args.trust = new OidcTrustSetup(TRUST_NAME, {
      organization,
      apiUrl: API,
      custom: { issuerUrl: url },
      policies,
      waive,
    });
  }
  new CLASSES[name](runnerName, args as never);
}
