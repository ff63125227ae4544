import { type CloudClient, connect, type TokenOwners } from "../../../pulumi-cloud/api";
import { toUser } from "../../../pulumi-cloud/policies";
import { nearestName } from "../../../trust";
import type { PolicyDefinition } from "../../../trust/policy";
import type { GivenPolicyInputs } from "../checks";
import { isKnown } from "../lib";

/** How a definition, a program's argument and people call who a token is for, by what Pulumi Cloud lists. */
const OWNERS = {
  teams: { field: "teamName", argument: "accessToken.team.name", noun: "team" },
  members: { field: "userLogin", argument: "accessToken.personal.user", noun: "member" },
  runnerPools: { field: "runnerID", argument: "accessToken.runner.pool", noun: "runner pool" },
} as const satisfies Record<TokenOwners, object>;

/** Names of each organization, as this process saw them first; undefined where Pulumi Cloud does not show them. */
const lists = new Map<string, Promise<string[] | undefined>>();

/**
 * Warns `TOKEN_OWNER_UNKNOWN` in a preview of an allow for a team, user or pool that the organization does not have: tokens are refused
 * without saying why then. Only a warning, because the program may make the team. One request a process for each kind of owner that an
 * update brings in, and none for what is in the state; where the caller may not list them, nothing is said.
 */
export async function warnUnknownOwners(
  olds: Partial<GivenPolicyInputs>,
  inputs: GivenPolicyInputs,
  { warn = toUser, access = connect }: { warn?: (line: string) => void; access?: typeof connect } = {},
): Promise<void> {
  const { organization, apiUrl, caCertificates, policies, waive = [] } = inputs;
  if (
    !isKnown({ organization, apiUrl, caCertificates, policies, waive }) ||
    waive.some(({ name }) => name === "TOKEN_OWNER_UNKNOWN")
  ) {
    return;
  }
  const before = olds.organization === organization && Array.isArray(olds.policies) ? olds.policies : [];
  for (const kind of Object.keys(OWNERS) as TokenOwners[]) {
    const { argument, noun } = OWNERS[kind];
    const namesIn = (all: readonly object[]) => new Set(all.flatMap((one) => ownerOf(one as PolicyDefinition, kind)));
    const known = namesIn(before);
    const names = [...namesIn(policies ?? [])].filter((name) => !known.has(name));
    const there = names.length === 0 ? undefined : await listed(() => access(inputs, { patient: false }), inputs, kind);
    for (const name of there === undefined ? [] : names.filter((one) => !there.includes(one))) {
      const meant = nearestName(name, there as string[]);
      const fix = meant === undefined ? `give the name of a ${noun}` : `use ${meant}`;
      warn(
        `TOKEN_OWNER_UNKNOWN: organization ${organization} shows no ${noun} ${name} (at ${argument}). Fix: ${fix}, unless this program makes it`,
      );
    }
  }
}

/** The owner of a kind that an allow names; a pattern names none in particular. */
function ownerOf(definition: PolicyDefinition, kind: TokenOwners): string[] {
  const name = definition.decision === "allow" ? definition[OWNERS[kind].field] : undefined;
  return name === undefined || /[*?]/.test(name) ? [] : [name];
}

function listed(
  access: () => Promise<CloudClient>,
  { organization, apiUrl, caCertificates }: GivenPolicyInputs,
  kind: TokenOwners,
): Promise<string[] | undefined> {
  const key = JSON.stringify([kind, organization, apiUrl, caCertificates]);
  const list =
    lists.get(key) ??
    // What is wrong with login or network is told by the update itself.
    access()
      .then((client) => client.listTokenOwners(kind))
      .catch(() => undefined);
  lists.set(key, list);
  return list;
}
