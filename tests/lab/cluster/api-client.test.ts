import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { ApiClient } from "../../../lab/cluster/api-client";
import { hasStatusCode } from "../../../lab/cluster/api-error";
import { readKubeconfig, writeKubeconfig } from "../../../lab/cluster/kubeconfig";
import { type CertificateAuthority, createCertificateAuthority } from "../../../lab/cluster/pki";

const TOKEN = "s3cret-token";

describe("lab/cluster/api-client", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "oidc-runner-client-"));
  const kubeconfig = path.join(directory, "kubeconfig");
  let ca: CertificateAuthority;
  let server: Server;
  let url: string;
  let client: ApiClient;

  before(async () => {
    ca = await createCertificateAuthority();
    const { certificatePem, privateKeyPem } = await ca.issue({ commonName: "api" });
    server = createServer({ cert: certificatePem, key: privateKeyPem }, (request, response) => {
      if (request.headers.authorization !== `Bearer ${TOKEN}`) {
        response.writeHead(401).end('{"kind":"Status","message":"Unauthorized","reason":"Unauthorized"}');
      } else if (request.url === "/missing") {
        response.writeHead(404).end('{"kind":"Status","message":"pods \\"x\\" not found","reason":"NotFound"}');
      } else if (request.url === "/readyz") {
        const well = "[+]ping ok\n".repeat(60);
        response.writeHead(500).end(`${well}[-]poststarthook/x failed: reason withheld\n${well}readyz check failed\n`);
      } else if (request.url?.startsWith("/watched")) {
        response.write('{"type":"ADDED","object":{"n":1}}\n{"type":"MODI');
        setTimeout(() => response.end('FIED","object":{"n":"é"}}\n{"type":"ERROR","object":{"code":410}}\n'), 10);
      } else {
        response.setHeader("warning", '299 - "would \\"violate\\" it"');
        response.end(
          JSON.stringify({ method: request.method, url: request.url, type: request.headers["content-type"] }),
        );
      }
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    writeKubeconfig(kubeconfig, "lab", { server: url, token: TOKEN, ca: ca.certificatePem });
    client = ApiClient.fromKubeconfig(kubeconfig);
  });
  after(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it("quotes of a refused health check what is not well alone", async () => {
    const message = /^KUBERNETES_API_REFUSED: \[-\]poststarthook\/x failed: reason withheld \(at/;
    await assert.rejects(client.text("/readyz"), { message });
  });

  it("sends what it is told and hands on warnings", async () => {
    const warnings: string[] = [];
    const options = { type: "apply", query: { fieldManager: "m", force: true, dryRun: undefined } } as const;
    assert.deepEqual(await client.patch("/x", {}, { ...options, onWarning: (text) => warnings.push(text) }), {
      method: "PATCH",
      url: "/x?fieldManager=m&force=true",
      type: "application/apply-patch+yaml",
    });
    assert.deepEqual(warnings, ['would "violate" it']);
  });

  it("throws the server's refusals with status code and reason, without the token", async () => {
    await assert.rejects(client.get("/missing"), (error: unknown) => {
      assert.equal(hasStatusCode(error, 403), false);
      assert(hasStatusCode(error, 404));
      assert.equal(error.status.reason, "NotFound");
      assert.match(error.message, /pods "x" not found \(at GET \/missing, HTTP 404\)/);
      return !error.message.includes(TOKEN);
    });
    assert.equal(await client.find("/missing"), undefined);
    await assert.rejects(client.find("/x", { token: "other" }), { statusCode: 401 });
  });

  it("watches, whatever way the stream is cut, until the server says its history is gone", async () => {
    const seen: unknown[] = [];
    const watch = async () => {
      for await (const event of client.watch("/watched")) {
        seen.push(event);
      }
    };
    await assert.rejects(watch(), { statusCode: 410 });
    assert.deepEqual(seen, [
      { type: "ADDED", object: { n: 1 } },
      { type: "MODIFIED", object: { n: "é" } },
    ]);
  });

  it("trusts only the authority it was given", async () => {
    const trusting = new ApiClient({ server: url, token: TOKEN });
    await assert.rejects(trusting.get("/x"), { code: "KUBERNETES_API_UNREACHABLE" });
    await trusting.close();
  });

  it("writes kubeconfigs for their owner alone and refuses broken ones without quoting them", () => {
    assert.equal(statSync(kubeconfig).mode & 0o777, 0o600);
    assert.deepEqual(readKubeconfig(kubeconfig), { server: url, token: TOKEN, ca: ca.certificatePem });
    const broken = path.join(directory, "broken");
    for (const text of [`users: [{token: ${TOKEN}`, "current-context: none", ""]) {
      writeFileSync(broken, text);
      assert.throws(
        () => readKubeconfig(broken),
        (error: Error) => {
          return "code" in error && error.code === "KUBECONFIG_UNREADABLE" && !error.message.includes(TOKEN);
        },
      );
    }
  });
});
