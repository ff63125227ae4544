import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where distributions keep the public certificate authorities, as Go looks for them (golang/go at go1.26, crypto/x509/root_linux.go). */
export const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** This machine's public authorities and the lab's in one file, and what makes pods believe it. */
export interface Authorities {
  file: string;
  /** Files of every container. */
  binds: { source: string; target: string }[];
  /** For programs that have authorities of their own: Node.js, Python's requests, AWS' SDKs. Go, OpenSSL and curl read the file. */
  environment: Record<string, string>;
}

/**
 * Writes the authorities that the lab's pods and the Pulumi CLI trust, so that the lab's servers are trusted as public ones are, without
 * `caCertificates` in a program.
 *
 * @param ca PEM of the lab's authority
 */
export function writeAuthorities(directory: string, ca: string): Authorities {
  const found = BUNDLES.filter((path) => existsSync(path));
  // The shell's own choice comes first: it may know of a proxy that opens TLS.
  const [base] = [process.env.SSL_CERT_FILE ?? "", ...found].filter((path) => existsSync(path));
  const file = join(directory, "authorities.crt");
  writeFileSync(file, `${base === undefined ? "" : readFileSync(base, "utf8").trimEnd()}\n${ca}`);
  // Pods run as other users.
  chmodSync(file, 0o644);
  const targets = found.length > 0 ? found : BUNDLES.slice(0, 1);
  const path = targets[0] as string;
  return {
    file,
    binds: targets.map((target) => ({ source: file, target })),
    environment: { NODE_EXTRA_CA_CERTS: path, REQUESTS_CA_BUNDLE: path, AWS_CA_BUNDLE: path },
  };
}
