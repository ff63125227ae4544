import { Agent, fetch } from "undici";
import { CloudClient } from "../../../pulumi-cloud/api/client";
import type { PolicyDefinition } from "../../../trust/policy/model";
import { Fixture } from "../../lab/pulumi-cloud/fixture";

/** The lab's Pulumi Cloud with a client of ours for its administrator: `begin` and `stop` it. */
export class LabClient extends Fixture {
  client!: CloudClient;

  async begin(): Promise<void> {
    await this.start();
    const dispatcher = new Agent({ connect: { ca: this.authority.certificatePem } });
    this.onStop(() => dispatcher.close());
    this.client = new CloudClient({
      apiUrl: this.cloud.url,
      organization: "acme",
      accessToken: this.cloud.adminToken,
      fetch: (url, init) => fetch(url, { ...(init as object), dispatcher }) as unknown as Promise<Response>,
    });
  }

  /** The definitions as they are stored. */
  async policies(issuerId: string): Promise<PolicyDefinition[]> {
    return (await this.client.getPolicy(issuerId)).policies;
  }

  /** How many requests of a method there were whose path ends so. */
  requests(method: string, path: RegExp): number {
    return this.cloud.journal.list().filter((entry) => entry.method === method && path.test(entry.path)).length;
  }
}
