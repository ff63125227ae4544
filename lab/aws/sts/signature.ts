import { createHmac } from "node:crypto";
import { equalSecrets, sha256Hex } from "../../http";
import { StsRefusal } from "./refusal";
import type { HeldSession, Sessions } from "./sessions";

/** What a signature covers besides the method and the path, which are always POST and `/`. */
export interface SignedRequest {
  /** By lower-case name. */
  headers: ReadonlyMap<string, string>;
  body: string;
}

const ALGORITHM = "AWS4-HMAC-SHA256";
const FORM = new RegExp(
  `^${ALGORITHM} Credential=([^/, ]+)/(\\d{8})/([a-z0-9-]+)/sts/aws4_request, ?SignedHeaders=([^, ]+), ?Signature=([0-9a-f]{64})$`,
);
const SKEW_MS = 15 * 60_000;

/**
 * Whose credentials signed a request, by Signature Version 4 in the header `Authorization` (IAM User Guide, "Create a signed
 * AWS API request"). Only requests without a query are taken, as AWS' clients send `GetCallerIdentity`. The lab's STS is
 * every region's, so any region may stand in the scope.
 *
 * @param now milliseconds since the epoch
 */
export function authenticate({ headers, body }: SignedRequest, sessions: Sessions, now: number): HeldSession {
  const header = headers.get("authorization");
  if (header === undefined) {
    throw new StsRefusal("MissingAuthenticationToken", 403, "Request is missing Authentication Token");
  }
  const [, accessKeyId = "", date = "", region = "", names = "", signature = ""] = FORM.exec(header) ?? [];
  const time = headers.get("x-amz-date") ?? "";
  const signed = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (accessKeyId === "" || Number.isNaN(signed)) {
    throw new StsRefusal("IncompleteSignature", 400, `Authorization must be of ${ALGORITHM}, with X-Amz-Date, for sts`);
  }
  const session = sessions.find(accessKeyId);
  const token = headers.get("x-amz-security-token") ?? "";
  if (session === undefined || !equalSecrets(token, session.credentials.sessionToken)) {
    throw new StsRefusal("InvalidClientTokenId", 403, "The security token included in the request is invalid");
  }
  if (Math.abs(now - signed) > SKEW_MS) {
    const fault = signed < now ? "Signature expired" : "Signature not yet current";
    throw mismatch(`${fault}: ${time} is over 15 minutes from ${new Date(now).toISOString()}`);
  }
  const canonicalHeaders = names
    .split(";")
    .map((name) => `${name}:${(headers.get(name) ?? "").trim().replace(/ +/g, " ")}\n`)
    .join("");
  const request = ["POST", "/", "", canonicalHeaders, names, sha256Hex(body)].join("\n");
  const scope = [date, region, "sts", "aws4_request"];
  const key = scope.reduce(hmac, Buffer.from(`AWS4${session.credentials.secretAccessKey}`));
  const expected = hmac(key, [ALGORITHM, time, scope.join("/"), sha256Hex(request)].join("\n")).toString("hex");
  if (!equalSecrets(signature, expected)) {
    throw mismatch(
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    );
  }
  if (session.expiresAt <= now) {
    throw new StsRefusal("ExpiredToken", 403, "The security token included in the request is expired");
  }
  return session;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function mismatch(message: string): StsRefusal {
  return new StsRefusal("SignatureDoesNotMatch", 403, message);
}
