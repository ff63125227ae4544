import type { PolicyDefinition } from "../../trust/policy";
import { nothing, type Reader, readAnswer, readIssuer, readIssuers, readPolicy, readTokenOwners } from "./answers";
import { CloudApiError, errorMessage, RequestError, retryAfter } from "./errors";
import { withRetry } from "./retry";
import type { Timing } from "./timing";
import type { AuthPolicyRecord, IssuerChange, IssuerRecord, IssuerRegistration, TokenOwners } from "./types";

/** The part of `fetch` that is used; injected in tests. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Time after which a request is given up, in milliseconds. */
export const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Lists by their routes (pulumi.com/docs/reference/cloud-rest-api: organizations, deployment-runners; roles: pulumi/pulumi at v3.259.0,
 * pkg/backend/httpstate/client/client.go, ListOrgRoles, which has all of them without a purpose; that built-in ones are among them is
 * not verified).
 */
const TOKEN_OWNERS = { teams: "teams", members: "members", runnerPools: "agent-pools", roles: "roles" } as const;

/** Pulumi Cloud's REST API for issuers and auth policies, for one organization. */
export class CloudClient {
  /** Base address, without `/api` and final slashes. */
  readonly apiUrl: string;
  readonly #organization: string;
  readonly #accessToken: string;
  readonly #fetch: Fetch;
  readonly #timeoutMs: number;
  readonly #retry: Timing | undefined;

  /** `timeoutMs`: default {@link REQUEST_TIMEOUT_MS}. `retry`: by what time to repeat; without it nothing is repeated. */
  constructor(options: {
    apiUrl: string;
    organization: string;
    accessToken: string;
    fetch: Fetch;
    timeoutMs?: number;
    retry?: Timing;
  }) {
    this.apiUrl = options.apiUrl.replace(/\/+$/, "");
    this.#organization = encodeURIComponent(options.organization);
    this.#accessToken = options.accessToken;
    this.#fetch = options.fetch;
    this.#timeoutMs = options.timeoutMs ?? REQUEST_TIMEOUT_MS;
    this.#retry = options.retry;
  }

  /** All issuers of the organization. Unpaged: read it only to adopt, and to resolve a conflict or a 404. */
  listIssuers(): Promise<IssuerRecord[]> {
    return this.#request("GET", "oidc/issuers", readIssuers);
  }

  registerIssuer(registration: IssuerRegistration): Promise<IssuerRecord> {
    return this.#request("POST", "oidc/issuers", readIssuer, registration);
  }

  getIssuer(id: string): Promise<IssuerRecord> {
    return this.#request("GET", `oidc/issuers/${encodeURIComponent(id)}`, readIssuer);
  }

  updateIssuer(id: string, change: IssuerChange): Promise<IssuerRecord> {
    return this.#request("PATCH", `oidc/issuers/${encodeURIComponent(id)}`, readIssuer, change);
  }

  deleteIssuer(id: string): Promise<void> {
    return this.#request("DELETE", `oidc/issuers/${encodeURIComponent(id)}`, nothing);
  }

  /** Records the certificate that the issuer serves now. Refused by the service for static keys. */
  regenerateThumbprints(id: string): Promise<IssuerRecord> {
    return this.#request("POST", `oidc/issuers/${encodeURIComponent(id)}/regenerate-thumbprints`, readIssuer);
  }

  getPolicy(issuerId: string): Promise<AuthPolicyRecord> {
    return this.#request("GET", `auth/policies/oidcissuers/${encodeURIComponent(issuerId)}`, readPolicy);
  }

  updatePolicy(policyId: string, policies: PolicyDefinition[]): Promise<AuthPolicyRecord> {
    // Never sent twice, not even after 429: meanwhile another writer's list may have come, which must be read first.
    return this.#send("PATCH", `auth/policies/${encodeURIComponent(policyId)}`, readPolicy, { policies });
  }

  /**
   * What people may call the owners of access tokens, each with what definitions call it: names of teams, logins of members, ids and
   * names of pools, ids of roles, which their names lead to.
   */
  async listTokenOwners(kind: TokenOwners): Promise<Map<string, string>> {
    const names = new Map<string, string>();
    let page = "";
    do {
      const query = page === "" ? "" : `?continuationToken=${encodeURIComponent(page)}`;
      const read = await this.#request("GET", `${TOKEN_OWNERS[kind]}${query}`, readTokenOwners(kind));
      for (const [name, called] of read.names) names.set(name, called);
      page = read.continuationToken;
    } while (page !== "");
    return names;
  }

  /** A registration may be repeated: the second one's conflict is recognised by the name. */
  #request<T>(method: string, path: string, read: Reader<T>, body?: unknown): Promise<T> {
    // Of the attempts the last may be refused and an earlier one carried out.
    const attempts = { mayHaveActed: false };
    const once = () => this.#send(method, path, read, body, attempts);
    return this.#retry === undefined ? once() : withRetry(once, this.#retry);
  }

  async #send<T>(
    method: string,
    path: string,
    read: Reader<T>,
    body: unknown,
    attempts = { mayHaveActed: false },
  ): Promise<T> {
    const url = `${this.apiUrl}/api/orgs/${this.#organization}/${path}`;
    const where = `${method} ${url}`;
    let response: Response;
    let text: string;
    try {
      response = await this.#fetch(url, {
        method,
        // A redirect could carry the token to another origin.
        redirect: "error",
        signal: AbortSignal.timeout(this.#timeoutMs),
        headers: {
          accept: "application/vnd.pulumi+8",
          authorization: `token ${this.#accessToken}`,
          "x-pulumi-source": "provider",
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (error) {
      const reason = reasonOf(error);
      if (/redirect/.test(reason)) {
        throw new RequestError("PULUMI_CLOUD_REDIRECTED", "the address leads elsewhere, where the token is not sent", {
          where,
          fix: "give apiUrl the address of the API itself",
          ...attempts,
        });
      }
      attempts.mayHaveActed ||= !neverSent(error);
      throw new RequestError("PULUMI_CLOUD_UNREACHABLE", `no answer from Pulumi Cloud: ${reason}`, {
        where,
        fix: "check the network, HTTPS_PROXY and caCertificates, then run 'pulumi up' again",
        ...attempts,
      });
    }
    if (!response.ok) {
      attempts.mayHaveActed ||= response.status >= 500;
      const pause = retryAfter(response.headers.get("retry-after"));
      throw new CloudApiError(response.status, where, errorMessage(text), pause, attempts.mayHaveActed);
    }
    return readAnswer(text, where, read);
  }
}

/** Failures before anything was sent: no address, no connection, a certificate that is not trusted. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|EPROTO|ERR_SSL\w*|ERR_TLS\w*|CERT_\w+|\w*SELF_SIGNED\w*|UNABLE_TO_\w+)$/;

/** Whether what `fetch` threw happened before the request was sent. fetch hides the reason in `cause`. */
function neverSent(error: unknown): boolean {
  const { code, cause } = error as NodeJS.ErrnoException;
  return (typeof code === "string" && NEVER_SENT.test(code)) || (cause instanceof Error && neverSent(cause));
}

/** fetch hides the reason in `cause`, a proxy's refusal even in the cause of the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  if (cause instanceof Error) {
    return reasonOf(cause) || (cause as NodeJS.ErrnoException).code || message;
  }
  return message;
}
