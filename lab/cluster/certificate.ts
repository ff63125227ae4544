import { createHash, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIPv4 } from "node:net";
import {
  bitString,
  booleanTrue,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  utcTime,
  utf8String,
} from "./der";

/** What a certificate may be used for in TLS. */
export type CertificateUsage = "server" | "client";

/** Contents of a certificate, before it is signed with ECDSA and SHA-256. */
export interface CertificateRequest {
  /** Subject common name. */
  commonName: string;
  /** Subject organization; Kubernetes reads it as a group. */
  organization?: string;
  /** Common name of the signer. */
  issuerName: string;
  publicKey: KeyObject;
  /** The signer's P-256 key pair. */
  signingKey: KeyObject;
  signingPublicKey: KeyObject;
  notBefore: Date;
  /** Before 2050. */
  notAfter: Date;
  /** An authority signs others and has no usages of its own. */
  authority: boolean;
  usages: CertificateUsage[];
  /** IPv4 addresses it is valid for. */
  ips: string[];
  dnsNames: string[];
}

const ECDSA_WITH_SHA256 = sequence(objectIdentifier("1.2.840.10045.4.3.2"));
const USAGE_IDENTIFIERS: Record<CertificateUsage, string> = {
  server: "1.3.6.1.5.5.7.3.1",
  client: "1.3.6.1.5.5.7.3.2",
};

function name(commonName: string, organization?: string): Buffer {
  const part = (identifier: string, value: string) => set(sequence(objectIdentifier(identifier), utf8String(value)));
  const organizationPart = organization === undefined ? [] : [part("2.5.4.10", organization)];
  return sequence(...organizationPart, part("2.5.4.3", commonName));
}

function extension(identifier: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectIdentifier(identifier), ...(critical ? [booleanTrue()] : []), octetString(value));
}

const keyIdentifier = (key: KeyObject): Buffer =>
  createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest()
    .subarray(0, 20);

function addressBytes(ip: string): Buffer {
  if (!isIPv4(ip)) {
    throw new TypeError(`not an IPv4 address: ${ip}`);
  }
  return Buffer.from(ip.split(".").map(Number));
}

function extensions(request: CertificateRequest): Buffer {
  // Key usage bits from the left: 0 digitalSignature, 5 keyCertSign, 6 cRLSign.
  const keyUsage = request.authority ? bitString(Buffer.from([0b0000_0110]), 1) : bitString(Buffer.from([0x80]), 7);
  const items = [
    extension("2.5.29.19", true, request.authority ? sequence(booleanTrue()) : sequence()),
    extension("2.5.29.15", true, keyUsage),
    extension("2.5.29.14", false, octetString(keyIdentifier(request.publicKey))),
    extension("2.5.29.35", false, sequence(implicit(0, keyIdentifier(request.signingPublicKey)))),
  ];
  if (request.usages.length > 0) {
    const identifiers = request.usages.map((usage) => objectIdentifier(USAGE_IDENTIFIERS[usage]));
    items.push(extension("2.5.29.37", false, sequence(...identifiers)));
  }
  const names = [
    ...request.dnsNames.map((dnsName) => implicit(2, Buffer.from(dnsName, "ascii"))),
    ...request.ips.map((ip) => implicit(7, addressBytes(ip))),
  ];
  if (names.length > 0) {
    items.push(extension("2.5.29.17", false, sequence(...names)));
  }
  return sequence(...items);
}

/** Signs an X.509 v3 certificate and returns it as PEM. */
export function signCertificate(request: CertificateRequest): string {
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x40; // positive, and never shorter than 16 bytes
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_WITH_SHA256,
    name(request.issuerName),
    sequence(utcTime(request.notBefore), utcTime(request.notAfter)),
    name(request.commonName, request.organization),
    request.publicKey.export({ type: "spki", format: "der" }),
    explicit(3, extensions(request)),
  );
  const signature = sign("sha256", body, request.signingKey);
  const certificate = sequence(body, ECDSA_WITH_SHA256, bitString(signature));
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
