import { connect, type TokenOwners } from "../../../pulumi-cloud/api";
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
  roles: { field: "roleID", argument: "accessToken.organization.roleId", noun: "role" },
} as const satisfies Record<TokenOwners, object>;

/** Names of each organization, as this process saw them first; undefined where Pulumi Cloud does not show them. */
const lists = new Map<string, Promise<Map<string, string> | undefined>>();

/**
 * Warns `TOKEN_OWNER_UNKNOWN` in a preview of an allow for a team, user, pool or role that the organization does not have: tokens are
 * refused without saying why then. Only a warning, because the program may make it. One request a process for each of these that an
 * update brings in, and none for what is in the state; where the caller may not list them, nothing is said.
 */
export async function warnUnknownOwners(olds: Partial<GivenPolicyInputs>, inputs: GivenPolicyInputs): Promise<void> {
  const { organization, apiUrl, caCertificates, policies, waive = [] } = inputs;
  if (
    !isKnown({ organization, apiUrl, caCertificates, policies, waive }) ||
    waive.some(({ name }) => name === "TOKEN_OWNER_UNKNOWN")
  ) {
    return;
  }
  const before = olds.organization === organization && Array.isArray(olds.policies) ? olds.policies : [];
  for (const kind of Object.keys(OWNERS) as TokenOwners[]) {
    const known = ownersIn(before, kind);
    const names = ownersIn(policies ?? [], kind).filter((name) => !known.includes(name));
    const shown = names.length === 0 ? undefined : await listed(inputs, kind);
    if (shown !== undefined) {
      for (const name of names.filter((one) => shown.get(one) !== one)) toUser(textOf(name, kind, organization, shown));
    }
  }
}

function textOf(name: string, kind: TokenOwners, organization: string, shown: ReadonlyMap<string, string>): string {
  const { argument, noun } = OWNERS[kind];
  const meant = nearestName(name, [...shown.keys()]);
  const called = meant === undefined ? undefined : shown.get(meant);
  const give = `give the ${kind === "roles" ? "id" : "name"} of a ${noun}`;
  const fix = called === undefined ? give : `use ${called}${called === meant ? "" : `, the id of ${meant}`}`;
  return `TOKEN_OWNER_UNKNOWN: organization ${organization} shows no ${noun} ${name} (at ${argument}). Fix: ${fix}, unless this program makes it`;
}

/** Owners of a kind that allows name, each once; a pattern names none in particular. */
function ownersIn(definitions: readonly object[], kind: TokenOwners): string[] {
  const named = (definitions as readonly PolicyDefinition[]).map(({ decision, [OWNERS[kind].field]: name }) =>
    decision === "allow" ? name : undefined,
  );
  return [...new Set(named)].filter((name) => name !== undefined && !/[*?]/.test(name)) as string[];
}

function listed(inputs: GivenPolicyInputs, kind: TokenOwners): Promise<Map<string, string> | undefined> {
  const { organization, apiUrl, caCertificates } = inputs;
  const key = JSON.stringify([kind, organization, apiUrl, caCertificates]);
  const list =
    lists.get(key) ??
    // What is wrong with login or network is told by the update itself.
    connect(inputs, { patient: false })
      .then((client) => client.listTokenOwners(kind))
      .catch(() => undefined);
  lists.set(key, list);
  return list;
}
