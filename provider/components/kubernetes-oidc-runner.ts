import type * as pulumi from "@pulumi/pulumi";
import { checkWhenPlain } from "../resources/check-when-plain";
import type { JsonWebKeySet, KeysFromCluster } from "../resources/oidc-issuer";
import { checkIssuerOptions } from "../trust/issuers/issuer-options";
import { checkIssuerUrl } from "../trust/issuers/issuer-url";
import { checkKeySet } from "../trust/issuers/key-set";
import type { RunnerArgs } from "./runner-args";
import { createRunnerChildren } from "./runner-children";
import { RunnerComponent } from "./runner-component";
import { checkRunnerArgs, planRunner } from "./runner-plan";
import { trustOf } from "./trust-of";
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
 * A Job on any Kubernetes cluster that logs in to Pulumi Cloud with its own identity token: ServiceAccount, entrypoint
 * ConfigMap and Job in the cluster, issuer and policy in Pulumi Cloud. No secret is stored anywhere.
 *
 * Errors: `NAMESPACE_INVALID`, `SERVICE_ACCOUNT_NAME_INVALID`, `TOKEN_TYPE_INVALID`, `TOKEN_OWNER_MISSING`,
 * `TOKEN_OWNER_UNEXPECTED`, `TOKEN_OWNER_WILDCARD`, `JOB_INVALID`, `COMMAND_EMPTY`, `ENV_RESERVED`, `ENV_STORED_TOKEN`, `OPTION_CONFLICT`,
 * `TRUST_FOR_OTHER_ISSUER`, `TRUST_NOT_PROVEN`, `PEER_MISSING`, and those of `OidcIssuer` and `OidcPolicy`.
 *
 * @example
 * ```ts
 * const runner = new KubernetesOidcRunner("nightly", {
 *   organization: "acme",
 *   tokenType: "organization",
 *   cluster: { issuerUrl: "https://kubernetes.example.com" },
 *   namespace: "pulumi",
 *   command: ["pulumi", "env", "ls"],
 * });
 * ```
 */
export class KubernetesOidcRunner extends RunnerComponent {
  constructor(name: string, args: KubernetesOidcRunnerArgs, options?: pulumi.ComponentResourceOptions) {
    checkRunnerArgs(name, args);
    const { issuerUrl, jwks, jwksFromCluster } = args.cluster;
    checkWhenPlain(issuerUrl, (url) => checkIssuerUrl(url));
    checkWhenPlain(jwks, (keys) => checkKeySet(keys));
    checkIssuerOptions({ url: typeof issuerUrl === "string" ? issuerUrl : undefined, jwks, jwksFromCluster }, name);
    super("oidc-runner:index:KubernetesOidcRunner", name, {}, options);
    warnDefaultNamespace(args.namespace, this);
    const plan = planRunner(name, args, issuerUrl);
    const trust = trustOf(name, args, plan, [issuerUrl], { jwks, jwksFromCluster });
    this.finish(createRunnerChildren(this, name, args, plan, trust, {}));
  }
}
