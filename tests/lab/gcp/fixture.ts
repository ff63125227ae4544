import { Agent, fetch } from "undici";
import type { ApiClient } from "../../../lab/cluster/api-client";
import { createCertificateAuthority } from "../../../lab/cluster/pki";
import { LabClock } from "../../../lab/control/clock";
import { type Gcp, startGcp } from "../../../lab/gcp";
import type { ServiceAccount } from "../../../lab/gcp/iam";
import { workloadIdentityMember } from "../../../trust/parties/gcp/document";
import { startTestIssuer, type TestIssuer } from "../../helpers/issuer";

export const PROJECT = "lab-project";
export const POOL = `${PROJECT}.svc.id.goog`;
export const CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform";

/** An answer, read. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json: any;
}

/** A GKE-shaped cluster without Kubernetes: an issuer, and ServiceAccounts with annotations. */
export interface FakeCluster {
  name: string;
  issuer: TestIssuer;
  /** `namespace/name` → email it is annotated with. */
  annotations: Map<string, string>;
  /** TokenRequests so far, as the paths asked and the bodies sent. */
  tokenRequests: { path: string; body: object }[];
  client: ApiClient;
}

/** A Google with clusters of two projects, all on loopback. `prod` and `staging` are of one project. */
export class GcpFixture {
  gcp!: Gcp;
  ca!: string;
  prod!: FakeCluster;
  staging!: FakeCluster;
  foreign!: FakeCluster;
  readonly clock = new LabClock();
  readonly log: string[] = [];
  #agent!: Agent;

  async start(): Promise<void> {
    const authority = await createCertificateAuthority();
    const certificate = await authority.issue({ commonName: "lab" });
    this.ca = authority.certificatePem;
    this.#agent = new Agent({ connect: { ca: this.ca } });
    const cluster = async (project: string, name: string) => {
      const issuer = `https://container.googleapis.com/v1/projects/${project}/locations/europe-west1/clusters/${name}`;
      return fakeCluster(name, await startTestIssuer({ certificate, clock: this.clock.now, issuer }));
    };
    [this.prod, this.staging, this.foreign] = await Promise.all([
      cluster(PROJECT, "prod"),
      cluster(PROJECT, "staging"),
      cluster("other-project", "foreign"),
    ]);
    this.gcp = await startGcp({
      ...{ certificate, ca: this.ca, clock: this.clock.now, log: (line: string) => this.log.push(line) },
      clusters: () =>
        [this.prod, this.staging, this.foreign].map(({ name, issuer, client }) => ({
          state: { name, issuer: issuer.issuer, server: issuer.url, kubeconfig: "" },
          client,
        })),
    });
  }

  async stop(): Promise<void> {
    await this.#agent.close();
    await this.gcp.stop();
    await Promise.all([this.prod, this.staging, this.foreign].map(({ issuer }) => issuer.stop()));
  }

  async request(url: string, init: Parameters<typeof fetch>[1] = {}): Promise<Answer> {
    const response = await fetch(url, { dispatcher: this.#agent, redirect: "manual", ...init });
    const text = await response.text();
    const json = response.headers.get("Content-Type")?.includes("json") ? JSON.parse(text) : undefined;
    return { status: response.status, headers: response.headers as unknown as Headers, text, json };
  }

  /** A token of a ServiceAccount, by default for Google's pool, as TokenRequest gives it. */
  podToken(cluster: FakeCluster, account: string, more: Record<string, unknown> = {}): Promise<string> {
    return cluster.issuer.sign({ ...podClaims(account, POOL), ...more });
  }

  /** Exchanges a token as a pod of `prod`, or with other parameters; undefined leaves one out. */
  exchange(subjectToken: string, parameters: Record<string, string | undefined> = {}): Promise<Answer> {
    const all = { ...exchangeParameters(this.prod, subjectToken), ...parameters };
    const body = new URLSearchParams(Object.entries(all).filter((entry): entry is [string, string] => !!entry[1]));
    return this.request(`${this.gcp.sts.url}/v1/token`, { method: "POST", body });
  }

  /** A federated access token of a ServiceAccount. */
  async federated(cluster: FakeCluster, account: string, scope = CLOUD_PLATFORM): Promise<string> {
    const audience = exchangeParameters(cluster, "").audience;
    const [, pool = ""] = audience.split(":");
    const answer = await this.exchange(await this.podToken(cluster, account, { aud: [pool] }), { audience, scope });
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json.access_token;
  }

  /** Calls IAM credentials for a service account. */
  credentials(bearer: string, email: string, method: string, body: object): Promise<Answer> {
    return this.request(`${this.gcp.iamCredentials.url}/v1/projects/-/serviceAccounts/${email}:${method}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...(bearer && { Authorization: `Bearer ${bearer}` }) },
      body: JSON.stringify(body),
    });
  }

  /** A new service account, and, if named, a ServiceAccount of {@link PROJECT}'s clusters that may act as it. */
  account(accountId: string, boundTo?: string): ServiceAccount {
    const { iam } = this.gcp;
    const settings = { displayName: "", description: "", disabled: false };
    const made = iam.createAccount({ project: PROJECT, accountId, ...settings });
    if (boundTo !== undefined) iam.addGrant(made.name, binding(boundTo));
    return made;
  }
}

/** The grant by which a ServiceAccount, `namespace/name`, may act as a service account. */
export function binding(account: string, role = "roles/iam.workloadIdentityUser") {
  const [namespace = "", name = ""] = account.split("/");
  return { role, member: workloadIdentityMember(PROJECT, namespace, name) };
}

/** Parameters of the exchange that the metadata server of a cluster makes. */
export function exchangeParameters({ issuer }: FakeCluster, subjectToken: string) {
  const project = /projects\/([^/]+)/.exec(issuer.issuer)?.[1] ?? "";
  return {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    audience: `identitynamespace:${project}.svc.id.goog:${issuer.issuer}`,
    scope: CLOUD_PLATFORM,
    requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
    subject_token: subjectToken,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
  };
}

function podClaims(account: string, audience: string) {
  const [namespace = "", name = ""] = account.split("/");
  return {
    aud: [audience],
    sub: `system:serviceaccount:${namespace}:${name}`,
    "kubernetes.io": { namespace, serviceaccount: { name, uid: `uid-of-${name}` } },
  };
}

function fakeCluster(name: string, issuer: TestIssuer): FakeCluster {
  const annotations = new Map<string, string>();
  const tokenRequests: FakeCluster["tokenRequests"] = [];
  const accountOf = (path: string) =>
    /namespaces\/([^/]+)\/serviceaccounts\/([^/]+)/.exec(path)?.slice(1).join("/") ?? "";
  const client = {
    async get(path: string) {
      const email = annotations.get(accountOf(path));
      return { metadata: email === undefined ? {} : { annotations: { "iam.gke.io/gcp-service-account": email } } };
    },
    async post(path: string, body: { spec: { audiences: string[] } }) {
      tokenRequests.push({ path, body });
      return { status: { token: await issuer.sign(podClaims(accountOf(path), body.spec.audiences[0] ?? "")) } };
    },
  };
  return { name, issuer, annotations, tokenRequests, client: client as unknown as ApiClient };
}
