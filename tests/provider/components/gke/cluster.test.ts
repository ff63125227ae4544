import assert from "node:assert/strict";
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { GkeOidcRunner, type GkeOidcRunnerArgs } from "../../../../provider/components/gke/gke-oidc-runner";
import { OidcTrustSetup } from "../../../../provider/components/trust/oidc-trust-setup";
import { OidcRunnerError } from "../../../../trust/errors";
import { type MockOptions, runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud } from "../cloud";
import { listed, only } from "../pick";

const NAMES = { project: "acme-prod", location: "europe-west1", name: "prod" };
const ISSUER = "https://container.googleapis.com/v1/projects/acme-prod/locations/europe-west1/clusters/prod";
const MEMBER = "serviceAccount:acme-prod.svc.id.goog[pulumi/deployer]";
const access = { serviceAccount: {} };

function runner(cluster: GkeOidcRunnerArgs["cluster"], more: Partial<GkeOidcRunnerArgs> = {}, name = "deployer") {
  const common = { organization: "acme", accessToken: { organization: {} }, namespace: "pulumi", apiUrl: API } as const;
  return new GkeOidcRunner(name, { ...common, cluster, ...more });
}

/** A cluster as a resource of the same program; its pool is what the service answers. */
function clusterWith(workloadPool: string | undefined): MockOptions {
  return {
    ...cloud,
    state: (resource) =>
      resource.type === "gcp:container/cluster:Cluster"
        ? {
            project: "acme-prod",
            workloadIdentityConfig: workloadPool === undefined ? undefined : { workloadPool },
          }
        : cloud.state?.(resource),
  };
}
const makeCluster = () => new gcp.container.Cluster("prod", { name: "prod", location: "europe-west1" });

const codes = (errors: unknown[]) => errors.map((error) => (error instanceof OidcRunnerError ? error.code : error));
const googleKinds = (run: { resources: { type: string }[] }) =>
  run.resources.map(({ type }) => type).filter((type) => /^gcp:(serviceaccount|projects)/.test(type));

describe("the cluster of a GkeOidcRunner", () => {
  it("can be a cluster resource", async () => {
    const run = await runProgram(() => {
      const prod = makeCluster();
      runner(prod, { gcp: access });
    }, clusterWith("acme-prod.svc.id.goog"));
    assert.deepEqual(run.errors, []);
    assert.equal(only(run, "OidcIssuer").inputs.issuerUrl, ISSUER);
    const member = only(run, "IAMMember");
    assert.equal(member.inputs.member, MEMBER);
    // Google makes the pool with the first cluster: a member of it is refused before.
    assert.ok(member.dependencies.includes("gcp:container/cluster:Cluster prod"), member.dependencies.join());
  });

  it("is one, though it is given to two runners", async () => {
    const run = await runProgram(() => {
      const prod = makeCluster();
      runner(prod);
      runner(prod, {}, "other");
    }, clusterWith(undefined));
    assert.deepEqual(run.errors, []);
    only(run, "OidcIssuer");
  });

  it("needs Workload Identity for Google access, and only for that", async () => {
    for (const [pool, code] of [
      [undefined, "WORKLOAD_IDENTITY_OFF"],
      ["acme-dev.svc.id.goog", "WORKLOAD_POOL_MISMATCH"],
    ] as const) {
      const refused = await runProgram(() => void runner(makeCluster(), { gcp: access }), clusterWith(pool));
      assert.deepEqual(codes(refused.errors), [code]);
      assert.deepEqual(googleKinds(refused), []);
      assert.ok(!listed(refused).includes("Job deployer"));
      const accepted = await runProgram(() => void runner(makeCluster()), clusterWith(pool));
      assert.deepEqual(accepted.errors, []);
    }
  });

  it("tells of Workload Identity by its argument too", async () => {
    const on = { ...NAMES, workloadIdentityConfig: { workloadPool: "acme-prod.svc.id.goog" } };
    assert.deepEqual((await runProgram(() => void runner(on, { gcp: access }), cloud)).errors, []);
    const off = { ...NAMES, workloadIdentityConfig: {} };
    const refused = await runProgram(() => void runner(off, { gcp: access }), cloud);
    assert.deepEqual(codes(refused.errors), ["WORKLOAD_IDENTITY_OFF"]);
  });

  it("is looked up when that is wanted, for Google access alone", async () => {
    const asked: unknown[] = [];
    const answering = (workloadIdentityConfigs: object[]): MockOptions => ({
      ...cloud,
      call: ({ token, inputs }) => {
        asked.push([token, inputs]);
        return { ...inputs, workloadIdentityConfigs };
      },
    });
    const pool = { workloadPool: "acme-prod.svc.id.goog" };
    const cluster = { ...NAMES, lookUp: true };
    const on = await runProgram(() => void runner(cluster, { gcp: access }), answering([pool]));
    assert.deepEqual(on.errors, []);
    assert.deepEqual(asked, [["gcp:container/getCluster:getCluster", NAMES]]);
    const off = await runProgram(() => void runner(cluster, { gcp: access }), answering([]));
    assert.deepEqual(codes(off.errors), ["WORKLOAD_IDENTITY_OFF"]);
    assert.deepEqual(googleKinds(off), []);
    asked.length = 0;
    await runProgram(() => void runner(cluster), answering([]));
    await runProgram(() => void runner(NAMES, { gcp: access }), answering([]));
    assert.deepEqual(asked, []);
  });

  it("is not looked up for arguments that are refused", async () => {
    const asked: string[] = [];
    const call: MockOptions["call"] = ({ token }) => {
      asked.push(token);
      return {};
    };
    const cluster = { ...NAMES, lookUp: true };
    const args = { gcp: { directPrincipal: {} }, organization: pulumi.output("") };
    const run = await runProgram(() => void runner(cluster, args), { ...cloud, call });
    assert.deepEqual(codes(run.errors), ["ORGANIZATION_EMPTY"]);
    assert.deepEqual(asked, []);
  });

  const { project: _, ...withoutProject } = NAMES;

  it("is of the Google provider's project when none is given", async () => {
    const run = await runProgram(() => void runner(withoutProject, { gcp: access }), cloud);
    assert.deepEqual(run.errors, []);
    assert.equal(only(run, "OidcIssuer").inputs.issuerUrl, ISSUER);
    assert.equal(only(run, "Account").inputs.project, "acme-prod");
    assert.equal(only(run, "IAMMember").inputs.member, MEMBER);
  });

  it("asks the provider that the runner is given", async () => {
    const providers: (string | undefined)[] = [];
    const call: MockOptions["call"] = ({ token, provider }) => {
      providers.push(`${token.split(":").pop()} ${provider?.split("::")[3]}`);
      return { project: "acme-other" };
    };
    const run = await runProgram(
      () => {
        const other = new gcp.Provider("other", { project: "acme-other" });
        const args = {
          organization: "acme",
          accessToken: { organization: {} },
          namespace: "pulumi",
          apiUrl: API,
        } as const;
        new GkeOidcRunner("one", { ...args, cluster: withoutProject }, { providers: [other] });
        new GkeOidcRunner("two", { ...args, cluster: withoutProject }, { providers: [other] });
        new GkeOidcRunner("three", { ...args, cluster: withoutProject });
      },
      { ...cloud, call },
    );
    assert.deepEqual(run.errors, []);
    assert.deepEqual(providers.sort(), ["getClientConfig other", "getClientConfig other", "getClientConfig undefined"]);
    // One issuer for each provider, since their projects may differ.
    assert.equal(listed(run).filter((line) => line.startsWith("OidcIssuer ")).length, 2);
  });

  it("is refused when nobody knows its project", async () => {
    const run = await runProgram(() => void runner(withoutProject), { ...cloud, call: () => ({ project: "" }) });
    assert.deepEqual(codes(run.errors), ["GOOGLE_PROJECT_UNKNOWN"]);
    assert.deepEqual(
      listed(run).map((line) => line.split(" ")[0]),
      ["GkeOidcRunner", "OidcTrustSetup"],
    );
  });

  it("is not asked for its project by a runner that is refused", async () => {
    const asked: string[] = [];
    const call: MockOptions["call"] = ({ token }) => {
      asked.push(token);
      return { project: "acme-prod" };
    };
    const gcp = { serviceAccount: { accountId: "A" } };
    const run = await runProgram(() => void runner(withoutProject, { gcp }), { ...cloud, call });
    assert.deepEqual(codes(run.errors), ["GOOGLE_ACCOUNT_INVALID"]);
    assert.deepEqual([run.resources, asked], [[], []]);
  });

  it("may have a project that is known only after the preview", async () => {
    const run = await runProgram(() => void runner(withoutProject, { gcp: access }), {
      ...cloud,
      preview: true,
      call: () => ({}),
    });
    assert.deepEqual(run.errors, []);
    assert.ok(pulumi.isUnknown(only(run, "OidcIssuer").inputs.issuerUrl));
  });

  it("is found bad when the provider's project can't be one", async () => {
    const call = () => ({ project: "123456789012" });
    const run = await runProgram(() => void runner(withoutProject), { ...cloud, call });
    assert.deepEqual(codes(run.errors), ["GKE_CLUSTER_INVALID"]);
  });

  it("can be a resource, or without project, for a trust too", async () => {
    for (const gke of [makeCluster, () => withoutProject]) {
      const run = await runProgram(
        () => ({ url: new OidcTrustSetup("prod", { organization: "acme", gke: gke(), apiUrl: API }).issuerUrl }),
        clusterWith(undefined),
      );
      assert.deepEqual(run.errors, []);
      assert.deepEqual(run.outputs, { url: ISSUER });
      assert.equal(only(run, "OidcIssuer").inputs.issuerUrl, ISSUER);
    }
  });
});
