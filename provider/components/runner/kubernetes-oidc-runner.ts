import type * as pulumi from "@pulumi/pulumi";
import { checkIssuerOptions, checkKeySet, checkOwnIssuer, type KeySet } from "../../../trust/issuers";
import { checkArguments, checked, checkNow, checksOf, type JsonWebKeySet, type KeysFromCluster } from "../../resources";
import { atMostOne, childOptions, exactlyOne } from "../lib";
import type { RunnerArgs } from "./args";
import { checkRunnerArgs } from "./checks";
import { createRunnerChildren } from "./children";
import { RunnerComponent } from "./component";
import { planAfter, planRunner } from "./plan";
import { trustOf } from "./shared-trust";
import { warnDefaultNamespace } from "./warn-default-namespace";

/** Any Kubernetes cluster. */
export interface KubernetesCluster {
  /** `iss` of the cluster's tokens: `kubectl get --raw /.well-known/openid-configuration` prints it as `issuer`. */
  issuerUrl: pulumi.Input<string>;
  /** Signing keys (`kubectl get --raw /openid/v1/jwks`), when Pulumi Cloud can't reach the issuer. Default: discovered. */
  jwks?: pulumi.Input<JsonWebKeySet>;
  /** Reads the signing keys from the cluster's API server instead, as in `OidcIssuer`. Default: none. */
  jwksFromCluster?: pulumi.Input<KeysFromCluster>;
}

/** Arguments of `KubernetesOidcRunner`. */
export interface KubernetesOidcRunnerArgs extends RunnerArgs {
  /** The cluster the runner lives on; the Kubernetes provider must point at the same. */
  cluster: KubernetesCluster;
}

/**
 * Work on any Kubernetes cluster that logs in to Pulumi Cloud with its own identity token: ServiceAccount, entrypoint
 * ConfigMap and Job, CronJob or Deployment in the cluster, issuer and policy in Pulumi Cloud. No secret is stored anywhere.
 *
 * Errors: `ARGUMENT_UNKNOWN`, `ARGUMENT_INVALID`, `POD_SECURITY_RESTRICTED`, `NAMESPACE_INVALID`, `NAMESPACE_MISSING`, `SERVICE_ACCOUNT_NAME_INVALID`, `TOKEN_OWNER_MISSING`, `TOKEN_OWNER_WILDCARD`, `TOKEN_ADMIN_INVALID`, `JOB_INVALID`, `CRON_JOB_INVALID`, `DEPLOYMENT_INVALID`,
 * `AGENT_INVALID`, `COMMAND_EMPTY`, `ENV_RESERVED`, `ENV_STORED_TOKEN`, `ENV_TWICE`, `LABEL_INVALID`, `POD_TEMPLATE_INVALID`,
 * `POD_TEMPLATE_TRUST`, `OPTION_CONFLICT`, `OPTION_MISSING`, `ISSUER_URL_SHARED`, `TRUST_FOR_OTHER_ISSUER`, `TRUST_NOT_PROVEN`,
 * `PEER_MISSING`, and those of `OidcIssuer` and `OidcPolicy`; with `createPolicy: false` also `TRUST_FOR_OTHER_ORGANIZATION`,
 * `TRUST_DOES_NOT_ADMIT`, `TRUST_FOR_OTHER_ROLE` and `TRUST_ALLOWS_ADMIN`.
 *
 * @example
 * ```ts
 * const runner = new KubernetesOidcRunner("nightly", {
 *   organization: "acme",
 *   accessToken: { organization: {} },
 *   cluster: { issuerUrl: "https://kubernetes.example.com" },
 *   namespace: "pulumi",
 *   cronJob: { schedule: "0 3 * * *", timeZone: "Etc/UTC" },
 *   command: ["pulumi", "env", "ls"],
 * });
 *
 * // kubeadm, k3s and kind: an issuer of the cluster's own (kube-apiserver's service-account-issuer), and its keys, which
 * // Pulumi Cloud can't fetch from a private network.
 * const onPremises = new KubernetesOidcRunner("on-premises", {
 *   organization: "acme",
 *   accessToken: { organization: {} },
 *   cluster: { issuerUrl: "https://plant-7.clusters.example.com", jwksFromCluster: {} },
 *   namespace: "pulumi",
 * });
 *
 * // Many runners with one definition: anyone who may make pods in the namespace can become any of them.
 * const url = "https://kubernetes.example.com";
 * const rules = { aud: "urn:pulumi:org:acme", sub: "system:serviceaccount:pulumi:*" };
 * const policies = [{ decision: "allow" as const, accessToken: { organization: {} }, rules }];
 * const trust = new OidcTrustSetup("pulumi", { organization: "acme", kubernetes: { issuerUrl: url }, policies });
 * for (const name of ["network", "database"]) {
 *   new KubernetesOidcRunner(name, {
 *     organization: "acme",
 *     accessToken: { organization: {} },
 *     cluster: { issuerUrl: url },
 *     namespace: "pulumi",
 *     trust,
 *     createPolicy: false,
 *   });
 * }
 * ```
 */
export class KubernetesOidcRunner extends RunnerComponent {
  constructor(name: string, args: KubernetesOidcRunnerArgs, options?: pulumi.ComponentResourceOptions) {
    checkArguments("KubernetesOidcRunner", name, args);
    checkRunnerArgs(name, args);
    exactlyOne(args.cluster, ["issuerUrl"], `${name}.cluster`);
    const { issuerUrl, jwks, jwksFromCluster } = args.cluster;
    checkNow({ issuerUrl, jwks, jwksFromCluster }, clusterChecks(name));
    // A given trust has its own keys.
    for (const keys of ["jwks", "jwksFromCluster"] as const) {
      atMostOne({ trust: args.trust, [keys]: args.cluster[keys] }, ["trust", keys], `${name}.cluster`);
    }
    super("oidc-runner:index:KubernetesOidcRunner", name, {}, options);
    warnDefaultNamespace(args.namespace, this);
    const plan = planAfter(planRunner(name, args, issuerUrl), checked({ jwks }, clusterChecks(name)));
    const trust = trustOf(name, args, plan, [issuerUrl], { jwks, jwksFromCluster });
    this.finish(createRunnerChildren(childOptions(this, options), name, { args, plan, trust, options }));
  }
}

const check = checksOf<{ issuerUrl?: string; jwks?: KeySet; jwksFromCluster?: object }>();

function clusterChecks(name: string) {
  return [
    check.one("issuerUrl", (url) => checkOwnIssuer(url)),
    check.one("jwks", checkKeySet),
    check.options("issuerUrl", (given, { issuerUrl }) => checkIssuerOptions({ ...given, issuerUrl }, name)),
  ];
}
