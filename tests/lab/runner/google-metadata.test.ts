import assert from "node:assert/strict";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { listenOnLoopback } from "../../../lab/http/listen";
import { FailureLab, type Route } from "./failure-lab";

describe("pods on Google Cloud", () => {
  const lab = new FailureLab();

  const curl: Route = { name: "curl", tools: { curl: true } };
  const EMAIL = "runner@project-1.iam.gserviceaccount.com";
  let server: { url: string; close(): Promise<void> };
  let answers: ((flavor: string | undefined) => Response)[];
  const asked: string[] = [];

  before(async () => {
    await lab.start();
    const app = new Hono().get("*", (call) => {
      asked.push(call.req.path);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      return (answer as (typeof answers)[number])(call.req.header("Metadata-Flavor"));
    });
    server = await listenOnLoopback(
      createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as never,
      "http",
    );
  });
  after(async () => {
    await server?.close();
    await lab.fixture.stop();
  });

  const known = (flavor: string | undefined) =>
    flavor === "Google" ? new Response(EMAIL) : new Response("Missing Metadata-Flavor:Google header.", { status: 403 });
  const unknown = () => new Response("not yet, secret-in-a-page", { status: 503 });

  const wait = (env: Record<string, string> = {}, route = curl) => {
    const metadata = {
      OIDC_RUNNER_GOOGLE_IDENTITY: EMAIL,
      GCE_METADATA_HOST: server.url.replace("http://", ""),
      // It waits for a minute then: three tries must fit in, however busy the machine is.
      OIDC_RUNNER_RETRY_SECONDS: "1",
    };
    return lab.run(route, { env: { ...metadata, http_proxy: "http://127.0.0.1:1", ...env } });
  };
  /** Does not wait long for what does not come. */
  const soon = { OIDC_RUNNER_RETRY_SECONDS: "0.02" };
  const names = (identity: string) => () => new Response(identity);

  it("wait until the metadata server knows the pod", async () => {
    asked.length = 0;
    answers = [unknown, unknown, known];
    const { code, output } = await wait();
    assert.equal(code, 0, output);
    assert.match(
      output,
      new RegExp(`this pod's Google identity: ${EMAIL} \\(known after \\d+ ms\\)\n.*the command ran`),
    );
    assert.deepEqual([...new Set(asked)], ["/computeMetadata/v1/instance/service-accounts/default/email"]);
    assert.equal(asked.length, 3);
  });

  it("fail with a code when it never does, and repeat nothing of its answers", async () => {
    answers = [unknown];
    const { code, output } = await wait(soon);
    assert.equal(code, 75, output);
    assert.match(output, /METADATA_UNAVAILABLE: .* Fix: check that the node pool has Workload Identity/);
    assert.doesNotMatch(output, /secret-in-a-page|the command ran/);
  });

  it("wait for their own identity, and take no other for it [A15]", async () => {
    answers = [names("project-1.svc.id.goog"), names("12-compute@developer.gserviceaccount.com"), known];
    assert.equal((await wait()).code, 0);
    for (const [identity, cause] of [
      ["12-compute@developer.gserviceaccount.com", /Cause: that is the node's own account.* Fix: .*GKE_METADATA/],
      [`x${EMAIL}`, /Cause: .*annotated with another one.* Fix: /],
      ["project-1.svc.id.goog", /Cause: its ServiceAccount lacks the annotation\. Fix: annotate it with iam.*=runner@/],
    ] as const) {
      answers = [names(identity)];
      const { code, output } = await wait(soon);
      assert.equal(code, 78, output);
      assert.ok(
        output.includes(`METADATA_OTHER_IDENTITY: this pod's Google identity is ${identity}, expected: ${EMAIL}.`),
      );
      assert.match(output, cause);
      assert.doesNotMatch(output, /the command ran/);
    }
  });

  it("are known by the name of their pool, or as a principal of it, without a service account of Google's [A15]", async () => {
    const pool = { OIDC_RUNNER_GOOGLE_IDENTITY: "project-1.svc.id.goog" };
    const principal = (name: string) =>
      `principal://iam.googleapis.com/projects/12/locations/global/workloadIdentityPools/${name}/subject/ns/a/sa/b`;
    for (const identity of ["project-1.svc.id.goog", principal("project-1.svc.id.goog")]) {
      answers = [names(identity)];
      assert.ok((await wait(pool)).output.includes(`identity: ${identity} (known`), identity);
    }
    for (const identity of ["project-2.svc.id.goog", principal("project-2.svc.id.goog"), EMAIL]) {
      answers = [names(identity)];
      const { code, output } = await wait({ ...pool, ...soon });
      assert.equal(code, 78, output);
    }
  });

  it("do not take another server's page for an identity", async () => {
    answers = [names("<html>sign in to the network</html>")];
    assert.equal((await wait(soon)).code, 75);
  });

  it("are not started without curl, since nothing else can ask", async () => {
    const { code, output } = await wait({}, { name: "CLI", tools: { pulumi: "true" } });
    assert.equal(code, 78, output);
  });

  it("do not wait unless they are told to", async () => {
    asked.length = 0;
    answers = [known];
    const { output } = await wait({ OIDC_RUNNER_GOOGLE_IDENTITY: "" });
    assert.match(output, /the command ran/);
    assert.deepEqual(asked, []);
  });
});
