import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificateAuthority } from "../../../lab/cluster/pki";
import { CloudClient, type Fetch } from "../../../pulumi-cloud/api/client";
import { createFetch } from "../../../pulumi-cloud/api/fetch";
import { Fixture } from "../../lab/pulumi-cloud/fixture";

/** What a request's way depends on. */
const VARIABLES = [
  ...["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"],
  "NODE_EXTRA_CA_CERTS",
];

/** A proxy on loopback that tunnels wherever it is asked to (RFC 9110 §9.3.6). */
class TunnelProxy {
  readonly tunnels: string[] = [];
  readonly #sockets = new Set<Socket>();
  #server!: Server;
  /** What it answers when it does not let anybody through. */
  refusal: string | undefined;

  async start(): Promise<string> {
    this.#server = createServer();
    this.#server.on("connect", (request: IncomingMessage, client: Socket) => {
      this.tunnels.push(request.url as string);
      this.#keep(client);
      if (this.refusal !== undefined) {
        client.end(`HTTP/1.1 ${this.refusal}\r\n\r\n`);
        return;
      }
      const { hostname, port } = new URL(`http://${request.url}`);
      const service = connect(Number(port), hostname, () => {
        client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        service.pipe(client).pipe(service);
      });
      this.#keep(service);
    });
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    this.#server.close();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
  }
}

describe("pulumi-cloud/api/fetch", () => {
  const lab = new Fixture();
  const proxy = new TunnelProxy();
  const saved = new Map<string, string | undefined>();
  let proxyUrl: string;
  let directory: string;

  before(async () => {
    await lab.start();
    proxyUrl = await proxy.start();
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-fetch-"));
  });
  after(async () => {
    proxy.stop();
    await lab.stop();
    rmSync(directory, { recursive: true });
  });
  beforeEach(() => {
    for (const name of VARIABLES) {
      saved.set(name, process.env[name]);
      delete process.env[name];
    }
    proxy.tunnels.length = 0;
    proxy.refusal = undefined;
  });
  afterEach(() => {
    for (const [name, value] of saved) {
      // The object itself must stay: other modules hold on to it.
      if (value === undefined) {
        delete process.env[name];
      } else {
        process.env[name] = value;
      }
    }
  });

  const issuers = (fetch: Fetch) =>
    new CloudClient({
      apiUrl: lab.cloud.url,
      organization: "acme",
      accessToken: lab.cloud.adminToken,
      fetch,
    }).listIssuers();
  const host = () => new URL(lab.cloud.url).host;

  it("goes directly where no proxy is named", async () => {
    assert.deepEqual(await issuers(await createFetch(lab.authority.certificatePem)), []);
    assert.deepEqual(proxy.tunnels, []);
  });

  for (const variable of ["HTTPS_PROXY", "https_proxy"]) {
    it(`goes through the proxy of ${variable}, which sees nothing but the address`, async () => {
      process.env[variable] = proxyUrl;
      assert.deepEqual(await issuers(await createFetch(lab.authority.certificatePem)), []);
      assert.deepEqual(proxy.tunnels, [host()]);
    });
  }

  it("leaves the proxy out for a host of NO_PROXY, and for no other", async () => {
    process.env.HTTPS_PROXY = proxyUrl;
    process.env.NO_PROXY = `example.com,${new URL(lab.cloud.url).hostname}`;
    await issuers(await createFetch(lab.authority.certificatePem));
    assert.deepEqual(proxy.tunnels, []);
    process.env.NO_PROXY = "example.com";
    await issuers(await createFetch(lab.authority.certificatePem));
    assert.deepEqual(proxy.tunnels, [host()]);
  });

  it("says that the proxy refused", async () => {
    process.env.HTTPS_PROXY = proxyUrl;
    proxy.refusal = "407 Proxy Authentication Required";
    await assert.rejects(issuers(await createFetch(lab.authority.certificatePem)), {
      code: "PULUMI_CLOUD_UNREACHABLE",
      message: /407.+HTTPS_PROXY/,
    });
  });

  it("trusts a private authority only when it is given", async () => {
    await assert.rejects(issuers(await createFetch(undefined)), {
      code: "PULUMI_CLOUD_UNREACHABLE",
      message: /certificate.+caCertificates/,
    });
    const other = await createCertificateAuthority();
    await assert.rejects(issuers(await createFetch(other.certificatePem)), { code: "PULUMI_CLOUD_UNREACHABLE" });
  });

  it("keeps trusting NODE_EXTRA_CA_CERTS when further certificates are given, and does without a file that is gone", async () => {
    const other = await createCertificateAuthority();
    process.env.NODE_EXTRA_CA_CERTS = join(directory, "extra.pem");
    await assert.rejects(issuers(await createFetch(other.certificatePem)), { code: "PULUMI_CLOUD_UNREACHABLE" });
    writeFileSync(process.env.NODE_EXTRA_CA_CERTS, lab.authority.certificatePem);
    assert.deepEqual(await issuers(await createFetch(other.certificatePem)), []);
  });
});
