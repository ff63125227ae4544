import assert from "node:assert/strict";
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import type { Role } from "../../../../lab/aws/roles";
import type { StsRefusal } from "../../../../lab/aws/sts/refusal";
import { Sessions } from "../../../../lab/aws/sts/sessions";
import { authenticate } from "../../../../lab/aws/sts/sigv4/authenticate";
import type { SignedRequest } from "../../../../lab/aws/sts/sigv4/canonical-request";
import { textOf, tries } from "../../../helpers/property";

const NOW = Date.parse("2026-01-02T03:04:05.678Z");
const role = { arn: "arn:aws:iam::111122223333:role/r", name: "r", uniqueId: "AROAX" } as Role;

/** The signer's hash, by Node. */
class Sha256 {
  #hash: Hash | Hmac;
  constructor(secret?: Uint8Array | string) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

/** What the signer is given. */
interface Unsigned {
  method: string;
  path: string;
  query: Record<string, string | string[]>;
  headers: Record<string, string>;
  body: string;
}

const plain: Unsigned = {
  method: "POST",
  path: "/",
  query: {},
  headers: { host: "127.0.0.1:4000", "content-type": "application/x-www-form-urlencoded", "x-amz-meta": "a  b" },
  body: "Action=GetCallerIdentity&Version=2011-06-15",
};

describe("lab/aws/sts: Signature Version 4", () => {
  const sessions = new Sessions(() => NOW);
  const credentials = sessions.issue({ role, sessionName: "s", seconds: 3600 });
  const others = sessions.issue({ role, sessionName: "other", seconds: 3600 });

  /** Signs a request with AWS' own signer and puts it as a server gets it. */
  async function signed(
    unsigned: Unsigned,
    change: { region?: string; service?: string; now?: number; credentials?: typeof credentials } = {},
  ): Promise<SignedRequest> {
    const { region = "us-west-2", service = "sts", now = NOW } = change;
    const signer = new SignatureV4({
      credentials: change.credentials ?? credentials,
      region,
      service,
      sha256: Sha256 as never,
    });
    const request = { ...unsigned, protocol: "https:", hostname: "127.0.0.1" };
    const { headers } = await signer.sign(request, { signingDate: new Date(now) });
    const pairs = Object.entries(unsigned.query).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
    const query = pairs.map((pair) => pair.map((text) => encodeURIComponent(text ?? "")).join("=")).join("&");
    const { method, path, body } = unsigned;
    return {
      method,
      path,
      query,
      body,
      headers: new Map(Object.entries(headers).map(([k, v]) => [k.toLowerCase(), v])),
    };
  }

  const verify = (request: SignedRequest, now = NOW) => authenticate(request, sessions, now);
  const refused = (request: SignedRequest, code: string, message: RegExp, now = NOW) =>
    assert.throws(
      () => verify(request, now),
      (error: StsRefusal) => {
        assert.equal(error.code, code, error.message);
        assert.match(error.message, message);
        return true;
      },
    );
  const WRONG = /^The request signature we calculated does not match/;
  const withHeader = (request: SignedRequest, name: string, value: string | undefined): SignedRequest => {
    const headers = new Map(request.headers);
    value === undefined ? headers.delete(name) : headers.set(name, value);
    return { ...request, headers };
  };
  const authorization = (request: SignedRequest, from: string | RegExp, to: string): SignedRequest =>
    withHeader(request, "authorization", (request.headers.get("authorization") ?? "").replace(from, to));

  it("accepts what AWS' signer signs, and names the session", async () => {
    assert.equal(verify(await signed(plain)).sessionName, "s");
    assert.equal(verify(await signed(plain, { credentials: others })).sessionName, "other");
    for (const region of ["us-gov-west-1", "cn-north-1", "ap-southeast-4"]) {
      verify(await signed(plain, { region }));
    }
  });

  it("accepts any request of AWS' signer, and none that was changed after it", async () => {
    const text = textOf("aZ09-_.~ /%+&=!'()*é€😀", 12);
    const name = fc.constantFrom("a", "A", "b", "Action", "x y", "ü", "%41", "a/b", "+");
    const request = fc.record({
      method: fc.constantFrom("POST", "GET"),
      path: fc.constantFrom("/", "/a", "/a/b", "/a%20b", "/-._~"),
      query: fc.dictionary(name, fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })), { maxKeys: 4 }),
      body: text,
      header: textOf("ab ,;=", 8),
    });
    await fc.assert(
      fc.asyncProperty(request, text, async ({ header, ...rest }, other) => {
        const good = await signed({ ...rest, headers: { ...plain.headers, "x-amz-test": header } });
        verify(good);
        const changed: SignedRequest[] = [
          { ...good, body: `${good.body}x` },
          { ...good, method: "PUT" },
          { ...good, path: `${good.path}x` },
          { ...good, query: `${good.query}&z=${encodeURIComponent(other)}` },
          withHeader(good, "x-amz-test", `${header}x`),
          withHeader(good, "host", "sts.amazonaws.com"),
        ];
        for (const request of changed) {
          refused(request, "SignatureDoesNotMatch", WRONG);
        }
      }),
      tries(60),
    );
  });

  it("refuses another secret, and a session token that is not the key's", async () => {
    const mixed = { ...credentials, secretAccessKey: others.secretAccessKey };
    refused(await signed(plain, { credentials: mixed }), "SignatureDoesNotMatch", WRONG);
    const otherToken = { ...credentials, sessionToken: others.sessionToken };
    refused(await signed(plain, { credentials: otherToken }), "InvalidClientTokenId", /is invalid$/);
    const { sessionToken: _, ...without } = credentials;
    refused(await signed(plain, { credentials: without as typeof credentials }), "InvalidClientTokenId", /is invalid$/);
    const unknown = { ...credentials, accessKeyId: "ASIAQQQQQQQQQQQQQQQQ" };
    refused(await signed(plain, { credentials: unknown }), "InvalidClientTokenId", /is invalid$/);
  });

  it("refuses credentials after their end, to the second", async () => {
    const end = credentials.expiration.getTime();
    verify(await signed(plain, { now: end - 1 }), end - 1);
    refused(await signed(plain, { now: end }), "ExpiredToken", /is expired$/, end);
  });

  it("takes requests of the last and the next fifteen minutes", async () => {
    const old = await signed(plain);
    const at = Math.floor(NOW / 1000) * 1000;
    verify(old, at + 900_000);
    refused(
      old,
      "SignatureDoesNotMatch",
      /^Signature expired: 20260102T030405Z is now earlier than 20260102T030406Z \(20260102T031906Z - 15 min\.\)$/,
      at + 901_000,
    );
    verify(old, at - 900_000);
    refused(
      old,
      "SignatureDoesNotMatch",
      /^Signature not yet current: 20260102T030405Z is still later than 20260102T030404Z \(20260102T024904Z \+ 15 min\.\)$/,
      at - 901_000,
    );
  });

  it("refuses another service, region, terminator or day in the scope", async () => {
    refused(await signed(plain, { service: "s3" }), "SignatureDoesNotMatch", /correct service: 'sts'/);
    refused(await signed(plain, { region: "mars" }), "SignatureDoesNotMatch", /valid region/);
    const good = await signed(plain);
    refused(authorization(good, "aws4_request", "aws5"), "SignatureDoesNotMatch", /valid terminator/);
    refused(authorization(good, "/20260102/", "/20260103/"), "SignatureDoesNotMatch", /'20260103' != '20260102'/);
    refused(authorization(good, "us-west-2", "us-west-1"), "SignatureDoesNotMatch", WRONG);
  });

  it("refuses what leaves host or AWS' own headers unsigned", async () => {
    const good = await signed(plain);
    refused(withHeader(good, "x-amz-added", "1"), "SignatureDoesNotMatch", /^'x-amz-added' must be a 'SignedHeader'/);
    refused(authorization(good, ";host", ""), "SignatureDoesNotMatch", /^'host' must be a 'SignedHeader'/);
    verify(withHeader(good, "accept", "*/*"));
  });

  it("refuses a header that is missing, of another kind or incomplete", async () => {
    const good = await signed(plain);
    refused(withHeader(good, "authorization", undefined), "MissingAuthenticationToken", /Authentication Token$/);
    refused(withHeader(good, "authorization", "Bearer abc"), "IncompleteSignature", /'algorithm': 'Bearer'/);
    refused(withHeader(good, "x-amz-date", undefined), "IncompleteSignature", /X-Amz-Date/);
    refused(authorization(good, "Signature=", "S="), "IncompleteSignature", /requires 'Signature' parameter/);
    refused(authorization(good, "/aws4_request", ""), "IncompleteSignature", /exactly 5 slash-delimited/);
    for (const date of ["20261302T030405Z", "2026-01-02T03:04:05Z"]) {
      const scoped = authorization(withHeader(good, "x-amz-date", date), "20260102", date.split("T")[0] as string);
      refused(scoped, "IncompleteSignature", /ISO-8601/);
    }
  });
});
