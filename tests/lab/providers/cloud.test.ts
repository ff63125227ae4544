import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { Iam } from "../../../lab/aws/iam";
import { PodIdentityAssociations } from "../../../lab/aws/pod-identity/associations";
import { Directory } from "../../../lab/azure/directory";
import { GcpIam } from "../../../lab/gcp/iam";
import { resourceRoutes } from "../../../lab/providers/resource-routes";
import { secret } from "../../../plugin/server/values";
import { PluginProcess } from "../../helpers/plugin-process";

const TOKEN = "control-token";
const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: "111122223333" } }],
};
const urn = (type: string, name: string) => `urn:pulumi:s::p::${type}::${name}`;
const ROLE = urn("aws:iam/role:Role", "runner");

describe("the aws and gcp plugins", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "lab-"));
  const iam = new Iam();
  const gcpIam = new GcpIam();
  let server: Server;
  let aws: PluginProcess;
  let gcp: PluginProcess;

  before(async () => {
    const kubeconfig = path.join(directory, "kubeconfig");
    const cluster = { server: "https://127.0.0.1:6443", "certificate-authority-data": "Y2E=" };
    const names = { contexts: [{ name: "c", context: { cluster: "c" } }], "current-context": "c" };
    writeFileSync(kubeconfig, JSON.stringify({ clusters: [{ name: "c", cluster }], users: [], ...names }));
    const eks = "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC123";
    const gke = "https://container.googleapis.com/v1/projects/lab-project/locations/europe-west1/clusters/runners";
    const clusters = [eks, gke].map((issuer, i) => ({
      name: `cluster-${i}`,
      server: cluster.server,
      issuer,
      kubeconfig,
    }));
    const associations = new PodIdentityAssociations({ roles: iam.roles, regionOf: () => "eu-west-1" });
    const app = new Hono();
    app.use(async (c, next) => (c.req.header("authorization") === `Bearer ${TOKEN}` ? next() : c.body(null, 401)));
    app.route(
      "/",
      resourceRoutes({ iam, associations, gcp: gcpIam, azure: new Directory(Date.now), clusters: () => clusters }),
    );
    server = createAdaptorServer({ fetch: app.fetch }) as Server;
    await once(server.listen(0, "127.0.0.1"), "listening");
    const lab = path.join(directory, "lab.json");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    writeFileSync(lab, JSON.stringify({ control: { url, token: TOKEN } }));
    const env = { OIDC_RUNNER_LAB: lab, GOOGLE_PROJECT: "" };
    [aws, gcp] = await Promise.all([PluginProcess.start("aws", env), PluginProcess.start("gcp", env)]);
  });

  after(async () => {
    assert.deepEqual(await Promise.all([aws.close(), gcp.close()]), ["SIGKILL", "SIGKILL"]);
    assert.deepEqual([...aws.stderr, ...gcp.stderr], [], "plugins print nothing");
    server.close();
    server.closeAllConnections();
    rmSync(directory, { recursive: true });
  });

  const check = async (plugin: PluginProcess, of: string, news: object, olds: object = {}) =>
    plugin.call("check", "CheckRequest", { Urn: of, News: news, Olds: olds });
  const inputsOf = async (plugin: PluginProcess, of: string, news: object, olds: object = {}) =>
    PluginProcess.struct(await check(plugin, of, news, olds), "Inputs");

  const invoke = async (plugin: PluginProcess, Tok: string, Args: object) =>
    PluginProcess.struct(await plugin.call("invoke", "InvokeRequest", { Tok, Args }), "Return");

  it("make, read, change and delete a role", async () => {
    const inputs = await inputsOf(aws, ROLE, { assumeRolePolicy: trust, tags: { a: secret("s") } });
    assert.match(String(inputs.name), /^runner-[0-9a-f]{7}$/);
    assert.deepEqual(JSON.parse(String(inputs.assumeRolePolicy)), trust);
    assert.equal((await inputsOf(aws, ROLE, { assumeRolePolicy: trust }, inputs)).name, inputs.name);
    const made = PluginProcess.struct(
      await aws.call("create", "CreateRequest", { Urn: ROLE, Properties: inputs }),
      "Properties",
    );
    assert.equal(made.arn, `arn:aws:iam::111122223333:role/${String(inputs.name)}`);
    assert.deepEqual(made.tags, { a: secret("s") }, "secrets come back as secrets");
    assert.deepEqual(iam.roles.get(String(inputs.name)).tags, { a: "s" });

    const read = () =>
      aws.call("read", "ReadRequest", { Id: inputs.name, Urn: ROLE, Properties: made, Inputs: inputs });
    assert.deepEqual(PluginProcess.struct(await read(), "Inputs"), inputs, "no drift");
    await aws.call("update", "UpdateRequest", {
      Id: inputs.name,
      Urn: ROLE,
      Olds: made,
      News: { ...inputs, description: "d" },
    });
    assert.equal(iam.roles.get(String(inputs.name)).description, "d");
    await aws.call("delete", "DeleteRequest", { Id: inputs.name, Urn: ROLE, Properties: made });
    assert.equal(((await read()) as { getId(): string }).getId(), "", "gone");
    await aws.call("delete", "DeleteRequest", { Id: inputs.name, Urn: ROLE, Properties: made });
  });

  it("refuse with the service's code, in one line", async () => {
    const bad = { ...trust, Statement: [{ ...trust.Statement[0], Effect: "allow" }] };
    const inputs = await inputsOf(aws, ROLE, { name: "bad", assumeRolePolicy: bad });
    await assert.rejects(aws.call("create", "CreateRequest", { Urn: ROLE, Properties: inputs }), {
      details: "MalformedPolicyDocument: Invalid effect: allow",
    });
    const preview = await aws.call("create", "CreateRequest", { Urn: ROLE, Properties: inputs, Preview: true });
    assert.equal((preview as { getId(): string }).getId(), "");
    assert.throws(() => iam.roles.get("bad"), { code: "NoSuchEntity" });
  });

  it("compare policies by meaning and replace for names", async () => {
    const diff = async (olds: object, news: object) =>
      (await aws.call("diff", "DiffRequest", { Id: "r", Urn: ROLE, OldInputs: olds, Olds: olds, News: news })) as {
        getReplacesList(): string[];
        getChanges(): number;
        getDeletebeforereplace(): boolean;
      };
    const [olds, same] = [
      { assumeRolePolicy: '{"a":1,"b":2}', path: "/" },
      { assumeRolePolicy: '{ "b": 2, "a": 1 }', path: "/" },
    ];
    assert.equal((await diff(olds, same)).getChanges(), 1);
    assert.equal((await diff(olds, { ...same, assumeRolePolicy: "{}" })).getChanges(), 2);
    const moved = await diff({ ...olds, name: "r" }, { ...same, name: "r", path: "/x/" });
    assert.deepEqual(moved.getReplacesList(), ["path"]);
    assert.ok(moved.getDeletebeforereplace());
  });

  it("name what they do not have", async () => {
    const answer = (await check(aws, ROLE, { assumeRolePolicy: trust, inlinePolicies: [{}] })) as unknown as {
      getFailuresList(): { getProperty(): string }[];
    };
    assert.deepEqual(
      answer.getFailuresList().map((failure) => failure.getProperty()),
      ["inlinePolicies"],
    );
    await assert.rejects(check(aws, urn("aws:s3/bucket:Bucket", "b"), {}), { details: /^LAB_UNSUPPORTED_RESOURCE: / });
    await assert.rejects(aws.call("invoke", "InvokeRequest", { Tok: "aws:ec2/getAmi:getAmi", Args: {} }), {
      details: /^LAB_UNSUPPORTED_RESOURCE: /,
    });
  });

  it("find the lab's clusters by their issuers", async () => {
    const eks = await invoke(aws, "aws:eks/getCluster:getCluster", { name: "cluster-0" });
    assert.deepEqual(eks.identities, [{ oidcs: [{ issuer: "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC123" }] }]);
    assert.deepEqual(eks.certificateAuthorities, [{ data: "Y2E=" }]);
    await assert.rejects(invoke(aws, "aws:eks/getCluster:getCluster", { name: "cluster-1" }), {
      details: /^ResourceNotFoundException: /,
    });
    const where = { name: "runners", location: "europe-west1" };
    assert.equal((await invoke(gcp, "gcp:container/getCluster:getCluster", where)).endpoint, "127.0.0.1:6443");
    await assert.rejects(invoke(gcp, "gcp:container/getCluster:getCluster", { ...where, location: "europe-west2" }), {
      details: /^notFound: Error 404/,
    });
  });

  it("make, read, change and delete a workload identity pool and its provider", async () => {
    const POOL = urn("gcp:iam/workloadIdentityPool:WorkloadIdentityPool", "pool");
    const PROVIDER = urn("gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider", "provider");
    const create = (of: string, properties: object) =>
      gcp.call("create", "CreateRequest", { Urn: of, Properties: properties }) as Promise<{ getId(): string }>;
    const poolInputs = await inputsOf(gcp, POOL, { workloadIdentityPoolId: "pulumi" });
    const poolId = (await create(POOL, poolInputs)).getId();
    assert.equal(poolId, "projects/lab-project/locations/global/workloadIdentityPools/pulumi");
    const given = {
      workloadIdentityPoolId: "pulumi",
      workloadIdentityPoolProviderId: "pulumi",
      attributeMapping: { "google.subject": "assertion.sub" },
      oidc: { issuerUri: "https://api.pulumi.com/oidc", allowedAudiences: ["gcp:acme"] },
    };
    const inputs = await inputsOf(gcp, PROVIDER, given);
    const made = (await create(PROVIDER, inputs)) as { getId(): string };
    const id = made.getId();
    assert.equal(id, `${poolId}/providers/pulumi`);
    const properties = PluginProcess.struct(made as never, "Properties");
    assert.match(
      String(properties.name),
      /^projects\/\d{12}\/locations\/global\/workloadIdentityPools\/pulumi\/providers\/pulumi$/,
    );
    const read = (of: string, its: string, state: object, known: object) =>
      gcp.call("read", "ReadRequest", { Id: its, Urn: of, Properties: state, Inputs: known });
    assert.deepEqual(PluginProcess.struct(await read(PROVIDER, id, properties, inputs), "Inputs"), inputs, "no drift");
    const News = { ...inputs, attributeCondition: "assertion.org == 'acme'" };
    await gcp.call("update", "UpdateRequest", { Id: id, Urn: PROVIDER, Olds: properties, News });
    assert.equal(gcpIam.pools.provider(id).attributeCondition, News.attributeCondition);
    const names = { workloadIdentityPoolId: "pulumi", workloadIdentityPoolProviderId: "pulumi" };
    const found = await invoke(gcp, "gcp:iam/getWorkloadIdentityPoolProvider:getWorkloadIdentityPoolProvider", names);
    assert.deepEqual([found.id, found.name, found.attributeCondition], [id, properties.name, News.attributeCondition]);
    assert.deepEqual(found.oidcs, [{ ...given.oidc, jwksJson: "" }]);
    const pool = await invoke(gcp, "gcp:iam/getWorkloadIdentityPool:getWorkloadIdentityPool", names);
    assert.deepEqual([pool.id, pool.disabled], [poolId, false]);
    await assert.rejects(
      invoke(gcp, "gcp:iam/getWorkloadIdentityPoolProvider:getWorkloadIdentityPoolProvider", {
        ...names,
        workloadIdentityPoolProviderId: "pulumi2",
      }),
      { details: /^notFound: Error 404/ },
    );
    await gcp.call("delete", "DeleteRequest", { Id: poolId, Urn: POOL, Properties: poolInputs });
    assert.equal(((await read(PROVIDER, id, properties, inputs)) as { getId(): string }).getId(), "");
    await assert.rejects(create(POOL, poolInputs), { details: /^alreadyExists: Error 409/ });
  });

  it("make, read, change and delete a Cloud Run service, once it is not protected", async () => {
    const SERVICE = urn("gcp:cloudrunv2/service:Service", "hello");
    const INVOKER = urn("gcp:cloudrunv2/serviceIamMember:ServiceIamMember", "invoker");
    const create = (of: string, Properties: object) =>
      gcp.call("create", "CreateRequest", { Urn: of, Properties }) as Promise<{ getId(): string }>;
    const template = { containers: [{ image: "a" }] };
    const inputs = await inputsOf(gcp, SERVICE, { location: "europe-west1", template });
    assert.match(String(inputs.name), /^hello-[0-9a-f]{7}$/);
    const made = await create(SERVICE, inputs);
    const id = made.getId();
    assert.equal(id, `projects/lab-project/locations/europe-west1/services/${String(inputs.name)}`);
    const properties = PluginProcess.struct(made as never, "Properties");
    assert.match(String(properties.uri), /^https:\/\/hello-[0-9a-f]{7}-\d{12}\.europe-west1\.run\.app$/);
    const read = (state: object) =>
      gcp.call("read", "ReadRequest", { Id: id, Urn: SERVICE, Properties: state, Inputs: inputs });
    assert.deepEqual(PluginProcess.struct(await read(properties), "Inputs"), inputs, "no drift");

    const grant = await inputsOf(gcp, INVOKER, {
      ...{ location: "europe-west1", name: properties.name, role: "roles/run.invoker", member: "allUsers" },
    });
    await create(INVOKER, grant);
    assert.deepEqual(gcpIam.grants(id), [{ role: "roles/run.invoker", member: "allUsers" }]);
    await assert.rejects(create(INVOKER, { ...grant, name: "hello2" }), { details: /^notFound: Error 404/ });

    const News = { ...inputs, customAudiences: ["https://api.example.com"], deletionProtection: false };
    const update = await gcp.call("update", "UpdateRequest", { Id: id, Urn: SERVICE, Olds: properties, News });
    assert.deepEqual(gcpIam.services.get(id).customAudiences, News.customAudiences);
    const remove = (Properties: object) => gcp.call("delete", "DeleteRequest", { Id: id, Urn: SERVICE, Properties });
    await assert.rejects(remove(properties), { details: /deletion_protection=false/ });
    await remove(PluginProcess.struct(update, "Properties"));
    assert.equal(((await read(properties)) as never as { getId(): string }).getId(), "");
  });

  it("give a member a role, and see when its account is gone", async () => {
    const ACCOUNT = urn("gcp:serviceaccount/account:Account", "gsa");
    const MEMBER = urn("gcp:serviceaccount/iAMMember:IAMMember", "wi");
    const inputs = await inputsOf(gcp, ACCOUNT, { accountId: "gke-gsa" });
    const account = PluginProcess.struct(
      await gcp.call("create", "CreateRequest", { Urn: ACCOUNT, Properties: inputs }),
      "Properties",
    );
    assert.equal(account.member, "serviceAccount:gke-gsa@lab-project.iam.gserviceaccount.com");
    const grant = {
      serviceAccountId: account.name,
      role: "roles/iam.workloadIdentityUser",
      member: "serviceAccount:lab-project.svc.id.goog[ns/sa]",
    };
    await gcp.call("create", "CreateRequest", { Urn: MEMBER, Properties: grant });
    const read = async () =>
      (await gcp.call("read", "ReadRequest", {
        Id: "m",
        Urn: MEMBER,
        Properties: grant,
        Inputs: grant,
      })) as unknown as {
        getId(): string;
      };
    assert.equal((await read()).getId(), "m");
    gcpIam.deleteAccount(String(account.email));
    assert.equal((await read()).getId(), "");
    await assert.rejects(gcp.call("create", "CreateRequest", { Urn: MEMBER, Properties: grant }), {
      details: /^notFound: Error 404/,
    });
  });

  it("give a member a role on a project, and refuse one whose pool is not there", async () => {
    const MEMBER = urn("gcp:projects/iAMMember:IAMMember", "viewer");
    const invoked = await gcp.call("invoke", "InvokeRequest", {
      Tok: "gcp:organizations/getProject:getProject",
      Args: { projectId: "lab-project" },
    });
    const { number } = PluginProcess.struct(invoked, "Return");
    assert.match(String(number), /^\d{12}$/);
    const member = (project: string) =>
      `principal://iam.googleapis.com/projects/${String(number)}/locations/global/workloadIdentityPools/${project}.svc.id.goog/subject/ns/ns/sa/sa`;
    const grant = { project: "lab-project", role: "roles/viewer", member: member("lab-project") };
    await gcp.call("create", "CreateRequest", { Urn: MEMBER, Properties: grant });
    const { role } = grant;
    assert.ok(gcpIam.hasGrant("projects/lab-project", { role, member: grant.member }));
    const elsewhere = { ...grant, member: member("other-project") };
    await assert.rejects(gcp.call("create", "CreateRequest", { Urn: MEMBER, Properties: elsewhere }), {
      details: /^badRequest: Error 400: Identity Pool does not exist/,
    });
    assert.deepEqual(gcpIam.grants("projects/lab-project"), [{ role, member: grant.member }]);
    await assert.rejects(
      gcp.call("invoke", "InvokeRequest", {
        Tok: "gcp:organizations/getProject:getProject",
        Args: { projectId: number },
      }),
      { details: /^forbidden: Error 403/ },
    );
  });

  it("say how to start a lab where there is none", async () => {
    for (const OIDC_RUNNER_LAB of ["", path.join(directory, "missing.json"), path.join(directory, "kubeconfig")]) {
      const lost = await PluginProcess.start("aws", { OIDC_RUNNER_LAB });
      await assert.rejects(lost.call("read", "ReadRequest", { Id: "r", Urn: ROLE, Properties: {} }), {
        details: /^LAB_NOT_FOUND: .*oidc-runner lab up/,
      });
      await lost.close();
    }
  });
});
