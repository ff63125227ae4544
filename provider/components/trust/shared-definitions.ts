import type * as pulumi from "@pulumi/pulumi";
import type { SharedTrust } from "../../../trust/parties/pulumi";

/** What a trust offers to runners that have no definition of their own. */
export interface SharedDefinitions {
  /** Its definitions, reviewed. It is rejected, and so nothing is made that needs it, when they are refused. */
  reviewed(): pulumi.Output<SharedTrust>;
  /** What writes them. */
  policy: pulumi.Resource;
}

/** Where a trust keeps them: found by every copy of this package, and no part of what users see of a trust. */
const KEY = Symbol.for("pulumi-oidc-runner/shared-definitions");

/** Keeps what a trust offers with it. */
export function keepDefinitions(trust: pulumi.Resource, definitions: SharedDefinitions): void {
  Object.defineProperty(trust, KEY, { value: definitions });
}

/** What a runner relies on; undefined for one that makes its own definition, and where its trust has none to offer. */
export function sharedBy({
  createPolicy,
  trust,
}: {
  createPolicy?: boolean;
  trust?: object;
}): SharedDefinitions | undefined {
  return createPolicy === false ? (trust as { [KEY]?: SharedDefinitions } | undefined)?.[KEY] : undefined;
}
