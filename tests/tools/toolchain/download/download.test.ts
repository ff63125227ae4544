import assert from "node:assert/strict";
import { createCertificateAuthority } from "../../../../lab/cluster/pki";
import { serveTls } from "../../../../lab/http/tls-server";
import { fetchText, isReachable } from "../../../../tools/toolchain/download/download";
import { CLOSED_ADDRESS, serve } from "../fixtures";

describe("toolchain/download", () => {
  it("calls a server reachable whatever it answers, and not one that is silent or not there", async () => {
    const refusing = await serve((_request, response) => response.writeHead(403).end());
    const silent = await serve(() => {});
    assert.equal(await isReachable(refusing.url), true);
    assert.equal(await isReachable(silent.url, 100), false);
    assert.equal(await isReachable(CLOSED_ADDRESS), false);
    assert.equal(await isReachable("http://name.invalid/"), false);
    await refusing.close();
    await silent.close();
  });

  it("leaves the judgement of a certificate to whoever fetches", async () => {
    // Nobody's authority signed it: what a proxy that looks into TLS shows to a Node without its certificate.
    const authority = await createCertificateAuthority();
    const server = await serveTls(() => new Response("answer"), await authority.issue({ commonName: "localhost" }));
    assert.equal(await isReachable(server.url), true);
    await assert.rejects(fetchText(server.url), /certificate/);
    await server.close();
  });

  it("asks through the proxy of the environment", async () => {
    const saved = process.env.http_proxy;
    const proxy = await serve((_request, response) => response.end("from the proxy"));
    // A plain request for another host reaches the proxy as a tunnel or as an absolute URL: either way, the proxy.
    proxy.server.on("connect", (_request, socket) => {
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      proxy.requests.push("CONNECT");
    });
    process.env.http_proxy = proxy.url;
    try {
      await fetchText("http://name.invalid/file").catch(() => undefined);
      assert.ok(proxy.requests.length > 0);
    } finally {
      if (saved === undefined) delete process.env.http_proxy;
      else process.env.http_proxy = saved;
      await proxy.close();
    }
  });
});
