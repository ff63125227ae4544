import type * as pulumi from "@pulumi/pulumi";
import type { AzureCredential } from "../../../trust/parties/azure";
import { type ChildOptions, perRun } from "../lib";
import type { AzureIdentityClient } from "./made-identity";

/** The credentials that the running program adds to each identity that is there already. */
const addedInRun = perRun<Map<unknown, pulumi.CustomResource[]>>(() => new Map());

/**
 * Makes federated credentials of an identity, one after the other, because Azure refuses writes to one identity that overlap: 409,
 * "Concurrent write request to federated identity credential resources under the same user-assigned identity has been denied"
 * (MicrosoftDocs/entra-docs, docs/workload-id/workload-identity-federation-considerations.md at 03ffb81). They are deleted one after the
 * other as well, because each depends on all before it: a chain would fall apart where one in the middle stays. The same goes for
 * those that several components add to one identity. Of applications nothing is said there; they are treated alike.
 *
 * @param names of each credential, in their order
 */
export function makeCredentials(
  options: ChildOptions,
  identity: AzureIdentityClient,
  names: readonly string[],
  credentials: pulumi.Output<readonly AzureCredential[]>,
): pulumi.CustomResource[] {
  const before = (identity.key === undefined ? undefined : addedInRun().get(identity.key)) ?? [];
  const made: pulumi.CustomResource[] = [];
  for (const [index, name] of names.entries()) {
    const credential = credentials.apply((all) => all[index] as AzureCredential);
    made.push(identity.addCredential(name, credential, { ...options, dependsOn: [...before, ...made] }));
  }
  if (identity.key !== undefined) addedInRun().set(identity.key, [...before, ...made]);
  return made;
}
