import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type CertificateAuthority, createCertificateAuthority, createServiceAccountKeys } from "./pki";
import { makePrivateDirectory, writePrivateFile } from "./private-file";

/** Bearer tokens of the API server's built-in users. */
export interface ControlPlaneTokens {
  /** Group `system:masters`. */
  administrator: string;
  /** The node agent, `system:node:NODE`. */
  node: string;
  controllerManager: string;
}

/** What the node agent needs to let only the API server read its containers' logs. */
export interface KubeletCredentials {
  certificatePem: string;
  privateKeyPem: string;
  /** Authority of the one client that may connect. */
  clientCaPem: string;
}

const newToken = () => randomBytes(32).toString("base64url");

/**
 * Writes keys, certificates and tokens of a control plane into `pki` (0700, files 0600).
 *
 * The lab's authority signs only what clients see. etcd's clients and the kubelet's one client are told by authorities
 * made here and forgotten: a certificate of another server of the lab opens neither.
 */
export async function writeControlPlaneFiles(
  pki: string,
  ca: CertificateAuthority,
  nodeName: string,
): Promise<{ tokens: ControlPlaneTokens; kubelet: KubeletCredentials }> {
  makePrivateDirectory(pki);
  const write = (file: string, contents: string) => writePrivateFile(path.join(pki, file), contents);
  const [etcdCa, kubeletCa] = await Promise.all([
    createCertificateAuthority({ commonName: "etcd" }),
    createCertificateAuthority({ commonName: "kubelet" }),
  ]);
  const certificates = {
    apiserver: await ca.issue({
      commonName: "kube-apiserver",
      dnsNames: ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"],
    }),
    etcd: await etcdCa.issue({ commonName: "etcd", usages: ["server", "client"] }),
    "kubelet-client": await kubeletCa.issue({
      commonName: "kube-apiserver",
      usages: ["client"],
      dnsNames: [],
      ips: [],
    }),
  };
  for (const [name, { certificatePem, privateKeyPem }] of Object.entries(certificates)) {
    write(`${name}.crt`, certificatePem);
    write(`${name}.key`, privateKeyPem);
  }
  write("ca.crt", ca.certificatePem);
  write("etcd-ca.crt", etcdCa.certificatePem);
  write("kubelet-ca.crt", kubeletCa.certificatePem);
  const tokens = { administrator: newToken(), node: newToken(), controllerManager: newToken() };
  write(
    "tokens.csv",
    [
      `${tokens.administrator},admin,admin,"system:masters"`,
      // The node authorizer is off (RBAC alone), so the agent reads secrets and asks for tokens as an administrator.
      `${tokens.node},system:node:${nodeName},node,"system:nodes,system:masters"`,
      `${tokens.controllerManager},system:kube-controller-manager,controller-manager`,
      "",
    ].join("\n"),
  );
  await rotateServiceAccountKey(pki);
  const kubelet = await kubeletCa.issue({ commonName: `system:node:${nodeName}` });
  return { tokens, kubelet: { ...kubelet, clientCaPem: kubeletCa.certificatePem } };
}

/** Writes a new key to sign ServiceAccounts' tokens, and beside its public half that of the key before it. */
export async function rotateServiceAccountKey(pki: string): Promise<void> {
  const publicFile = path.join(pki, "service-account.pub");
  const { privateKeyPem, publicKeyPem } = await createServiceAccountKeys();
  const [last = ""] = existsSync(publicFile)
    ? readFileSync(publicFile, "utf8").split(/(?<=-----END PUBLIC KEY-----\n)/)
    : [];
  writePrivateFile(path.join(pki, "service-account.key"), privateKeyPem);
  writePrivateFile(publicFile, `${publicKeyPem}${last}`);
}
