import { OidcRunnerError } from "../errors";
import type { PolicyDefinition } from "../trust/policy";
import { CloudApiError, errorMessage } from "./api-error";
import type { AuthPolicyRecord, IssuerChange, IssuerRecord, IssuerRegistration } from "./api-types";

/** The part of `fetch` that is used; injected in tests. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Time after which a request is given up, in milliseconds. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** Pulumi Cloud's REST API for issuers and auth policies, for one organization. */
export class CloudClient {
  readonly #base: string;
  readonly #organization: string;
  readonly #accessToken: string;
  readonly #fetch: Fetch;

  constructor(options: { apiUrl: string; organization: string; accessToken: string; fetch: Fetch }) {
    this.#base = options.apiUrl.replace(/\/+$/, "");
    this.#organization = encodeURIComponent(options.organization);
    this.#accessToken = options.accessToken;
    this.#fetch = options.fetch;
  }

  /** All issuers of the organization. Unpaged: read it only to resolve a conflict. */
  async listIssuers(): Promise<IssuerRecord[]> {
    const answer = await this.#request<{ oidcIssuers?: IssuerRecord[] }>("GET", "oidc/issuers");
    return answer.oidcIssuers ?? [];
  }

  registerIssuer(registration: IssuerRegistration): Promise<IssuerRecord> {
    return this.#request("POST", "oidc/issuers", registration);
  }

  getIssuer(id: string): Promise<IssuerRecord> {
    return this.#request("GET", `oidc/issuers/${encodeURIComponent(id)}`);
  }

  updateIssuer(id: string, change: IssuerChange): Promise<IssuerRecord> {
    return this.#request("PATCH", `oidc/issuers/${encodeURIComponent(id)}`, change);
  }

  async deleteIssuer(id: string): Promise<void> {
    await this.#request("DELETE", `oidc/issuers/${encodeURIComponent(id)}`);
  }

  getPolicy(issuerId: string): Promise<AuthPolicyRecord> {
    return this.#request("GET", `auth/policies/oidcissuers/${encodeURIComponent(issuerId)}`);
  }

  updatePolicy(policyId: string, policies: PolicyDefinition[]): Promise<AuthPolicyRecord> {
    return this.#request("PATCH", `auth/policies/${encodeURIComponent(policyId)}`, { policies });
  }

  async #request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const url = `${this.#base}/api/orgs/${this.#organization}/${path}`;
    let response: Response;
    try {
      response = await this.#fetch(url, {
        method,
        // A redirect could carry the token to another origin.
        redirect: "error",
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
        headers: {
          accept: "application/vnd.pulumi+8",
          authorization: `token ${this.#accessToken}`,
          "x-pulumi-source": "provider",
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw new OidcRunnerError("PULUMI_CLOUD_UNREACHABLE", `no answer from Pulumi Cloud: ${reasonOf(error)}`, {
        where: `${method} ${url}`,
        fix: "check the network, HTTPS_PROXY and caCertificates, then run 'pulumi up' again",
      });
    }
    const text = await response.text();
    if (!response.ok) {
      throw new CloudApiError(response.status, `${method} ${url}`, errorMessage(text));
    }
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }
}

/** fetch hides the reason in `cause`. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code || message : message;
}
