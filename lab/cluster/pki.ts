import { generateKeyPair, KeyObject, webcrypto } from "node:crypto";
import { promisify } from "node:util";
import type { Extension, JsonNameParams } from "@peculiar/x509";

/** What a certificate may be used for in TLS. */
export type CertificateUsage = "server" | "client";

/** A certificate with its private key, both PEM (the key as PKCS #8). */
export interface IssuedCertificate {
  certificatePem: string;
  privateKeyPem: string;
}

/** What a certificate is asked for. */
export interface IssueRequest {
  commonName: string;
  /** Subject organization; Kubernetes reads it as a group. */
  organization?: string;
  /** IP addresses; default `127.0.0.1`. */
  ips?: string[];
  /** Default `localhost`. */
  dnsNames?: string[];
  /** Default `["server"]`. */
  usages?: CertificateUsage[];
}

/** Signs the certificates of every server of one lab. Its key exists in memory only. */
export interface CertificateAuthority {
  /** The authority's own certificate, what clients have to trust. */
  certificatePem: string;
  issue(request: IssueRequest): Promise<IssuedCertificate>;
}

/** A key pair that signs ServiceAccount tokens, both PEM. */
export interface SigningKeyPair {
  privateKeyPem: string;
  publicKeyPem: string;
}

const DAY_MS = 86_400_000;
/** Clocks of containers and machines differ a little; a certificate that starts now may start in somebody's future. */
const BACKDATED_MS = 3_600_000;

const newKeyPair = () => webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);

/** The library is loaded when the first authority is made: it takes about 100 ms, and nothing else needs it. */
async function loadX509() {
  // Its dependency injection refuses to load without this global.
  await import("reflect-metadata");
  return await import("@peculiar/x509");
}

/** The encoding is given, so that no value can be read as the library's escapes. */
function distinguishedName(commonName: string, organization?: string): JsonNameParams {
  const organizationPart = organization === undefined ? [] : [{ O: [{ utf8String: organization }] }];
  return [...organizationPart, { CN: [{ utf8String: commonName }] }];
}

/**
 * Makes a certificate authority with a new P-256 key, good for a lab's life.
 *
 * @param options `commonName`: default `oidc-runner lab`; `days`: life of it and all it issues, default 30; `now`: clock
 */
export async function createCertificateAuthority(
  options: { commonName?: string; days?: number; now?: () => Date } = {},
): Promise<CertificateAuthority> {
  const { commonName: issuerName = "oidc-runner lab", days = 30, now = () => new Date() } = options;
  const x509 = await loadX509();
  const authority = await newKeyPair();
  const start = now().getTime();

  const sign = async (subject: JsonNameParams, publicKey: webcrypto.CryptoKey, extensions: Extension[]) => {
    const certificate = await x509.X509CertificateGenerator.create({
      issuer: new x509.Name(distinguishedName(issuerName)),
      subject: new x509.Name(subject),
      notBefore: new Date(start - BACKDATED_MS),
      notAfter: new Date(start + days * DAY_MS),
      publicKey,
      signingKey: authority.privateKey,
      extensions: [
        ...extensions,
        await x509.SubjectKeyIdentifierExtension.create(publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
      ],
    });
    return `${certificate.toString("pem")}\n`;
  };
  const { keyCertSign, cRLSign, digitalSignature } = x509.KeyUsageFlags;
  const usageIdentifiers = { server: x509.ExtendedKeyUsage.serverAuth, client: x509.ExtendedKeyUsage.clientAuth };

  return {
    certificatePem: await sign(distinguishedName(issuerName), authority.publicKey, [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
    ]),
    async issue({ commonName, organization, ips = ["127.0.0.1"], dnsNames = ["localhost"], usages = ["server"] }) {
      const { privateKey, publicKey } = await newKeyPair();
      const names = [
        ...dnsNames.map((value) => ({ type: "dns" as const, value })),
        ...ips.map((value) => ({ type: "ip" as const, value })),
      ];
      const extensions = [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(digitalSignature, true),
        // Present and empty, these two would be invalid.
        ...(usages.length > 0
          ? [new x509.ExtendedKeyUsageExtension(usages.map((usage) => usageIdentifiers[usage]))]
          : []),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      ];
      return {
        certificatePem: await sign(distinguishedName(commonName, organization), publicKey, extensions),
        privateKeyPem: KeyObject.from(privateKey).export({ type: "pkcs8", format: "pem" }).toString(),
      };
    },
  };
}

/** Makes the RSA-2048 key pair a cluster signs its ServiceAccount tokens with. */
export async function createServiceAccountKeys(): Promise<SigningKeyPair> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return {
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}
