import assert from "node:assert/strict";
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Role } from "../../../../lab/aws/roles";
import type { StsRefusal } from "../../../../lab/aws/sts/refusal";
import { Sessions } from "../../../../lab/aws/sts/sessions";
import { authenticate, type SignedRequest } from "../../../../lab/aws/sts/signature";

const NOW = Date.parse("2026-01-02T03:04:05.678Z");
const role = { arn: "arn:aws:iam::111122223333:role/r", name: "r", uniqueId: "AROAX" } as Role;
const BODY = "Action=GetCallerIdentity&Version=2011-06-15";

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

describe("lab/aws/sts: Signature Version 4", () => {
  const sessions = new Sessions(() => NOW);
  const credentials = sessions.issue({ role, sessionName: "s", seconds: 3600 });
  const others = sessions.issue({ role, sessionName: "other", seconds: 3600 });

  /** A request signed by AWS' own signer, as a server gets it. */
  async function signed(change: Partial<ConstructorParameters<typeof SignatureV4>[0]> = {}): Promise<SignedRequest> {
    const hash = Sha256 as never;
    const signer = new SignatureV4({ credentials, region: "us-west-2", service: "sts", sha256: hash, ...change });
    const { headers } = await signer.sign(
      {
        method: "POST",
        protocol: "https:",
        hostname: "127.0.0.1",
        path: "/",
        headers: { host: "127.0.0.1:4000", "x-amz-meta": "a  b" },
        body: BODY,
      },
      { signingDate: new Date(NOW) },
    );
    return {
      body: BODY,
      headers: new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    };
  }

  function withHeader(request: SignedRequest, name: string, value: string | undefined): SignedRequest {
    const headers = new Map(request.headers);
    value === undefined ? headers.delete(name) : headers.set(name, value);
    return { ...request, headers };
  }

  const refused = (request: SignedRequest, code: string, message: RegExp, now = NOW) =>
    assert.throws(
      () => authenticate(request, sessions, now),
      (error: StsRefusal) => {
        assert.equal(error.code, code, error.message);
        assert.match(error.message, message);
        return true;
      },
    );
  const WRONG = /^The request signature we calculated does not match/;

  it("accepts what AWS' signer signs, and names the session", async () => {
    const name = (request: SignedRequest) => authenticate(request, sessions, NOW).sessionName;
    assert.equal(name(await signed()), "s");
    assert.equal(name(await signed({ credentials: others })), "other");
    for (const region of ["us-gov-west-1", "cn-north-1", "ap-southeast-4"]) {
      assert.equal(name(await signed({ region })), "s");
    }
    assert.equal(name(withHeader(await signed(), "accept", "*/*")), "s");
  });

  it("refuses a request that was changed after it was signed", async () => {
    const good = await signed();
    const header = good.headers.get("authorization") ?? "";
    for (const changed of [
      { ...good, body: `${BODY}x` },
      withHeader(good, "x-amz-meta", "a c"),
      withHeader(good, "host", "sts.amazonaws.com"),
      withHeader(good, "authorization", header.replace("us-west-2", "us-west-1")),
      withHeader(good, "authorization", header.replace("/20260102/", "/20260103/")),
      withHeader(good, "authorization", header.replace("host;", "")),
    ]) {
      refused(changed, "SignatureDoesNotMatch", WRONG);
    }
  });

  it("takes requests of the last and the next fifteen minutes", async () => {
    const old = await signed();
    const at = Math.floor(NOW / 1000) * 1000;
    authenticate(old, sessions, at + 900_000);
    refused(old, "SignatureDoesNotMatch", /^Signature expired: 20260102T030405Z/, at + 901_000);
    authenticate(old, sessions, at - 900_000);
    refused(old, "SignatureDoesNotMatch", /^Signature not yet current: 20260102T030405Z/, at - 901_000);
  });

  it("refuses a header that is missing, of another kind or service, or incomplete", async () => {
    const good = await signed();
    refused(withHeader(good, "authorization", undefined), "MissingAuthenticationToken", /Authentication Token$/);
    const header = good.headers.get("authorization") ?? "";
    for (const incomplete of [
      withHeader(good, "authorization", "Bearer abc"),
      withHeader(good, "authorization", header.replace("Signature=", "S=")),
      withHeader(good, "authorization", header.replace("/aws4_request", "")),
      withHeader(good, "authorization", header.replace("aws4_request", "aws5_request")),
      withHeader(good, "x-amz-date", undefined),
      withHeader(good, "x-amz-date", "20261302T030405Z"),
      await signed({ service: "s3" }),
    ]) {
      refused(incomplete, "IncompleteSignature", /^Authorization must be of AWS4-HMAC-SHA256/);
    }
  });
});
