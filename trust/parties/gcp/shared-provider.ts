import type { Claims } from "../../claims";
import { OidcRunnerError } from "../../errors";
import { checkLengths, type GcpTrustDocument, quoted } from "./document";
import { POOL_NAME, SUBJECT_BYTES } from "./members";
import { checkGcpTrust } from "./proof";

/** A provider that several trusts of one tenant share, and the members of one trust. */
export interface GcpSharedTrust {
  issuer: string;
  audience: string;
  /** `projects/NUMBER/locations/global/workloadIdentityPools/POOL`, which is the pool's `name`. */
  pool: string;
  /** The subjects of the tenant, by how they begin, up to what ends its name. */
  subjects: readonly GcpSubjects[];
  /** For each of Google's attributes the claims whose values it is, with a slash between them; no value has one. */
  attributes: Readonly<Record<string, readonly string[]>>;
  /** Values of attributes that are trusted. */
  identities: readonly GcpIdentity[];
}

/** Subjects that begin and end alike. */
export interface GcpSubjects {
  start: string;
  /** Default: any. */
  end?: string;
}

/** Tokens by the value of an attribute. */
export interface GcpIdentity {
  /** `google.subject` or `attribute.NAME`. */
  attribute: string;
  value: string;
}

/** What a provider is made from. */
export type GcpProviderSettings = Omit<GcpTrustDocument, "members">;

/**
 * The provider and members by which tokens get an identity of Google Cloud. The provider's condition names the tenant alone, so
 * that several programs can share it: which tokens of the tenant are trusted is said by the members.
 *
 * @throws OidcRunnerError `GCP_TRUST_INVALID`, `GCP_SUBJECT_TOO_LONG`
 */
export function gcpSharedTrust(trust: GcpSharedTrust): GcpTrustDocument {
  const { issuer, audience, pool, subjects, attributes, identities } = trust;
  const attributeCondition = subjects
    .map(({ start, end }) => {
      const begins = `assertion.sub.startsWith(${quoted(start)})`;
      return end === undefined ? begins : `${begins} && assertion.sub.endsWith(${quoted(end)})`;
    })
    .join(" || ");
  checkLengths(audience, attributeCondition, pool);
  const tooLong = identities.find(
    ({ attribute, value }) => attribute === "google.subject" && Buffer.byteLength(value) > SUBJECT_BYTES,
  );
  if (tooLong !== undefined) {
    const what = `"${tooLong.value}" has ${Buffer.byteLength(tooLong.value)} bytes, and google.subject at most ${SUBJECT_BYTES}`;
    throw new OidcRunnerError("GCP_SUBJECT_TOO_LONG", what, { where: "subject", fix: "shorten the names in it" });
  }
  const mapped = Object.entries(attributes).map(([attribute, claims]) => [
    attribute,
    claims.map((claim) => `assertion.${claim}`).join(" + '/' + "),
  ]);
  return {
    issuerUri: issuer,
    allowedAudiences: [audience],
    attributeMapping: Object.fromEntries(mapped) as Record<string, string>,
    attributeCondition,
    members: identities.map(({ attribute, value }) =>
      attribute === "google.subject"
        ? `principal://iam.googleapis.com/${pool}/subject/${value}`
        : `principalSet://iam.googleapis.com/${pool}/${attribute}/${value}`,
    ),
  };
}

/**
 * The same, proven: the tokens are who the members stand for, their neighbours are not.
 *
 * @throws OidcRunnerError `GCP_TRUST_INVALID`, `GCP_SUBJECT_TOO_LONG`, `TRUST_NOT_PROVEN`
 */
export function proveGcpSharedTrust(
  trust: GcpSharedTrust,
  tokens: readonly Claims[],
  neighbours: readonly Claims[],
): GcpTrustDocument {
  const document = gcpSharedTrust(trust);
  checkGcpTrust(document, tokens, neighbours);
  return document;
}

/**
 * Refuses a provider that is there already and does not do what a trust was proven for. Attributes that it maps besides are
 * welcome.
 *
 * @throws OidcRunnerError `GCP_PROVIDER_MISMATCH`
 */
export function checkSharedProvider(
  found: GcpProviderSettings & { disabled?: boolean },
  wanted: GcpProviderSettings,
  name: string,
): void {
  const fields: [string, unknown, unknown][] = [
    ["disabled", found.disabled ?? false, false],
    ["issuerUri", found.issuerUri, wanted.issuerUri],
    ["allowedAudiences", found.allowedAudiences, wanted.allowedAudiences],
    ["attributeCondition", found.attributeCondition, wanted.attributeCondition],
    ...Object.entries(wanted.attributeMapping).map(([attribute, expression]): [string, unknown, unknown] => [
      `attributeMapping["${attribute}"]`,
      found.attributeMapping[attribute],
      expression,
    ]),
  ];
  for (const [field, has, needs] of fields) {
    if (JSON.stringify(has) !== JSON.stringify(needs)) {
      const what = `${field} of the provider ${name} is ${JSON.stringify(has) ?? "not there"}`;
      throw new OidcRunnerError("GCP_PROVIDER_MISMATCH", what, {
        where: "gcp.providerId",
        fix: `set it to ${JSON.stringify(needs)}, or have another provider made: createProvider with a providerId of its own`,
      });
    }
  }
}

/**
 * Refuses what is not the id of a pool or a provider (IAM API reference, "projects.locations.workloadIdentityPools.create").
 *
 * @throws OidcRunnerError `GCP_TRUST_INVALID`
 */
export function checkPoolId(id: string, where: string): void {
  if (!/^(?!gcp-)[a-z0-9-]{4,32}$/.test(id)) {
    const fix = "use 4 to 32 lower-case letters, digits and hyphens, not beginning with gcp-";
    throw new OidcRunnerError("GCP_TRUST_INVALID", `"${id}" can't be this id`, { where, fix });
  }
}

/** The name of a pool, by which members name it. */
export function poolName(projectNumber: string, poolId: string): string {
  const name = `projects/${projectNumber}/locations/global/workloadIdentityPools/${poolId}`;
  if (!POOL_NAME.test(name)) {
    throw new RangeError(`${name} is not the name of a pool`);
  }
  return name;
}
