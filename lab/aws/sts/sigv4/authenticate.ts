import { createHmac } from "node:crypto";
import { equalSecrets } from "../../../http";
import { StsRefusal } from "../refusal";
import type { HeldSession, Sessions } from "../sessions";
import { type Authorization, incomplete, readAuthorization } from "./authorization";
import { canonicalRequest, type SignedRequest, sha256 } from "./canonical-request";

const SERVICE = "sts";
const TERMINATOR = "aws4_request";
const SKEW_MINUTES = 15;

/**
 * Who signed a request, by Signature Version 4 in the header `Authorization` (IAM User Guide, "AWS Signature Version 4 for
 * API requests"); presigned URLs are not taken. The lab's STS is every region's, so any region may stand in the scope.
 *
 * @param now milliseconds since the epoch
 */
export function authenticate(request: SignedRequest, sessions: Sessions, now: number): HeldSession {
  const authorization = readAuthorization(request.headers.get("authorization"));
  const time = request.headers.get("x-amz-date");
  if (time === undefined) {
    throw incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  const session = sessions.find(authorization.accessKeyId);
  const token = request.headers.get("x-amz-security-token") ?? "";
  if (session === undefined || !equalSecrets(token, session.credentials.sessionToken)) {
    throw new StsRefusal("InvalidClientTokenId", 403, "The security token included in the request is invalid");
  }
  checkScope(authorization, time);
  checkSignedHeaders(authorization, request);
  checkTime(time, now);
  const expected = signatureOf(request, authorization, time, session.credentials.secretAccessKey);
  if (!equalSecrets(authorization.signature, expected)) {
    throw mismatch(
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    );
  }
  if (session.expiresAt <= now) {
    throw new StsRefusal("ExpiredToken", 403, "The security token included in the request is expired");
  }
  return session;
}

function checkScope({ date, region, service, terminator }: Authorization, time: string): void {
  const faults = [
    ...(/^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? [] : ["Credential should be scoped to a valid region."]),
    ...(service === SERVICE ? [] : [`Credential should be scoped to correct service: '${SERVICE}'.`]),
    ...(terminator === TERMINATOR
      ? []
      : [`Credential should be scoped with a valid terminator: '${TERMINATOR}', not '${terminator}'.`]),
    ...(time.startsWith(`${date}T`)
      ? []
      : [
          `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${time.slice(0, 8)}', from '${time}'.`,
        ]),
  ];
  if (faults.length > 0) {
    throw mismatch(faults.join(" "));
  }
}

// What is not signed could be changed on the way: the host, and whatever headers AWS gives a meaning.
function checkSignedHeaders({ signedHeaders }: Authorization, { headers }: SignedRequest): void {
  const needed = ["host", ...[...headers.keys()].filter((name) => name.startsWith("x-amz-"))];
  const unsigned = needed.find((name) => !signedHeaders.includes(name));
  if (unsigned !== undefined) {
    throw mismatch(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`);
  }
}

function checkTime(time: string, now: number): void {
  const iso = time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const signed = iso === time ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(signed)) {
    throw incomplete(`Date must be in ISO-8601 'basic format'. Got '${time}'.`);
  }
  const skew = SKEW_MINUTES * 60_000;
  const [earliest, latest, current] = [now - skew, now + skew, now].map(basic);
  if (signed < now - skew) {
    throw mismatch(`Signature expired: ${time} is now earlier than ${earliest} (${current} - ${SKEW_MINUTES} min.)`);
  }
  if (signed > now + skew) {
    throw mismatch(
      `Signature not yet current: ${time} is still later than ${latest} (${current} + ${SKEW_MINUTES} min.)`,
    );
  }
}

/** Milliseconds as ISO 8601's basic format: `20260102T030405Z`. */
function basic(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, "");
}

function signatureOf(
  request: SignedRequest,
  { date, region, signedHeaders }: Authorization,
  time: string,
  secret: string,
): string {
  const scope = [date, region, SERVICE, TERMINATOR];
  const text = ["AWS4-HMAC-SHA256", time, scope.join("/"), sha256(canonicalRequest(request, signedHeaders))].join("\n");
  const key = scope.reduce<Buffer>((previous, part) => hmac(previous, part), Buffer.from(`AWS4${secret}`));
  return hmac(key, text).toString("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function mismatch(message: string): StsRefusal {
  return new StsRefusal("SignatureDoesNotMatch", 403, message);
}
