import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import {
  type CertificateAuthority,
  createCertificateAuthority,
  createServiceAccountKeys,
  type IssuedCertificate,
} from "../../../lab/cluster/pki";

async function get(port: number, options: object): Promise<number | undefined> {
  const call = request({ host: "127.0.0.1", port, agent: false, ...options });
  call.end();
  const [response] = await once(call, "response");
  response.resume();
  return response.statusCode;
}

describe("lab/cluster/pki", () => {
  let authority: CertificateAuthority;
  let server: IssuedCertificate;

  before(async () => {
    authority = await createCertificateAuthority();
    server = await authority.issue({ commonName: "server" });
  });

  it("issues certificates that TLS clients accept for their names, and no others", async () => {
    const listener = createServer({ cert: server.certificatePem, key: server.privateKeyPem }, (_, response) => {
      response.end();
    });
    await once(listener.listen(0, "127.0.0.1"), "listening");
    const { port } = listener.address() as AddressInfo;
    try {
      assert.equal(await get(port, { ca: authority.certificatePem }), 200);
      assert.equal(await get(port, { ca: authority.certificatePem, servername: "localhost" }), 200);
      await assert.rejects(get(port, { ca: authority.certificatePem, servername: "example.com" }), {
        code: "ERR_TLS_CERT_ALTNAME_INVALID",
      });
      const other = await createCertificateAuthority({ commonName: "other" });
      await assert.rejects(get(port, { ca: other.certificatePem }), /unable to (verify|get)/);
    } finally {
      listener.close();
    }
  });

  it("tells a server from a client by the certificate's usage", async () => {
    const options = {
      cert: server.certificatePem,
      key: server.privateKeyPem,
      ca: authority.certificatePem,
      requestCert: true,
    };
    const listener = createServer(options, (_, response) => {
      response.end();
    });
    await once(listener.listen(0, "127.0.0.1"), "listening");
    const { port } = listener.address() as AddressInfo;
    const client = await authority.issue({ commonName: "client", usages: ["client"] });
    const present = (issued: IssuedCertificate) => ({
      ca: authority.certificatePem,
      cert: issued.certificatePem,
      key: issued.privateKeyPem,
    });
    try {
      assert.equal(await get(port, present(client)), 200);
      await assert.rejects(get(port, present(server)));
      await assert.rejects(get(port, { ca: authority.certificatePem }));
    } finally {
      listener.close();
    }
  });

  it("writes what it was asked for into the certificate", async () => {
    const now = new Date("2026-01-02T03:04:05Z");
    const dated = await createCertificateAuthority({ days: 2, now: () => now });
    const root = new X509Certificate(dated.certificatePem);
    const issued = await dated.issue({ commonName: "etcd", organization: "lab", ips: ["127.0.0.2"], dnsNames: [] });
    const leaf = new X509Certificate(issued.certificatePem);
    assert.equal(root.ca, true);
    assert.equal(leaf.ca, false);
    assert.equal(leaf.checkIssued(root) && leaf.verify(root.publicKey), true);
    assert.equal(leaf.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
    assert.deepEqual(leaf.keyUsage, ["1.3.6.1.5.5.7.3.1"]); // TLS servers, and nobody else
    assert.equal(leaf.subject, "O=lab\nCN=etcd");
    assert.equal(leaf.subjectAltName, "IP Address:127.0.0.2");
    assert.equal(new Date(leaf.validFrom).toISOString(), "2026-01-02T02:04:05.000Z");
    assert.equal(new Date(leaf.validTo).toISOString(), "2026-01-04T03:04:05.000Z");
    assert.notEqual(
      leaf.serialNumber,
      new X509Certificate((await dated.issue({ commonName: "x" })).certificatePem).serialNumber,
    );
  });

  it("makes different RSA-2048 keys each time", async () => {
    const [one, two] = await Promise.all([createServiceAccountKeys(), createServiceAccountKeys()]);
    assert.match(one.privateKeyPem, /^-----BEGIN PRIVATE KEY-----/);
    assert.match(one.publicKeyPem, /^-----BEGIN PUBLIC KEY-----/);
    assert.notEqual(one.publicKeyPem, two.publicKeyPem);
  });
});
