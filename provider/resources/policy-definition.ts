import type * as pulumi from "@pulumi/pulumi";
import type { IssuerSubjects } from "../../trust/issuers";
import type { WaivableFinding } from "../../trust/lint";
import type { Decision } from "../../trust/policy";
import type { AccessToken } from "./access-token";
import type { InputBlocks } from "./blocks";

/**
 * One entry of an issuer's auth policy. Exactly one of `rules`, `custom` and the typed subjects, of which each issuer has one,
 * says whose tokens it is about.
 */
export interface PolicyDefinition extends InputBlocks<IssuerSubjects> {
  /** `allow` or `deny`. A matching deny wins over every allow. */
  decision: pulumi.Input<Decision>;
  /** Which access tokens it is about. */
  accessToken: pulumi.Input<AccessToken>;
  /**
   * Claim path to pattern; all must match, and each has a literal character. Keys with dots are quoted:
   * `"kubernetes.io".namespace`.
   */
  rules?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Any claims: claim path to pattern, as in `rules`, with the audience added. */
  custom?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Audience (`aud`) of a typed subject's tokens. Default: `urn:pulumi:org:ORGANIZATION`; the bare organization for
   * `pulumiDeployments` and for a `pulumiEsc` of the project `default`; needed for other ESC environments. A deny has a rule
   * on the audience only when one is given here.
   */
  audience?: pulumi.Input<string>;
}

/** A finding of the linter that is known and meant. */
export interface LintWaiver {
  /** Which finding. */
  name: pulumi.Input<WaivableFinding>;
  /** Why it is meant; not empty. */
  reason: pulumi.Input<string>;
}
