import * as pulumi from "@pulumi/pulumi";
import type { HandedOn, PolicyDefinition } from "../../resources";

/** A trust as runners refer to it: the output `trust` of an `OidcTrustSetup`, or an `OidcTrustSetup` as it is. */
export interface TrustReference {
  /** Pulumi organization that trusts the issuer. */
  organization: pulumi.Input<string>;
  /** Id of the issuer in Pulumi Cloud. */
  issuerId: pulumi.Input<string>;
  /** `iss` of the trusted tokens. */
  issuerUrl: pulumi.Input<string>;
  /** The trust's own policies, which runners with `createPolicy: false` rely on. Default: none. */
  policies?: pulumi.Input<pulumi.Input<HandedOn<PolicyDefinition>>[]>;
}

/** Which issuer it is, field by field: a whole resource would be a dependency on everything it has. */
export function trustFields(trust: pulumi.Input<TrustReference>): Omit<TrustReference, "policies"> {
  const { organization, issuerId, issuerUrl } = fieldsOf(trust);
  return { organization, issuerId, issuerUrl };
}

/** Its policies. Asked for only where they are relied on, because an `OidcTrustSetup` reviews them when they are. */
export function policiesOf(trust: pulumi.Input<TrustReference>): TrustReference["policies"] {
  return fieldsOf(trust).policies;
}

function fieldsOf(trust: pulumi.Input<TrustReference>): TrustReference {
  return isLate(trust) ? (pulumi.output(trust) as unknown as TrustReference) : trust;
}

/** Whether it is known now that a trust has no policies of its own. */
export function hasNoPolicies(trust: pulumi.Input<TrustReference>): boolean {
  return !isLate(trust) && trust.policies === undefined;
}

function isLate(
  trust: pulumi.Input<TrustReference>,
): trust is pulumi.OutputInstance<TrustReference> | Promise<TrustReference> {
  return pulumi.Output.isInstance(trust) || trust instanceof Promise;
}
