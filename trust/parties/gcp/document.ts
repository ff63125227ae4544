import { OidcRunnerError } from "../../errors";
import { subjectsOf, type TrustedToken } from "../../proof";
import { POOL_NAME, SUBJECT_BYTES } from "./members";

/** The tokens that may use an identity, and the pool they come through. */
export interface GcpTrust extends TrustedToken {
  /** `projects/NUMBER/locations/global/workloadIdentityPools/POOL`, which is the pool's `name`. */
  pool: string;
  /**
   * A claim of the tokens that is mapped to `google.subject` where a subject has more than 127 bytes; members then go by an
   * attribute of the whole subject. Default: such a subject is refused.
   */
  shortClaim?: string;
}

/** A provider of a workload identity pool, in Google's names, and the members of a binding that its tokens are. */
export interface GcpTrustDocument {
  issuerUri: string;
  allowedAudiences: string[];
  attributeMapping: Record<string, string>;
  attributeCondition: string;
  members: string[];
}

/** Characters of an audience, and of a condition (IAM API reference, "projects.locations.workloadIdentityPools.providers"). */
const LONGEST = { audience: 256, condition: 4096 };

/**
 * The provider and members by which tokens of one subject, or of several, get an identity of Google Cloud and no others. The
 * condition names the subjects as well, because a pool's other bindings may have wider members, and because Google wants a
 * condition for issuers that sign for many customers ("Best practices for using Workload Identity Federation").
 *
 * @throws OidcRunnerError `GCP_TRUST_INVALID`, `GCP_SUBJECT_TOO_LONG`, `TRUST_SUBJECT_INVALID`
 */
export function gcpTrust(trust: GcpTrust): GcpTrustDocument {
  const { issuer, audience, pool, shortClaim } = trust;
  const subjects = subjectsOf(trust);
  const [first = "", ...more] = subjects.map(quoted);
  const attributeCondition =
    more.length === 0 ? `assertion.sub == ${first}` : `assertion.sub in [${[first, ...more].join(", ")}]`;
  checkLengths(audience, attributeCondition, pool);
  const tooLong = subjects.find((subject) => Buffer.byteLength(subject) > SUBJECT_BYTES);
  if (tooLong !== undefined && !/^[A-Za-z]\w*$/.test(shortClaim ?? "")) {
    throw new OidcRunnerError("GCP_SUBJECT_TOO_LONG", `"${tooLong}" has more than ${SUBJECT_BYTES} bytes`, {
      where: "subject",
      fix: "shorten the names in it, or name a claim of the token with at most that many bytes, such as an id",
    });
  }
  const identities = `iam.googleapis.com/${pool}`;
  return {
    issuerUri: issuer,
    allowedAudiences: [audience],
    attributeMapping:
      tooLong === undefined
        ? { "google.subject": "assertion.sub" }
        : { "google.subject": `assertion.${shortClaim}`, "attribute.sub": "assertion.sub" },
    attributeCondition,
    members: subjects.map((subject) =>
      tooLong === undefined
        ? `principal://${identities}/subject/${subject}`
        : `principalSet://${identities}/attribute.sub/${subject}`,
    ),
  };
}

/**
 * Refuses an audience and a condition that Google does not take, and what is not the name of a pool.
 *
 * @throws OidcRunnerError `GCP_TRUST_INVALID`
 */
export function checkLengths(audience: string, condition: string, pool: string): void {
  if (!POOL_NAME.test(pool)) {
    const fix = "give projects/NUMBER/locations/global/workloadIdentityPools/POOL, with the project's number";
    throw invalid(`"${pool}" is not the name of a workload identity pool`, "pool", fix);
  }
  if (audience === "" || audience.length > LONGEST.audience) {
    throw invalid("the audience is empty or too long", "audience", `use 1 to ${LONGEST.audience} characters`);
  }
  if (condition.length > LONGEST.condition) {
    const what = `the condition for the subjects has ${condition.length} characters`;
    throw invalid(what, "subject", `make a provider for fewer subjects: Google takes ${LONGEST.condition}`);
  }
}

/** A text of CEL. */
export function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

function invalid(what: string, where: string, fix: string): OidcRunnerError {
  return new OidcRunnerError("GCP_TRUST_INVALID", what, { where, fix });
}
