import assert from "node:assert/strict";
import { publishedIss } from "../../../pulumi-cloud/issuers/discovery";

describe("pulumi-cloud/issuers: the discovery document", () => {
  const ISSUER = "https://issuer.example.com/tenant";

  /** What is taken from an answer, and the address that was asked. */
  const read = async (issuerUrl: string, answer: () => Promise<Response> | Response) => {
    const asked: string[] = [];
    const iss = await publishedIss(issuerUrl, async (url) => {
      asked.push(url);
      return answer();
    });
    return [iss, ...asked];
  };

  it("tells the iss, and lies at one address with and without a final slash", async () => {
    const address = `${ISSUER}/.well-known/openid-configuration`;
    for (const url of [ISSUER, `${ISSUER}/`]) {
      assert.deepEqual(await read(url, () => Response.json({ issuer: ISSUER, jwks_uri: "https://x" })), [
        ISSUER,
        address,
      ]);
    }
  });

  it("tells nothing when it is not there, is something else or can't be had", async () => {
    const answers: Record<string, () => Promise<Response> | Response> = {
      "not found": () => Response.json({ issuer: ISSUER }, { status: 404 }),
      "a page": () => new Response("<html>"),
      "no issuer": () => Response.json({}),
      "an issuer that is not a string": () => Response.json({ issuer: 5 }),
      null: () => Response.json(null),
      "no network": () => Promise.reject(new TypeError("fetch failed")),
    };
    for (const [title, answer] of Object.entries(answers)) {
      assert.equal((await read(ISSUER, answer))[0], undefined, title);
    }
  });

  it("is not waited for", async () => {
    const silent = (_url: string, { signal }: RequestInit) =>
      new Promise<Response>((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
      });
    assert.equal(await publishedIss(ISSUER, silent, 1), undefined);
  });
});
