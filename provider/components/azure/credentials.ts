import type * as pulumi from "@pulumi/pulumi";
import type { AzureCredential } from "../../../trust/parties/azure";
import { type ChildOptions, perRun } from "../lib";
import type { AzureIdentityClient } from "./made-identity";

/** The last credential that the running program adds to each identity that is there already. */
const lastInRun = perRun<Map<unknown, pulumi.Resource>>(() => new Map());

/**
 * Makes federated credentials of an identity, one after the other, because Azure refuses writes to one identity that overlap: 409,
 * "Concurrent write request to federated identity credential resources under the same user-assigned identity has been denied"
 * (MicrosoftDocs/entra-docs, docs/workload-id/workload-identity-federation-considerations.md at 03ffb81). They are deleted one after the
 * other as well, since each depends on the one before; also those that several components add to one identity. Of applications nothing is said there; they are treated alike.
 *
 * @param names of each credential, in their order
 */
export function makeCredentials(
  options: ChildOptions,
  identity: AzureIdentityClient,
  names: readonly string[],
  credentials: pulumi.Output<readonly AzureCredential[]>,
): pulumi.CustomResource[] {
  const made: pulumi.CustomResource[] = [];
  for (const [index, name] of names.entries()) {
    const credential = credentials.apply((all) => all[index] as AzureCredential);
    const before = identity.key === undefined ? made.at(-1) : lastInRun().get(identity.key);
    const one = identity.addCredential(name, credential, {
      ...options,
      dependsOn: before === undefined ? [] : [before],
    });
    made.push(one);
    if (identity.key !== undefined) lastInRun().set(identity.key, one);
  }
  return made;
}
