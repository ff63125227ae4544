import assert from "node:assert/strict";
import { Agent, fetch } from "undici";
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type IssuedCertificate,
} from "../../../lab/cluster/pki";
import { LabClock } from "../../../lab/control/clock";
import { type PulumiCloud, type PulumiCloudOptions, startPulumiCloud } from "../../../lab/pulumi-cloud";
import type { PolicyDefinition } from "../../../trust/policy/model";
import { startTestIssuer, type TestIssuer, type TestIssuerOptions } from "../../helpers/issuer";
import { watchSent } from "../../helpers/sent-definitions";

/** An answer, read. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json: any;
}

/** A Pulumi Cloud with its issuers, all on loopback under one authority. */
export class Fixture {
  /** These two are made by the first `start`. */
  authority!: CertificateAuthority;
  certificate!: IssuedCertificate;
  readonly clock = new LabClock();
  readonly log: string[] = [];
  readonly #stops: (() => Promise<void>)[] = [];
  readonly #addresses = new Map<string, string>();
  agent!: Agent;
  cloud!: PulumiCloud;

  /** Starts a Pulumi Cloud; the first becomes `cloud`. */
  async start(options: Partial<PulumiCloudOptions> = {}): Promise<PulumiCloud> {
    if (this.authority === undefined) {
      this.authority = await createCertificateAuthority();
      this.certificate = await this.authority.issue({ commonName: "lab" });
      this.agent = new Agent({ connect: { ca: this.authority.certificatePem } });
    }
    const cloud = await startPulumiCloud({
      organization: {
        name: "acme",
        users: ["ada"],
        teams: ["platform", "web"],
        runners: [{ id: "r-1", name: "pool" }],
      },
      certificate: this.certificate,
      ca: this.authority.certificatePem,
      resolveIssuer: (url) => this.#addresses.get(url),
      clock: this.clock.now,
      log: (line) => this.log.push(line),
      ...options,
    });
    this.#stops.push(cloud.stop);
    watchSent(cloud.nameless);
    this.cloud ??= cloud;
    return cloud;
  }

  /** Starts an issuer that Pulumi Cloud can reach. */
  async issuer(options: Partial<TestIssuerOptions> = {}): Promise<TestIssuer> {
    const issuer = await startTestIssuer({ certificate: this.certificate, clock: this.clock.now, ...options });
    this.#stops.push(issuer.stop);
    this.#addresses.set(issuer.issuer, issuer.url);
    return issuer;
  }

  /** Lets Pulumi Cloud reach a server at one more issuer URL. */
  resolve(url: string, address: string): void {
    this.#addresses.set(url, address);
  }

  onStop(stop: () => Promise<void>): void {
    this.#stops.push(stop);
  }

  async stop(): Promise<void> {
    await this.agent.close();
    await Promise.all(this.#stops.map((stop) => stop()));
  }

  /** Any request. A body that is no string is sent as JSON. */
  async request(url: string, method: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(url, {
      method,
      dispatcher: this.agent,
      headers: { "Content-Type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get("Content-Type")?.includes("json") ? JSON.parse(text) : undefined;
    return { status: response.status, headers: response.headers as unknown as Headers, text, json };
  }

  /** A management request, as the administrator unless another token is given (an empty one: none). */
  api(method: string, path: string, body?: unknown, token = this.cloud.adminToken): Promise<Answer> {
    const headers: Record<string, string> = token === "" ? {} : { Authorization: `token ${token}` };
    return this.request(this.cloud.url + path, method, body, headers);
  }

  /** Registers an issuer and sets its policy. Returns the issuer's id. */
  async trust(url: string, policies: PolicyDefinition[], more: object = {}): Promise<string> {
    const registered = await this.api("POST", "/api/orgs/acme/oidc/issuers", { name: "test", url, ...more });
    assert.equal(registered.status, 200, registered.text);
    await this.setPolicy(registered.json.id, policies);
    return registered.json.id;
  }

  /** Stores a list as others may have left it, whether or not the service would take it from us. */
  async setPolicy(issuerId: string, policies: readonly PolicyDefinition[]): Promise<void> {
    const stored = [...this.cloud.organizations.values()]
      .map((organization) => organization.policyOf(issuerId))
      .find((policy) => policy !== undefined);
    assert.ok(stored, `no policy of issuer ${issuerId}`);
    const kept = structuredClone(policies) as PolicyDefinition[];
    Object.assign(stored, {
      policies: kept.map((one) => ({ ...one, authorizedPermissions: one.authorizedPermissions ?? [] })),
      version: stored.version + 1,
    });
  }

  /** Exchanges a token for an organization token of `acme`, or as `parameters` say; undefined leaves one out. */
  exchange(subjectToken: string, parameters: Record<string, unknown> = {}): Promise<Answer> {
    return this.request(`${this.cloud.url}/api/oauth/token`, "POST", { ...exchangeBody(subjectToken), ...parameters });
  }

  /** The reason in the last line of the log. */
  get reason(): string | undefined {
    return /reason=(\S+)/.exec(this.log.at(-1) ?? "")?.[1];
  }
}

/** The parameters of an exchange for an organization token of `acme`. */
export function exchangeBody(subjectToken: string): Record<string, string> {
  return {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    audience: "urn:pulumi:org:acme",
    subject_token: subjectToken,
    subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
    requested_token_type: "urn:pulumi:token-type:access_token:organization",
    scope: "",
  };
}

/** Claims of a Kubernetes token of one ServiceAccount. */
export function podClaims(namespace: string, serviceAccount: string, audience = "urn:pulumi:org:acme") {
  return {
    aud: [audience],
    sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
    "kubernetes.io": { namespace, serviceaccount: { name: serviceAccount, uid: "u-1" }, pod: { name: "runner-x1" } },
  };
}

/** An allow for organization tokens. */
export function allow(rules: Record<string, string>, more: Partial<PolicyDefinition> = {}): PolicyDefinition {
  return { decision: "allow", tokenType: "organization", authorizedPermissions: [], rules, ...more };
}
