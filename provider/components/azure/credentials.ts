import type * as pulumi from "@pulumi/pulumi";
import type { AzureCredential } from "../../../trust/parties/azure";
import type { ChildOptions } from "../lib";
import type { MadeAzureIdentity } from "./made-identity";

/**
 * Makes federated credentials of an identity, one after the other, because Azure refuses writes to one identity that overlap: 409,
 * "Concurrent write request to federated identity credential resources under the same user-assigned identity has been denied"
 * (MicrosoftDocs/entra-docs, docs/workload-id/workload-identity-federation-considerations.md at 03ffb81). They are deleted one after the
 * other as well, since each depends on the one before. Of applications nothing is said there; they are treated alike.
 *
 * @param names of each credential, in their order
 */
export function makeCredentials(
  options: ChildOptions,
  identity: MadeAzureIdentity,
  names: readonly string[],
  credentials: pulumi.Output<readonly AzureCredential[]>,
): pulumi.CustomResource[] {
  const made: pulumi.CustomResource[] = [];
  for (const [index, name] of names.entries()) {
    const credential = credentials.apply((all) => all[index] as AzureCredential);
    made.push(identity.addCredential(name, credential, { ...options, dependsOn: made.slice(-1) }));
  }
  return made;
}
