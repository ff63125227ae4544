import { join } from "node:path";
import { prepareLab } from "../../cli/lab/prepare";
import { startControlPlane } from "../../lab/cluster/control-plane";
import { createCertificateAuthority } from "../../lab/cluster/pki";
import { LAB_ORGANIZATION } from "../../lab/options";
import { silentReport } from "../../tools/toolchain/report";
import { compiled } from "../compiled";
import type { Benchmark } from "../measure/benchmark";
import { scratchDirectory } from "../scratch";

const TARGET_MS = 5000;

/** Starting the lab with one cluster, against starting etcd, API server and controllers alone. */
export const labStart: Benchmark = {
  name: "lab/start",
  pairs: 7,
  rows: [
    {
      name: "lab/start",
      metric: "time",
      unit: "ms",
      limit: TARGET_MS,
      subject: "a lab with Pulumi Cloud, a cluster and its node, ready; its tools are in the cache",
      reference: "etcd, kube-apiserver and kube-controller-manager alone, ready by the same signs",
    },
  ],
  async start() {
    const tools = await prepareLab(silentReport);
    const { startLab } = compiled<typeof import("../../lab/lab")>("lab/lab");
    const ca = await createCertificateAuthority();
    return {
      async subject() {
        const directory = join(scratchDirectory("lab"), "lab");
        const clusters = [{ name: "lab" }];
        const begun = performance.now();
        const lab = await startLab({ ...tools, directory, organization: LAB_ORGANIZATION, clusters, detached: false });
        const time = performance.now() - begun;
        await lab.stop();
        return { time };
      },
      async reference() {
        const directory = scratchDirectory("control-plane");
        const begun = performance.now();
        const plane = await startControlPlane({ directory, binaries: tools.binaries, ca, nodeName: "bench" });
        const time = performance.now() - begun;
        await plane.stop();
        return { time };
      },
    };
  },
};
