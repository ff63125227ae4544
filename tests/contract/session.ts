import { randomUUID } from "node:crypto";
import type { Answer, OwnIssuer, Target } from "./target";

/** An answer that leaves nothing to observe. */
export class Unexpected extends Error {
  constructor(what: string, answer: Answer) {
    super(`${what} was answered ${saidBy(answer)}`);
  }
}

/** Status and words of an answer, cut; holds no token. */
export function saidBy({ status, json, text }: Answer): string {
  const words = json?.message ?? (json?.error === undefined ? text : `${json.error}: ${json.error_description ?? ""}`);
  const shown = status < 300 ? "" : ` ${JSON.stringify(String(words).slice(0, 300))}`;
  return `${status}${withoutTokens(shown)}`;
}

/** Access tokens of Pulumi Cloud and JSON Web Tokens, cut out. */
export function withoutTokens(text: string): string {
  return text.replace(/\bpul-[0-9a-f]+|\beyJ[\w-]+\.[\w.-]+/g, "***");
}

/** What one probe does at a target. Removes what it registered. */
export class Session {
  readonly #registered: string[] = [];
  #login: string | undefined;

  constructor(readonly target: Target) {}

  path(rest: string): string {
    return `/api/orgs/${this.target.organization}/${rest}`;
  }

  get(path: string): Promise<Answer> {
    return this.target.request("GET", path);
  }

  /** Registers an issuer of our own with static keys, or another by its URL. */
  async register(issuer: { url: string; jwks?: object }, more: object = {}): Promise<Answer> {
    const body = {
      name: `${this.target.mark}-${randomUUID().slice(0, 8)}`,
      url: issuer.url,
      jwks: issuer.jwks,
      ...more,
    };
    const answer = await this.target.request("POST", this.path("oidc/issuers"), body);
    if (answer.status === 200) {
      this.#registered.push(answer.json.id);
    }
    return answer;
  }

  /** The same where it must succeed; returns the id. */
  async registered(issuer: OwnIssuer, more: object = {}): Promise<string> {
    const { jwks, url } = issuer;
    return expect("the registration of an issuer with static keys", await this.register({ url, jwks }, more)).json.id;
  }

  patchIssuer(id: string, change: object): Promise<Answer> {
    const name = `${this.target.mark}-${id.slice(0, 8)}`;
    return this.target.request("PATCH", this.path(`oidc/issuers/${id}`), { name, ...change });
  }

  remove(id: string): Promise<Answer> {
    return this.target.request("DELETE", this.path(`oidc/issuers/${id}`));
  }

  async policy(issuerId: string): Promise<{ id: string; policies: object[] }> {
    return expect("the policy", await this.get(this.path(`auth/policies/oidcissuers/${issuerId}`))).json;
  }

  async setPolicy(issuerId: string, policies: object[]): Promise<Answer> {
    const { id } = await this.policy(issuerId);
    return this.target.request("PATCH", this.path(`auth/policies/${id}`), { policies });
  }

  /** Who the administrator is: personal tokens are what every edition has. */
  async login(): Promise<string> {
    this.#login ??= expect("the caller's own name", await this.get("/api/user")).json.githubLogin as string;
    return this.#login;
  }

  /** A definition for personal tokens of the administrator. */
  async personal(rules: object, decision: "allow" | "deny" = "allow") {
    return { decision, tokenType: "personal", userLogin: await this.login(), authorizedPermissions: [], rules };
  }

  /** Registers `one` with an allow for the claims that {@link token} has. */
  async trusted(issuer: OwnIssuer): Promise<string> {
    const id = await this.registered(issuer);
    expect("a policy", await this.setPolicy(id, [await this.personal({ aud: this.audience, sub: SUBJECT })]));
    return id;
  }

  get audience(): string {
    return `urn:pulumi:org:${this.target.organization}`;
  }

  /** A token with every usual claim, valid now; an undefined claim is left out. */
  token(issuer: OwnIssuer, claims: Record<string, unknown> = {}): Promise<string> {
    const now = Math.floor(this.target.now() / 1000);
    const times = { iat: now - 30, nbf: now - 30, exp: now + 300 };
    return issuer.sign({ aud: this.audience, sub: SUBJECT, jti: randomUUID(), ...times, ...claims });
  }

  /** Exchanges a token for a personal one, or for another type. Needs no access token. */
  async exchange(subjectToken: string, type = "personal", scope?: string): Promise<Answer> {
    const body = {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      audience: this.audience,
      subject_token: subjectToken,
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      requested_token_type: `urn:pulumi:token-type:access_token:${type}`,
      scope: scope ?? `user:${await this.login()}`,
      expiration: 60,
    };
    return this.target.request("POST", "/api/oauth/token", body, "");
  }

  /** Removes what was registered; an issuer that is gone already is fine. */
  async end(): Promise<void> {
    for (const id of this.#registered.splice(0)) {
      await this.remove(id);
    }
  }
}

/** Subject of the suite's tokens. */
const SUBJECT = "oidc-runner:contract";

/** The answer, which must be 200. */
export function expect(what: string, answer: Answer): Answer {
  if (answer.status !== 200) {
    throw new Unexpected(what, answer);
  }
  return answer;
}

/** Removes every issuer that a run with this mark registered. Returns the names of those that could not be removed. */
export async function sweep(target: Target): Promise<string[]> {
  const session = new Session(target);
  const listed = expect("the list of issuers", await session.get(session.path("oidc/issuers")));
  const left: string[] = [];
  for (const { id, name } of (listed.json.oidcIssuers ?? []) as { id: string; name: string }[]) {
    if (name.startsWith(target.mark) && (await session.remove(id)).status !== 204) {
      left.push(name);
    }
  }
  return left;
}
