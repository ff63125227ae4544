// Runs one cluster inside its own namespaces and says where it is, as the lab's supervisor does in production.

import { type ClusterOptions, startCluster } from "../../../lab/cluster/cluster";
import { createCertificateAuthority } from "../../../lab/cluster/pki";

const options = JSON.parse(process.argv[2]!) as Omit<ClusterOptions, "ca">;

async function main(): Promise<void> {
  const started = Date.now();
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const cluster = await startCluster({ ...options, ca: await createCertificateAuthority(), log });
  const { state, jwksUrl, discoveryUrl } = cluster;
  process.stdout.write(`${JSON.stringify({ state, jwksUrl, discoveryUrl, milliseconds: Date.now() - started })}\n`);
  process.stdin.resume().once("end", () => {
    void cluster.stop().then(() => process.exit(0));
  });
}

main().catch((error) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
