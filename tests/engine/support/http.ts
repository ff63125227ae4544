import { readFileSync } from "node:fs";
import { Agent, request } from "undici";
import type { JournalEntry } from "../../../lab/http/journal";
import type { LabState } from "../../../lab/types";
import type { AuthPolicyRecord, IssuerRecord } from "../../../pulumi-cloud/api/types";
import type { PolicyDefinition } from "../../../trust/policy/model";

/** An answer of a server of the lab; `body` is the parsed JSON. */
export interface Answer<T> {
  status: number;
  body: T;
}

async function call<T>(
  state: LabState,
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  url: string,
  authorization: string,
  body?: unknown,
): Promise<Answer<T>> {
  const dispatcher = new Agent({ connect: { ca: readFileSync(state.ca, "utf8") } });
  try {
    const answer = await request(url, {
      method,
      dispatcher,
      headers: { authorization, "content-type": "application/json", accept: "application/vnd.pulumi+8" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: (text === "" ? undefined : JSON.parse(text)) as T };
  } finally {
    await dispatcher.close();
  }
}

/** Calls the lab's control interface. */
export function control<T>(
  state: LabState,
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
): Promise<Answer<T>> {
  return call<T>(state, method, `${state.control.url}${path}`, `Bearer ${state.control.token}`, body);
}

/** Asks the lab's Entra ID for a token of Azure Resource Manager: the answer's status, and the code of a refusal. */
export async function entraToken(state: LabState, clientId: string, assertion: string) {
  const { authority, tenantId } = state.azure;
  const dispatcher = new Agent({ connect: { ca: readFileSync(state.ca, "utf8") } });
  const form = new URLSearchParams({
    ...{ grant_type: "client_credentials", client_id: clientId, scope: "https://management.azure.com/.default" },
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion,
  });
  try {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const url = `${authority}/${tenantId}/oauth2/v2.0/token`;
    const answer = await request(url, { method: "POST", dispatcher, headers, body: form.toString() });
    const { error_codes: codes } = (await answer.body.json()) as { error_codes?: number[] };
    return { status: answer.statusCode, code: codes?.[0] };
  } finally {
    await dispatcher.close();
  }
}

/** Requests of one organization that the lab's Pulumi Cloud has answered, oldest first, as `METHOD path`. */
export async function requestsOf(state: LabState): Promise<string[]> {
  const { body } = await control<{ requests: JournalEntry[] }>(state, "GET", "/pulumi-cloud/requests");
  const prefix = `/api/orgs/${state.pulumiCloud.organization}/`;
  return body.requests
    .filter(({ path }) => path.startsWith(prefix))
    .map(({ method, path }) => `${method} ${path.slice(prefix.length)}`);
}

/** What the lab's Pulumi Cloud was asked to change since the journal was last cleared. */
export async function writes(state: LabState): Promise<string[]> {
  const { body } = await control<{ requests: JournalEntry[] }>(state, "GET", "/pulumi-cloud/requests");
  return body.requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
}

/** The lab's Pulumi Cloud by its own API, as its administrator: what another stack or a person at the console does. */
export class PulumiCloud {
  readonly #state: LabState;

  constructor(state: LabState) {
    this.#state = state;
  }

  #call<T>(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<Answer<T>> {
    const { url, organization, adminToken } = this.#state.pulumiCloud;
    return call<T>(this.#state, method, `${url}/api/orgs/${organization}/${path}`, `token ${adminToken}`, body);
  }

  async issuers(): Promise<IssuerRecord[]> {
    return (await this.#call<{ oidcIssuers: IssuerRecord[] }>("GET", "oidc/issuers")).body.oidcIssuers;
  }

  /** Registers an issuer and returns its id. */
  async register(name: string, url: string): Promise<string> {
    return (await this.#call<IssuerRecord>("POST", "oidc/issuers", { name, url })).body.id;
  }

  async createStack(project: string, stack: string): Promise<void> {
    await this.stacks("POST", project, { stackName: stack });
  }

  /** Calls the API of stacks: a path below the organization. */
  async stacks<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
    const { url, organization, adminToken } = this.#state.pulumiCloud;
    const target = `${url}/api/stacks/${organization}/${path}`;
    return (await call<T>(this.#state, method, target, `token ${adminToken}`, body)).body;
  }

  async remove(issuerId: string): Promise<void> {
    await this.#call("DELETE", `oidc/issuers/${issuerId}`);
  }

  /** Status of the request for an issuer's policy. */
  async policyStatus(issuerId: string): Promise<number> {
    return (await this.#call("GET", `auth/policies/oidcissuers/${issuerId}`)).status;
  }

  async definitions(issuerId: string): Promise<PolicyDefinition[]> {
    return (await this.#call<AuthPolicyRecord>("GET", `auth/policies/oidcissuers/${issuerId}`)).body.policies;
  }

  /** Replaces an issuer's definitions by what `change` makes of them. */
  async change(issuerId: string, change: (current: PolicyDefinition[]) => PolicyDefinition[]): Promise<void> {
    const policy = (await this.#call<AuthPolicyRecord>("GET", `auth/policies/oidcissuers/${issuerId}`)).body;
    await this.#call("PATCH", `auth/policies/${policy.id}`, { policies: change(policy.policies) });
  }
}
