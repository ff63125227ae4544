import type { ServerCertificate, Service } from "../http";
import type { AzureDescription } from "../types";
import { Directory } from "./directory";
import { startEntra } from "./entra";
import { type AzureSwitches, defaultAzureSwitches } from "./switches";
import { LAB_TENANT_ID } from "./tenant";

/** What the lab's Azure is started with. */
export interface AzureOptions {
  /** Valid for 127.0.0.1. */
  certificate: ServerCertificate;
  /** PEM of the authority that all servers of the lab are signed by. */
  ca: string;
  /** Milliseconds since the epoch. Default: the machine's clock. */
  clock?: () => number;
  /** Where the server behind the issuer URL of a credential listens. */
  resolveIssuer: (url: string) => string | undefined;
  /** Takes one line of log; never a token. Default: dropped. */
  log?: (line: string) => void;
}

/** The lab's Azure. */
export interface Azure {
  directory: Directory;
  entra: Service;
  /** May be changed at any time. */
  switches: AzureSwitches;
  describe(): AzureDescription;
  stop(): Promise<void>;
}

/** Starts Entra ID, and keeps what Azure Resource Manager and Microsoft Graph would keep. */
export async function startAzure({ clock = Date.now, log = () => {}, ...options }: AzureOptions): Promise<Azure> {
  const switches = defaultAzureSwitches();
  const directory = new Directory(clock, switches);
  const entra = await startEntra({ ...options, clock, log, directory, switches });
  return {
    ...{ directory, entra, switches },
    describe: () => ({ authority: entra.url, tenantId: LAB_TENANT_ID }),
    stop: () => entra.stop(),
  };
}
