import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, fetch } from "undici";
import { type Azure, LAB_TENANT_ID, startAzure } from "../../../lab/azure";
import type { Identity } from "../../../lab/azure/directory";
import { createCertificateAuthority } from "../../../lab/cluster/pki";
import { LabClock } from "../../../lab/control/clock";
import { type PulumiCloud, startPulumiCloud } from "../../../lab/pulumi-cloud";
import type { Claims } from "../../../trust/claims";
import { startTestIssuer, type TestIssuer } from "../../helpers/issuer";
import type { TokenAnswer, TokenWish } from "./azure-client";

/** An answer of Entra ID. */
export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json: any;
}

export const ORGANIZATION = "acme";
/** `iss` of an AKS cluster, with its final slash. */
export const AKS = "https://westeurope.oic.prod-aks.azure.com/5b1f0c6e-2f0a-4d0b-9b7e-6c1a3f9e0001/cluster/";
export const EXCHANGE = "api://AzureADTokenExchange";

/** An Azure, a Pulumi Cloud and an AKS-shaped issuer, all on loopback, and a process with Azure's own client. */
export class AzureFixture {
  azure!: Azure;
  pulumi!: PulumiCloud;
  aks!: TestIssuer;
  readonly clock = new LabClock();
  readonly log: string[] = [];
  #directory!: string;
  #agent!: Agent;
  #client!: ChildProcess;

  async start(): Promise<void> {
    const authority = await createCertificateAuthority();
    const certificate = await authority.issue({ commonName: "lab" });
    const ca = authority.certificatePem;
    this.#agent = new Agent({ connect: { ca } });
    const clock = this.clock.now;
    this.aks = await startTestIssuer({ certificate, clock, issuer: AKS, algorithm: "RS256" });
    this.pulumi = await startPulumiCloud({ organization: ORGANIZATION, certificate, ca, clock });
    this.azure = await startAzure({
      ...{ certificate, ca, clock, log: (line) => this.log.push(line) },
      resolveIssuer: (url) => (url === AKS ? this.aks.url : this.pulumi.resolveIssuer(url)),
    });
    this.#directory = mkdtempSync(join(tmpdir(), "oidc-runner-azure-"));
    const caFile = join(this.#directory, "ca.crt");
    writeFileSync(caFile, ca);
    this.#client = fork(join(__dirname, "azure-client.js"), {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: caFile, AZURE_AUTHORITY_HOST: this.azure.entra.url },
    });
  }

  async stop(): Promise<void> {
    this.#client.kill("SIGKILL");
    await Promise.all([this.#agent.close(), this.azure.stop(), this.pulumi.stop(), this.aks.stop()]);
    rmSync(this.#directory, { recursive: true });
  }

  /** A managed identity that takes tokens of these subjects. */
  async identity(
    name: string,
    credentials: { issuer: string; subject: string; audience: string }[],
  ): Promise<Identity> {
    const { identities } = this.azure.directory;
    const identity = identities.put({ name, resourceGroup: "runners", location: "westeurope", tags: {} });
    for (const [index, { audience, ...credential }] of credentials.entries()) {
      await identities.putCredential(identity.id, {
        name: `credential-${index}`,
        audiences: [audience],
        ...credential,
      });
    }
    return identity;
  }

  /** A token for a client's assertion, as Azure's own client gets it: the claims, or the error. */
  async get(clientId: string, assertion: string, by: TokenWish["by"] = "assertion"): Promise<TokenAnswer> {
    const file = join(this.#directory, "token");
    writeFileSync(file, assertion);
    const env = { AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: LAB_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE: file };
    this.#client.send({ by, env, assertion } satisfies TokenWish);
    const [answer] = (await once(this.#client, "message")) as [TokenAnswer];
    return answer;
  }

  /** A request of the token endpoint, with other parameters; undefined leaves one out. */
  async request(parameters: Record<string, string | undefined> = {}, tenant = LAB_TENANT_ID): Promise<Answer> {
    const all = {
      grant_type: "client_credentials",
      client_id: "00000000-0000-0000-0000-000000000000",
      scope: "https://management.azure.com/.default",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: "a.b.c",
      ...parameters,
    };
    const body = new URLSearchParams(Object.entries(all).filter((entry): entry is [string, string] => !!entry[1]));
    const url = `${this.azure.entra.url}/${tenant}/oauth2/v2.0/token`;
    const response = await fetch(url, { method: "POST", body, dispatcher: this.#agent });
    return { status: response.status, json: await response.json() };
  }

  /** A token of a pod of the AKS-shaped cluster. */
  podToken(more: Claims = {}): Promise<string> {
    return this.aks.sign({ aud: [EXCHANGE], sub: "system:serviceaccount:pulumi:deployer", ...more });
  }
}
