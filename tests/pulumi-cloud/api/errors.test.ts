import assert from "node:assert/strict";
import { CloudClient } from "../../../pulumi-cloud/api/client";
import { CloudApiError, PartialFailure } from "../../../pulumi-cloud/api/errors";

/** What an attempt ends with: an answer, or what `fetch` throws. */
type End = number | Error;

const failure = (code: string) => new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
const reset = failure("ECONNRESET");

/** The error of a registration whose attempts end so, one after the other. */
async function errorAfter(...ends: End[]): Promise<unknown> {
  const client = new CloudClient({
    ...{ apiUrl: "https://api.example.com", organization: "acme", accessToken: "pul-secret" },
    fetch: async () => {
      const end = ends.shift() ?? 403;
      if (typeof end !== "number") throw end;
      return new Response(end === 200 ? "<html>" : "{}", { status: end });
    },
    retry: { now: () => 0, sleep: async () => undefined, random: () => 0 },
  });
  return client.registerIssuer({ name: "n", url: "https://i" }).then(
    () => assert.fail("not refused"),
    (error: unknown) => error,
  );
}

/** Whether the failure is partial: the request may have been carried out. */
const mayHaveActed = (error: unknown) => PartialFailure.unlessRefused({}, error) instanceof PartialFailure;

describe("pulumi-cloud/api/errors", () => {
  const cases: [string, End[], boolean][] = [
    ["a connection that broke", Array(5).fill(reset), true],
    ["a timeout", Array(5).fill(new DOMException("timed out", "TimeoutError")), true],
    ["a fault of the service", Array(5).fill(500), true],
    ["an answer that is no answer", [200], true],
    ["a refusal after a connection that broke", [reset, 403], true],
    ["a refusal after a fault", [500, 400], true],
    ["no connection after one that broke", [reset, ...Array(4).fill(failure("ECONNREFUSED"))], true],
    ["a refusal", [403], false],
    ["a refusal after too many requests", [429, 400], false],
    ["too many requests", Array(5).fill(429), false],
    ...["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "SELF_SIGNED_CERT_IN_CHAIN", "ERR_TLS_CERT_ALTNAME_INVALID"].map(
      (code): [string, End[], boolean] => [code, Array(5).fill(failure(code)), false],
    ),
  ];
  for (const [what, ends, expected] of cases) {
    it(`${expected ? "may" : "can't"} have happened after ${what}`, async () =>
      assert.equal(mayHaveActed(await errorAfter(...ends)), expected));
  }

  it("is not said of anything else", () => {
    for (const value of [undefined, null, "text", new Error("other")]) assert.equal(mayHaveActed(value), false);
  });

  it("keeps the text of the error and says what exists; a defect of ours stays what it is", () => {
    const refusal = new CloudApiError(403, "PATCH /x", "not allowed");
    const failure = PartialFailure.leaving({ issuerId: "id" }, refusal);
    assert.ok(failure instanceof PartialFailure && !(failure instanceof CloudApiError));
    assert.deepEqual([failure.message, failure.code], [refusal.message, "PULUMI_CLOUD_403"]);
    assert.deepEqual([failure.state, failure.certain], [{ issuerId: "id" }, true]);
    const lost = PartialFailure.unlessRefused({}, new CloudApiError(500, "PATCH /x", ""));
    assert.ok(lost instanceof PartialFailure && !lost.certain);
    const defect = new TypeError("x");
    assert.equal(PartialFailure.leaving({}, defect), defect);
  });
});
