import { generateKeyPair, generateKeyPairSync } from "node:crypto";
import { promisify } from "node:util";
import { type CertificateUsage, signCertificate } from "./certificate";

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
  /** IPv4 addresses; default `127.0.0.1`. */
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
  issue(request: IssueRequest): IssuedCertificate;
}

/** A key pair that signs ServiceAccount tokens, both PEM. */
export interface SigningKeyPair {
  privateKeyPem: string;
  publicKeyPem: string;
}

const DAY_MILLISECONDS = 86_400_000;
/** Clocks of containers and machines differ a little; a certificate that starts now may start in somebody's future. */
const BACKDATED_MILLISECONDS = 3_600_000;

const newKeyPair = () => generateKeyPairSync("ec", { namedCurve: "P-256" });

/**
 * Makes a certificate authority with a new P-256 key, good for a lab's life.
 *
 * @param options `commonName`: default `oidc-runner lab`; `days`: life of it and all it issues, default 30; `now`: clock
 */
export function createCertificateAuthority(
  options: { commonName?: string; days?: number; now?: () => Date } = {},
): CertificateAuthority {
  const { commonName: issuerName = "oidc-runner lab", days = 30, now = () => new Date() } = options;
  const authority = newKeyPair();
  const start = now().getTime();
  const signer = {
    issuerName,
    signingKey: authority.privateKey,
    signingPublicKey: authority.publicKey,
    notBefore: new Date(start - BACKDATED_MILLISECONDS),
    notAfter: new Date(start + days * DAY_MILLISECONDS),
  };
  return {
    certificatePem: signCertificate({
      ...signer,
      commonName: issuerName,
      publicKey: authority.publicKey,
      authority: true,
      usages: [],
      ips: [],
      dnsNames: [],
    }),
    issue({ commonName, organization, ips = ["127.0.0.1"], dnsNames = ["localhost"], usages = ["server"] }) {
      const { privateKey, publicKey } = newKeyPair();
      const subject = { commonName, organization, publicKey, authority: false, usages, ips, dnsNames };
      return {
        certificatePem: signCertificate({ ...signer, ...subject }),
        privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
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
