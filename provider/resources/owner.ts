import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/**
 * The URN that a dynamic resource will have, without the Output's dependency on the parent: to depend on a component is to
 * wait for all its children, and one of them may wait for this resource.
 */
export function urnOf(type: string, name: string, parent: pulumi.Resource | undefined): Promise<string> {
  const urn = pulumi.createUrn(name, `pulumi-nodejs:dynamic/oidc-runner:${type}`, parent);
  return new Promise((resolve) => void urn.apply(resolve));
}

/** Names a resource among those of all stacks and organizations: a hash of the organization and the URN, 32 hex digits. */
export function ownerOf(organization: pulumi.Input<string>, urn: Promise<string>): pulumi.Output<string> {
  return pulumi
    .all([organization, urn])
    .apply((parts) => createHash("sha256").update(parts.join(" ")).digest("hex").slice(0, 32));
}
