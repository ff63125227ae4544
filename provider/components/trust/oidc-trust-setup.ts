import * as pulumi from "@pulumi/pulumi";
import { type IssuerKey, issuerOf } from "../../../trust/issuers";
import type { Duration } from "../../../trust/policy";
import {
  checkArguments,
  checkDynamicModule,
  checkNow,
  issuerChecks,
  type LintWaiver,
  OidcIssuer,
  type OidcIssuerArgs,
  OidcPolicy,
  type PolicyDefinition,
  type Reviewed,
  required,
  reviewArgs,
} from "../../resources";
import { childOptions } from "../lib";
import { resolveIssuer, type TrustedIssuer, type TrustedIssuerKind } from "./issuer-choice";
import { pipelineStep } from "./pipeline-step";
import type { TrustReference } from "./reference";

/**
 * Arguments of `OidcTrustSetup`. Exactly one of the issuers' blocks, such as `eks`, `githubActions` and `custom`, says who the
 * issuer is.
 */
export interface OidcTrustSetupArgs extends TrustedIssuer {
  /** Pulumi organization that is to trust the issuer. */
  organization: pulumi.Input<string>;
  /**
   * Definitions to put into the issuer's auth policy. Default: none; runners add their own, or rely on these
   * (`createPolicy: false`).
   */
  policies?: pulumi.Input<pulumi.Input<PolicyDefinition>[]>;
  /** Findings of the linter about `policies` to leave out, each by name and with a reason. Default: none. */
  waive?: pulumi.Input<pulumi.Input<LintWaiver>[]>;
  /**
   * Take over definitions of `policies` that are there already, as `adopt` of `OidcPolicy` does: for one update, after another
   * was interrupted. Default: false.
   */
  adoptPolicies?: pulumi.Input<boolean>;
  /** Claims of the token this deployment logs in with, as in `OidcPolicy`: it warns `LOCKS_OUT_CALLER`. Default: none. */
  callerClaims?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** The same, by the path of a file that holds the token. Default: none. */
  callerTokenFile?: pulumi.Input<string>;
  /** Longest life of an access token: seconds, or a text such as `"2h"`. Default: the service's 90000 (25 hours). */
  maxExpirationSeconds?: pulumi.Input<Duration>;
  /** SHA-256 thumbprints of the issuer's certificate, as in `OidcIssuer`. Default: recorded by Pulumi Cloud and left alone. */
  thumbprints?: pulumi.Input<pulumi.Input<string>[]>;
  /** Any text; a new one makes Pulumi Cloud record the certificate served now, as in `OidcIssuer`. Default: none. */
  regenerateThumbprints?: pulumi.Input<string>;
  /** Use an issuer that is registered already, without owning it. Default: false. */
  adopt?: pulumi.Input<boolean>;
  /** Use the issuer with this id, without owning it and without reading the list of all issuers. Default: none. */
  issuerId?: pulumi.Input<string>;
  /** Delete the issuer even while definitions of others remain on it. Default: false. */
  forceDestroy?: pulumi.Input<boolean>;
  /** Base address of Pulumi Cloud's API. Default: the one logged in to, else https://api.pulumi.com. */
  apiUrl?: pulumi.Input<string>;
  /** PEM certificates to trust besides the public authorities, for a self-hosted Pulumi Cloud. */
  caCertificates?: pulumi.Input<string>;
}

/**
 * A Pulumi organization trusts an OIDC issuer: the issuer is registered (or adopted) and policy definitions are attached.
 *
 * Errors: `ARGUMENT_UNKNOWN`, `ARGUMENT_INVALID`, `CLUSTER_LOOK_UP_FAILED`, `OPTION_MISSING`, `OPTION_CONFLICT`, `ISSUER_URL_SHARED`, `GKE_CLUSTER_INVALID`, `GOOGLE_PROJECT_UNKNOWN`,
 * `PEER_MISSING`, and those of `OidcIssuer` and `OidcPolicy`.
 *
 * @example
 * ```ts
 * const trust = new OidcTrustSetup("prod", {
 *   organization: "acme",
 *   gke: { project: "acme-prod", location: "europe-west1", name: "prod" },
 *   maxExpirationSeconds: 3600,
 * });
 * const onEks = new OidcTrustSetup("eks", { organization: "acme", eks: { name: "prod" } });
 * ```
 */
export class OidcTrustSetup extends pulumi.ComponentResource {
  /** Id of the issuer in Pulumi Cloud. */
  readonly issuerId: pulumi.Output<string>;
  /** `iss` of the trusted tokens. */
  readonly issuerUrl: pulumi.Output<string>;
  /** Whether the issuer was registered before and is only used. */
  readonly adopted: pulumi.Output<boolean>;
  /** Pulumi organization that trusts the issuer. */
  readonly organization: pulumi.Output<string>;
  /** The issuer's registration in Pulumi Cloud. */
  readonly issuer: OidcIssuer;
  /** The definitions of `policies`, if there are any. */
  readonly policy?: OidcPolicy;
  readonly #reviewed: (() => pulumi.Output<PolicyDefinition[]>) | undefined;
  readonly #step: () => pulumi.Output<string> | undefined;

  constructor(name: string, args: OidcTrustSetupArgs, options?: pulumi.ComponentResourceOptions) {
    checkDynamicModule();
    checkArguments("OidcTrustSetup", name, args);
    const { organization, apiUrl, caCertificates, maxExpirationSeconds, thumbprints, regenerateThumbprints } = args;
    const { kind, ...trusted } = resolveIssuer(args, name, () => this);
    const issuerArgs: OidcIssuerArgs = {
      ...{ organization, ...trusted, maxExpirationSeconds, thumbprints, regenerateThumbprints },
      ...{ adopt: args.adopt, issuerId: args.issuerId, forceDestroy: args.forceDestroy, apiUrl, caCertificates },
    };
    checkNow(required(issuerArgs, "organization"), issuerChecks(name));
    const policyArgs = policyArgsOf(args, kind, trusted.issuerUrl);
    const reviewed = policyArgs && reviewArgs(policyArgs);
    super("oidc-runner:index:OidcTrustSetup", name, {}, options);
    const children = childOptions(this, options);
    this.issuer = new OidcIssuer(name, issuerArgs, children);
    this.issuerId = this.issuer.issuerId;
    this.issuerUrl = pulumi.output(trusted.issuerUrl);
    this.adopted = this.issuer.adopted;
    this.organization = pulumi.output(organization);
    this.#step = () => pipelineStep(kind, args);
    if (policyArgs !== undefined && reviewed !== undefined) {
      const { issuerId } = this;
      const own = { ...policyArgs, apiUrl, caCertificates, issuerId, adopt: args.adoptPolicies };
      this.policy = new OidcPolicy(name, own, children, reviewed);
      this.#reviewed = unlessRefused(reviewed, policyArgs.policies, this.policy);
    }
    const { issuerUrl, adopted } = this;
    this.registerOutputs({ organization: this.organization, issuerId: this.issuerId, issuerUrl, adopted });
  }

  /** Its policies, known when they are written; undefined without any. It is rejected when they are refused. */
  get policies(): pulumi.Output<PolicyDefinition[]> | undefined {
    return this.#reviewed?.();
  }

  /**
   * Shell text (POSIX sh) that logs a job of the trusted CI system in, as a step of its pipeline; its first line says what the job
   * must have. It asks for the access token of the first of `policies` that `pulumi login` can ask for, else for the
   * organization's. Absent for issuers whose jobs have no steps.
   */
  get pipelineStep(): pulumi.Output<string> | undefined {
    return this.#step();
  }

  /** What runners need of the trust: give it to them as `trust`. */
  get trust(): pulumi.Output<TrustReference> {
    const { organization, issuerId, issuerUrl, policies } = this;
    return pulumi.output({ organization, issuerId, issuerUrl, policies }) as pulumi.Output<TrustReference>;
  }
}

/** What goes to the trust's own `OidcPolicy`; undefined without one. */
function policyArgsOf(args: OidcTrustSetupArgs, kind: TrustedIssuerKind, issuerUrl: pulumi.Input<string>) {
  const { organization, policies, waive, callerClaims, callerTokenFile } = args;
  if (policies === undefined) {
    return undefined;
  }
  return { organization, policies, issuerKind: issuerKind(kind, issuerUrl), waive, callerClaims, callerTokenFile };
}

/**
 * The policies of a trust. They carry the resource that writes them, so that what is made from them waits for it; its `urn` is
 * known in a preview too.
 */
function unlessRefused(
  reviewed: pulumi.Output<Reviewed>,
  policies: pulumi.Input<pulumi.Input<PolicyDefinition>[]>,
  { urn }: OidcPolicy,
): () => pulumi.Output<PolicyDefinition[]> {
  let passed: pulumi.Output<PolicyDefinition[]> | undefined;
  // Not before they are asked for: a refusal that nothing waits for would end the program, and the resource refuses them too.
  return () => {
    const written = pulumi.output({ policies, urn });
    passed ??= reviewed.apply((known): pulumi.Output<PolicyDefinition[]> => {
      if ("refusal" in known) throw known.refusal;
      return written.apply((all): PolicyDefinition[] => all.policies);
    });
    return passed;
  };
}

function issuerKind(kind: TrustedIssuerKind, issuerUrl: pulumi.Input<string>): pulumi.Input<IssuerKey> | undefined {
  if (kind !== "custom") {
    return kind;
  }
  return typeof issuerUrl === "string"
    ? issuerOf(issuerUrl)?.key
    : (pulumi
        .output(issuerUrl)
        .apply((known) => (known ? issuerOf(known)?.key : undefined)) as pulumi.Output<IssuerKey>);
}
