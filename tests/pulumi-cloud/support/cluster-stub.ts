import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kubeconfig, writeKubeconfig } from "../../../lab/cluster/kubeconfig";
import { type CertificateAuthority, createCertificateAuthority } from "../../../lab/cluster/pki";
import type { KeySet } from "../../../trust/issuers/registration/key-set";

/** What the two documents of an API server need, as kube-apiserver serves them: a token, and an `Accept` of their own. */
export interface ClusterStub {
  /** May be changed at any time. */
  issuer: string;
  keys: KeySet;
  /** Status of every answer, when not 200. */
  status?: number;
  /** Body of every answer, when not its own. */
  body?: string;
  /** Connection data of an administrator. */
  kubeconfig: Required<Kubeconfig>;
  /** Writes a kubeconfig and returns its path. */
  write(name: string, changed?: Partial<Kubeconfig>): string;
  /** For files. */
  directory: string;
  stop(): Promise<void>;
}

/** Starts it on loopback, under an authority of its own. */
export async function startClusterStub(issuer: string, keys: KeySet): Promise<ClusterStub> {
  const authority: CertificateAuthority = await createCertificateAuthority();
  const { certificatePem: cert, privateKeyPem: key } = await authority.issue({ commonName: "kube-apiserver" });
  const directory = mkdtempSync(join(tmpdir(), "cluster-stub-"));
  const token = "the-secret-token-of-an-administrator";
  const server = createServer({ cert, key }, (request, response) => {
    const accepts = /application\/jwk-set\+json|\*\/\*/.test(request.headers.accept ?? "*/*");
    const documents: Record<string, object> = {
      "/.well-known/openid-configuration": { issuer: stub.issuer, jwks_uri: `${stub.issuer}/openid/v1/jwks` },
      "/openid/v1/jwks": stub.keys,
    };
    const document = documents[request.url ?? ""];
    const refused = request.headers.authorization === `Bearer ${token}` ? (accepts ? undefined : 406) : 401;
    response.statusCode = stub.status ?? refused ?? (document === undefined ? 404 : 200);
    response.end(stub.body ?? JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const kubeconfig = {
    server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    ca: authority.certificatePem,
  };
  const stub: ClusterStub = {
    ...{ issuer, keys, kubeconfig, directory },
    write(name, changed = {}) {
      const path = join(directory, name);
      writeKubeconfig(path, "stub", { ...kubeconfig, ...changed });
      return path;
    },
    stop: () =>
      new Promise((resolve) => {
        rmSync(directory, { recursive: true });
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return stub;
}
