import assert from "node:assert/strict";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { listenOnLoopback } from "../../../lab/http/listen";
import { FailureLab, type Route } from "./failure-lab";

describe("pods on Google Cloud", function () {
  // Against hangs only.
  this.timeout(400_000);
  const lab = new FailureLab();

  const routes: Route[] = [
    { name: "curl", tools: { curl: true } },
    { name: "GNU wget", tools: { wget: "gnu" } },
    { name: "busybox wget", tools: { wget: "busybox-openssl" }, host: "localhost" },
  ];
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

  const wait = (route: Route, env: Record<string, string> = {}) => {
    const metadata = {
      OIDC_RUNNER_WAIT_FOR_METADATA: "true",
      GCE_METADATA_HOST: server.url.replace("http://", ""),
      // It waits for a minute then: three tries must fit in, however busy the machine is.
      OIDC_RUNNER_RETRY_SECONDS: "1",
    };
    return lab.run(route, { env: { ...metadata, http_proxy: "http://127.0.0.1:1", ...env } });
  };

  for (const route of routes) {
    it(`wait until the metadata server knows the pod: ${route.name}`, async () => {
      asked.length = 0;
      answers = [unknown, unknown, known];
      const { code, output } = await wait(route);
      assert.equal(code, 0, output);
      assert.match(
        output,
        new RegExp(`this pod's Google identity: ${EMAIL} \\(known after \\d+ ms\\)\n.*the command ran`),
      );
      assert.deepEqual([...new Set(asked)], ["/computeMetadata/v1/instance/service-accounts/default/email"]);
      assert.equal(asked.length, 3);
    });

    it(`fail with a code when it never does, and repeat nothing of its answers: ${route.name}`, async () => {
      answers = [unknown];
      const { code, output } = await wait(route, { OIDC_RUNNER_RETRY_SECONDS: "0.02" });
      assert.equal(code, 75, output);
      assert.match(output, /METADATA_UNAVAILABLE: .* Fix: check that the node pool has Workload Identity/);
      assert.doesNotMatch(output, /secret-in-a-page|the command ran/);
    });
  }

  it("know a pod without a service account of Google's by the name of its pool", async () => {
    answers = [() => new Response("project-1.svc.id.goog")];
    assert.match((await wait(routes[0] as Route)).output, /identity: project-1\.svc\.id\.goog /);
  });

  it("do not take another server's page for an identity", async () => {
    answers = [() => new Response("<html>sign in to the network</html>")];
    const { code } = await wait(routes[0] as Route, { OIDC_RUNNER_RETRY_SECONDS: "0.02" });
    assert.equal(code, 75);
  });

  it("do not wait unless they are told to", async () => {
    asked.length = 0;
    answers = [known];
    const { output } = await wait(routes[0] as Route, { OIDC_RUNNER_WAIT_FOR_METADATA: "false" });
    assert.match(output, /the command ran/);
    assert.deepEqual(asked, []);
  });
});
