import { Agent } from "node:https";
import {
  GetCallerIdentityCommand,
  type GetCallerIdentityResponse,
  STSClient,
  type STSClientConfig,
} from "@aws-sdk/client-sts";
import { Agent as Dispatcher, fetch } from "undici";
import { Iam } from "../../../../lab/aws/iam";
import { issuerKeys } from "../../../../lab/aws/issuer-keys";
import type { Role, RoleSettings } from "../../../../lab/aws/roles";
import { type Sts, startSts } from "../../../../lab/aws/sts";
import { Sessions } from "../../../../lab/aws/sts/sessions";
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type IssuedCertificate,
} from "../../../../lab/cluster/pki";
import { LabClock } from "../../../../lab/control/clock";
import { startTestIssuer, type TestIssuer } from "../../../helpers/issuer";
import { roleInput } from "../roles";

/** Issuer of the fixture's cluster, as EKS names them. */
export const ISSUER = "https://oidc.eks.us-west-2.amazonaws.com/id/AB12CD34";
/** The same of a cluster whose keys the account also knows. */
export const OTHER_ISSUER = "https://oidc.eks.us-west-2.amazonaws.com/id/FFFF0000";

/** An account with STS and two clusters' issuers, on loopback under one authority. */
export class AwsFixture {
  authority!: CertificateAuthority;
  certificate!: IssuedCertificate;
  readonly clock = new LabClock();
  readonly iam = new Iam({ now: () => new Date(this.clock.now()) });
  readonly sessions = new Sessions(this.clock.now);
  readonly log: string[] = [];
  sts!: Sts;
  issuer!: TestIssuer;
  other!: TestIssuer;
  keys!: ReturnType<typeof issuerKeys>;
  #agent!: Agent;
  readonly #clients: STSClient[] = [];

  async start(): Promise<void> {
    this.authority = await createCertificateAuthority();
    this.certificate = await this.authority.issue({ commonName: "lab" });
    this.#agent = new Agent({ ca: this.authority.certificatePem });
    const { certificate, clock, iam, sessions } = this;
    this.issuer = await startTestIssuer({ certificate, clock: clock.now, issuer: ISSUER });
    this.other = await startTestIssuer({ certificate, clock: clock.now, issuer: OTHER_ISSUER, algorithm: "RS256" });
    const issuers = [this.issuer, this.other];
    this.keys = issuerKeys(this.authority.certificatePem, (url) => issuers.find(({ issuer }) => issuer === url)?.url);
    for (const { issuer: url } of issuers) {
      iam.oidcProviders.create({ url, clientIds: ["sts.amazonaws.com"], thumbprints: [], tags: {} });
    }
    const log = (line: string) => this.log.push(line);
    this.sts = await startSts({ iam, sessions, keys: this.keys, clock: clock.now, certificate, log });
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) {
      client.destroy();
    }
    this.#agent.destroy();
    await Promise.all([this.sts.stop(), this.issuer.stop(), this.other.stop()]);
  }

  /** Makes a role of the account. */
  role(name: string, trust: string, change: Partial<RoleSettings & { path: string }> = {}): Role {
    return this.iam.roles.create(roleInput(name, trust, change));
  }

  /** How a client of AWS' SDK is made that talks to the lab, and tries once unless told otherwise. */
  config(change: Partial<STSClientConfig> = {}): STSClientConfig {
    const requestHandler = { httpsAgent: this.#agent };
    return { region: "us-west-2", endpoint: this.sts.url, requestHandler, maxAttempts: 1, ...change };
  }

  client(change: Partial<STSClientConfig> = {}): STSClient {
    const client = new STSClient(this.config(change));
    this.#clients.push(client);
    return client;
  }

  /** Posts a form without a signature. */
  async post(body: string): Promise<{ status: number; code: string | undefined }> {
    const agent = new Dispatcher({ connect: { ca: this.authority.certificatePem } });
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    const response = await fetch(this.sts.url, { method: "POST", body, headers, dispatcher: agent });
    const code = /<Code>(.*)<\/Code>/.exec(await response.text())?.[1];
    await agent.close();
    return { status: response.status, code };
  }

  /** Who AWS says one is, with credentials or where they come from. */
  async whoAmI(
    credentials: STSClientConfig["credentials"],
    change: Partial<STSClientConfig> = {},
  ): Promise<Omit<GetCallerIdentityResponse, "$metadata">> {
    const { Account, Arn, UserId } = await this.client({ credentials, ...change }).send(
      new GetCallerIdentityCommand({}),
    );
    return { Account, Arn, UserId };
  }
}

/** Claims of a pod's token for AWS, as the API server makes them. */
export function podClaims(namespace: string, serviceAccount: string, audience = "sts.amazonaws.com") {
  return {
    aud: [audience],
    sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
    "kubernetes.io": {
      namespace,
      serviceaccount: { name: serviceAccount, uid: "5a1e" },
      pod: { name: "runner-x1", uid: "90d1" },
    },
  };
}
