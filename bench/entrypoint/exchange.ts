import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fixture, podClaims } from "../../tests/lab/pulumi-cloud/fixture";
import { resolvePulumiCli } from "../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../tools/toolchain/report";
import { proveRunnerTrust } from "../../trust/parties/pulumi/proof";
import { pulumiAudience } from "../../trust/policy/audience";
import { scratchDirectory } from "../scratch";

/** A Pulumi Cloud that exchanges a pod's token, and that token. */
export interface Exchange {
  apiUrl: string;
  organization: string;
  issuerUrl: string;
  namespace: string;
  serviceAccountName: string;
  audience: string;
  /** PEM of the authority that signed the server's certificate. */
  ca: string;
  /** Path of the same. */
  caFile: string;
  tokenFile: string;
  /** Path of the Pulumi CLI. */
  pulumiCli: string;
  close(): Promise<void>;
}

const ORGANIZATION = "acme";
const [NAMESPACE, SERVICE_ACCOUNT] = ["pulumi", "runner"];

/** Starts the lab's Pulumi Cloud in this process, which has nothing else to do while a command is measured. */
export async function startExchange(): Promise<Exchange> {
  const { path: pulumiCli } = await resolvePulumiCli(silentReport);
  const fixture = new Fixture();
  await fixture.start();
  const { issuer: issuerUrl, sign } = await fixture.issuer({
    issuer: "https://cluster.example.com",
    algorithm: "RS256",
  });
  const trust = proveRunnerTrust({
    organization: ORGANIZATION,
    issuerUrl,
    namespace: NAMESPACE,
    serviceAccountName: SERVICE_ACCOUNT,
    token: { tokenType: "organization" },
  });
  await fixture.trust(issuerUrl, [trust.definition]);
  const directory = scratchDirectory("exchange");
  const tokenFile = join(directory, "token");
  writeFileSync(tokenFile, await sign(podClaims(NAMESPACE, SERVICE_ACCOUNT)), { mode: 0o600 });
  const caFile = join(directory, "ca.crt");
  writeFileSync(caFile, fixture.authority.certificatePem);
  return {
    apiUrl: fixture.cloud.url,
    organization: ORGANIZATION,
    issuerUrl,
    namespace: NAMESPACE,
    serviceAccountName: SERVICE_ACCOUNT,
    audience: pulumiAudience(ORGANIZATION),
    ca: fixture.authority.certificatePem,
    caFile,
    tokenFile,
    pulumiCli,
    close: () => fixture.stop(),
  };
}
