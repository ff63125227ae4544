import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ApiClient } from "../../lab/cluster/api-client";
import { Engine, type EngineResult } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { fails, ok } from "./support/engine";
import { control, PulumiCloud } from "./support/http";
import { makeNamespace } from "./support/kubernetes";
import { labOn } from "./support/lab";

const labStarted = labOn("gke");

const NAMESPACE = "login";

describe("pulumi login --oidc-token with a cluster's token", () => {
  let state: LabState;
  let cloud: PulumiCloud;
  let issuerId: string;
  let client: ApiClient;
  let directory: string;

  before(async () => {
    state = await labStarted();
    cloud = new PulumiCloud(state);
    client = ApiClient.fromKubeconfig(state.kubeconfig);
    await makeNamespace(state, NAMESPACE);
    for (const name of ["deployer", "neighbour"]) {
      const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`;
      await client.post(path, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } });
    }
    issuerId = await cloud.register("login", state.clusters[0]?.issuer as string);
    const sub = `system:serviceaccount:${NAMESPACE}:deployer`;
    const rules = { aud: `urn:pulumi:org:${state.pulumiCloud.organization}`, sub };
    await cloud.change(issuerId, () => [
      { decision: "allow", tokenType: "organization", authorizedPermissions: [], rules },
    ]);
    const environments = [{ project: "default", name: "dev" }];
    await control(
      state,
      "PUT",
      `/pulumi-cloud/organizations/${state.pulumiCloud.organization}/environments`,
      environments,
    );
    directory = join(state.directory, "login");
    mkdirSync(directory, { mode: 0o700 });
  });
  after(async () => {
    await client?.close();
    await cloud?.remove(issuerId);
  });

  /** The file of a token that the API server made for a ServiceAccount, as it does for a pod's volume. */
  async function tokenFile(serviceAccount: string): Promise<string> {
    const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${serviceAccount}/token`;
    const spec = { audiences: [`urn:pulumi:org:${state.pulumiCloud.organization}`], expirationSeconds: 600 };
    const { status } = await client.post<{ status: { token: string } }>(path, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec,
    });
    const file = join(directory, `${serviceAccount}.token`);
    writeFileSync(file, status.token, { mode: 0o600 });
    return file;
  }

  /** The CLI of somebody who has no login, no token and no backend but what it logs in to. */
  function cli(home: string, args: string[]): Promise<EngineResult> {
    const env = { PULUMI_HOME: join(directory, home), PULUMI_ACCESS_TOKEN: "", PULUMI_API: "", PULUMI_BACKEND_URL: "" };
    return new Engine(state, { project: packageRoot(), env }).run(args);
  }
  const login = (file: string) => [
    ...["login", state.pulumiCloud.url, "--oidc-token", `file://${file}`],
    ...["--oidc-org", state.pulumiCloud.organization],
  ];

  it("logs in, and whoami and env ls work", async () => {
    await ok(cli("deployer", login(await tokenFile("deployer"))));
    const whoami = await ok(cli("deployer", ["whoami", "-v"]));
    assert.match(whoami, new RegExp(`Token type: organization: ${state.pulumiCloud.organization}`));
    assert.match(await ok(cli("deployer", ["env", "ls"])), /^default\/dev$/m);
  });

  it("refuses the neighbour, whose CLI stays logged out", async () => {
    assert.match(await fails(cli("neighbour", login(await tokenFile("neighbour")))), /access_denied/);
    await fails(cli("neighbour", ["whoami"]));
  });
});
