import { Agent, fetch } from "undici";
import { MetadataRefusal } from "./refusal";

/** Where Google's services listen. */
export interface GcpAddresses {
  stsUrl: string;
  iamCredentialsUrl: string;
  /** PEM of the authority that their certificates are signed by. */
  ca: string;
}

/** An access token and its life. */
export interface MetadataToken {
  token: string;
  /** Whole seconds from now. */
  expiresIn: number;
}

/** Calls the token service and IAM credentials over HTTPS, as GKE's metadata server does. */
export class GcpClient {
  readonly #addresses: GcpAddresses;
  readonly #clock: () => number;
  readonly #agent: Agent;

  constructor(addresses: GcpAddresses, clock: () => number) {
    this.#addresses = addresses;
    this.#clock = clock;
    this.#agent = new Agent({ connect: { ca: addresses.ca } });
  }

  /** Exchanges a ServiceAccount's token for a federated access token. */
  async exchange(audience: string, subjectToken: string, scopes: readonly string[]): Promise<MetadataToken> {
    const urn = "urn:ietf:params:oauth";
    const answer = await this.#post(`${this.#addresses.stsUrl}/v1/token`, "the Security Token Service", {
      grantType: `${urn}:grant-type:token-exchange`,
      audience,
      scope: scopes.join(" "),
      requestedTokenType: `${urn}:token-type:access_token`,
      subjectToken,
      subjectTokenType: `${urn}:token-type:jwt`,
    });
    return { token: String(answer.access_token), expiresIn: Number(answer.expires_in) };
  }

  /** An access token of a service account, for who has a federated one. */
  async generateAccessToken(federated: string, email: string, scopes: readonly string[]): Promise<MetadataToken> {
    const answer = await this.#post(this.#account(email, "generateAccessToken"), "IAM", { scope: scopes }, federated);
    const ms = Date.parse(String(answer.expireTime)) - this.#clock();
    return { token: String(answer.accessToken), expiresIn: Math.floor(ms / 1000) };
  }

  /** An ID token of a service account, with its email. */
  async generateIdToken(federated: string, email: string, audience: string): Promise<string> {
    const body = { audience, includeEmail: true };
    return String((await this.#post(this.#account(email, "generateIdToken"), "IAM", body, federated)).token);
  }

  /** Ends its connections. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #account(email: string, method: string): string {
    const { iamCredentialsUrl } = this.#addresses;
    return `${iamCredentialsUrl}/v1/projects/-/serviceAccounts/${encodeURIComponent(email)}:${method}`;
  }

  async #post(url: string, service: string, body: object, bearer?: string): Promise<Record<string, unknown>> {
    let response: Awaited<ReturnType<typeof fetch>>;
    try {
      response = await fetch(url, {
        method: "POST",
        dispatcher: this.#agent,
        headers: { "Content-Type": "application/json", ...(bearer && { Authorization: `Bearer ${bearer}` }) },
        body: JSON.stringify(body),
      });
    } catch {
      throw new MetadataRefusal(500, `Unable to generate a token; ${service} did not answer.`);
    }
    const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    if (response.ok) {
      return answer;
    }
    throw MetadataRefusal.of(service, response.status, response.statusText, answer);
  }
}
