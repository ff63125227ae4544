import type * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { type AzureCredential, MOST_CREDENTIALS } from "../../../trust/parties/azure";
import { type ChildOptions, perRun } from "../lib";
import { identityKey } from "./existing-identity";
import type { AzureIdentityClient } from "./made-identity";

/** The credentials that the running program adds to each identity that is there already. */
const addedInRun = perRun<Map<unknown, pulumi.CustomResource[]>>(() => new Map());

/** The components that add credentials to an identity that is there already, and how many they add. */
interface Counted {
  components: { name: string; count: number }[];
  /** They are too many. */
  error?: OidcRunnerError;
}

const countedInRun = perRun<Map<unknown, Counted>>(() => new Map());

/**
 * Refuses more credentials than an identity takes that is there already, where several components of the program add to it. What it
 * has besides is not counted: neither provider lists it, and Azure refuses the credential that is too many.
 *
 * @param id of the identity or application
 * @throws OidcRunnerError `AZURE_CREDENTIALS_TOO_MANY`
 */
export function countCredentials(id: pulumi.Input<string>, name: string, count: number): void {
  const key = identityKey(id);
  const components = [...(countedInRun().get(key)?.components ?? []), { name, count }];
  const sum = components.reduce((before, one) => before + one.count, 0);
  if (sum <= MOST_CREDENTIALS) {
    countedInRun().set(key, { components });
    return;
  }
  const names = components.map((one) => `${one.name} (${one.count})`).join(", ");
  const what = `an identity takes ${MOST_CREDENTIALS} federated credentials, and the program's components add ${sum} to this one: ${names}`;
  const error = new OidcRunnerError("AZURE_CREDENTIALS_TOO_MANY", what, {
    where: `${name}.azure`,
    fix: "give one of them another identity, or azure.identity, which makes one of its own",
  });
  countedInRun().set(key, { components, error });
  throw error;
}

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
  // The program goes on after a component that is refused, and what it has made so far must not be half of what is too many.
  const counted = countedInRun();
  const fitting = credentials.apply((known) => {
    const error = identity.key === undefined ? undefined : counted.get(identity.key)?.error;
    if (error !== undefined) throw error;
    return known;
  });
  for (const [index, name] of names.entries()) {
    const credential = fitting.apply((all) => all[index] as AzureCredential);
    made.push(identity.addCredential(name, credential, { ...options, dependsOn: [...before, ...made] }));
  }
  if (identity.key !== undefined) addedInRun().set(identity.key, [...before, ...made]);
  return made;
}
