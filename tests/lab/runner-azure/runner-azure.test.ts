import assert from "node:assert/strict";
import { join } from "node:path";
import { exampleNamed } from "../../../cli/examples";
import { describeLab } from "../../../cli/lab/describe";
import { LAB_TENANT_ID } from "../../../lab/azure";
import { Engine } from "../../../lab/engine/engine";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { ok } from "../../engine/support/engine";
import { control } from "../../engine/support/http";
import {
  copyNeeds,
  type PodTemplate,
  type ProbeOutcome,
  type RunOptions,
  templateOf,
} from "../cloud-runner/runner-pod";
import { type AzureLab, startAzureLab } from "./azure-lab";
import { probe } from "./probe";

/** Namespaces of the example, and of nobody's runner. */
const EXAMPLE = "pulumi-aks";
const ELSEWHERE = "elsewhere";
const PULUMI_TOKEN = "/var/run/secrets/pulumi/token";

describe("Azure from inside of a runner's pod, with Azure's own library", () => {
  let lab: AzureLab;
  /** The pod of the AKS example, and the client that it is. */
  let example: PodTemplate;
  let clientId: string;
  let probes = 0;

  before(async () => {
    lab = await startAzureLab();
    const { state, first, second } = lab;
    const { directory, config } = exampleNamed("aks");
    const engine = new Engine(state, { project: join(packageRoot(), directory), config: config(state) });
    await engine.init();
    await ok(engine.up());
    clientId = ((await engine.outputs()) as { clientId: string }).clientId;
    example = await templateOf(first, EXAMPLE);
    const from = { client: first, namespace: EXAMPLE };
    await first.post(`/api/v1/namespaces/${EXAMPLE}/serviceaccounts`, { metadata: { name: "neighbour" } });
    await copyNeeds(example, from, { client: first, namespace: ELSEWHERE });
    await copyNeeds(example, from, { client: second, namespace: EXAMPLE });
  });
  after(() => lab?.stop());

  const run = (namespace: string, options: Partial<RunOptions> = {}) =>
    probe(example, `probe-${probes++}`, { client: lab.first, namespace, ...options });
  const fails = ({ exitCode, log }: ProbeOutcome, code: string) => {
    assert.equal(exitCode, 3, log);
    assert.equal(log, `refused: ${code}\n`.repeat(2));
  };

  it("is described by its address and tenant", () => {
    const { azure } = describeLab(lab.state);
    assert.match(azure.authority, /^https:\/\/127\.0\.0\.1:\d+$/);
    assert.deepEqual(azure, { authority: azure.authority, tenantId: LAB_TENANT_ID });
  });

  it("gets tokens of the identity that was made, by both credentials, after the exchange at Pulumi Cloud", async () => {
    const { exitCode, log } = await run(EXAMPLE);
    assert.equal(exitCode, 0, log);
    assert.match(log, /^oidc-runner: exchanged this pod's token /);
    assert.ok(log.endsWith(`I am ${clientId} of ${LAB_TENANT_ID}\n`.repeat(2)), log);
  });

  it("refuses the neighbour ServiceAccount, another namespace, another cluster and the token for Pulumi", async () => {
    const bare = { bare: true };
    const [good, neighbour, elsewhere, otherCluster, pulumiToken] = await Promise.all([
      run(EXAMPLE, bare),
      run(EXAMPLE, { ...bare, serviceAccountName: "neighbour" }),
      run(ELSEWHERE, bare),
      run(EXAMPLE, { ...bare, client: lab.second }),
      run(EXAMPLE, { ...bare, env: { AZURE_FEDERATED_TOKEN_FILE: PULUMI_TOKEN } }),
    ]);
    assert.equal(good.exitCode, 0, good.log);
    fails(neighbour, "AADSTS700213");
    fails(elsewhere, "AADSTS700213");
    fails(otherCluster, "AADSTS700211");
    fails(pulumiToken, "AADSTS700212");
  });

  it("is told that a new credential is not known everywhere yet", async () => {
    await control(lab.state, "POST", "/azure/switches", { propagationSeconds: 3600 });
    const outcome = await run(EXAMPLE, { bare: true });
    await control(lab.state, "POST", "/azure/switches", { propagationSeconds: 0 });
    fails(outcome, "AADSTS70021");
  });
});
