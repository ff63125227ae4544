import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type VerifyOptions, verifyCommand } from "../../../cli/verify";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { createSigningKey, publicJwk, type SigningKey } from "../../helpers/issuer";
import { refusedLater } from "../../helpers/refused";
import { AUDIENCE, JWKS, type LoopbackIssuer, part, podClaims, signed, startIssuer } from "../../runtime/support";

const COMMAND = join(packageRoot(), "dist", "cli", "main.js");
/** When a test asks: files of tests are loaded many minutes before the last of them runs. */
const now = () => Math.floor(Date.now() / 1000);

describe("oidc-runner verify", () => {
  // Each case is a process.
  let directory: string;
  let key: SigningKey;
  let other: SigningKey;
  let issuer: LoopbackIssuer;
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-verify-"));
    [key, other] = (await Promise.all(["RS256", "ES256"].map((name) => createSigningKey(name as "ES256")))) as [
      SigningKey,
      SigningKey,
    ];
    issuer = await startIssuer(key);
  });
  after(async () => {
    rmSync(directory, { recursive: true });
    await issuer.close();
  });

  const file = (name: string, content: string) => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  const claims = (changes: object = {}) =>
    podClaims({ iss: issuer.url, iat: now() - 60, nbf: now() - 60, exp: now() + 3600, ...changes });
  const token = (changes: object = {}, header: object = {}) => signed(key, claims(changes), header);
  const spawned = (args: string[]) =>
    new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, [COMMAND, "verify", ...args], (error, stdout, stderr) =>
        resolve({ status: error === null ? 0 : (error.code as unknown as number), stdout, stderr }),
      );
    });
  const run = (text: string, ...args: string[]) =>
    spawned(["--issuer", issuer.url, "--audience", AUDIENCE, "--token-file", file("token", text), ...args]);
  /** The command in this process, which is quicker. */
  const here = async (text: string, options: Partial<VerifyOptions> = {}) => {
    const lines: string[] = [];
    const { log } = console;
    console.log = (line: string) => lines.push(line);
    try {
      const given = { issuer: issuer.url, audience: AUDIENCE, tokenFile: file("token", text), rule: [], ...options };
      return { status: await verifyCommand(given), stdout: lines.join("\n") };
    } finally {
      console.log = log;
    }
  };
  const json = async (text: string, options: Partial<VerifyOptions> = {}) => {
    const { status, stdout } = await here(text, { json: true, ...options });
    assert.ok(text.length < 20 || !stdout.includes(text.slice(-20)), "the token is printed");
    const answer = JSON.parse(stdout) as { valid: boolean; code: string; message: string };
    assert.deepEqual(Object.keys(answer), ["valid", "code", "message"]);
    assert.equal(status, answer.valid ? 0 : 1);
    return answer;
  };

  it("ends with 0 for a good token, read by discovery or from a file of keys", async () => {
    const { status, stdout, stderr } = await run(token());
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^valid\n {2}system:serviceaccount:shop:checkout, until \d{4}-/);
    const jwks = file("jwks.json", JSON.stringify({ keys: [publicJwk(key)] }));
    issuer.requests.length = 0;
    const answer = await json(`${token()}\n`, { jwks });
    assert.deepEqual([answer.valid, answer.code], [true, "VALID"]);
    assert.deepEqual(issuer.requests, []);
  });

  it("tells form, algorithm, signature, times, issuer, audience and policy apart", async () => {
    const good = token();
    const cases: Record<string, string> = {
      MALFORMED: "a.b",
      NON_CANONICAL: `${good}=`,
      ALGORITHM_REFUSED: `${part({ alg: "none" })}.${part(claims())}.`,
      HEADER_REFUSED: token({}, { jwk: publicJwk(other) }),
      KEY_UNKNOWN: token({}, { kid: "unknown" }),
      SIGNATURE_INVALID: `${good.slice(0, good.lastIndexOf("."))}.${token({ jti: "x" }).split(".")[2]}`,
      EXPIRED: token({ exp: now() - 1 }),
      NOT_YET_VALID: token({ nbf: now() + 600 }),
      TIMES_INVALID: token({ exp: undefined }),
      ISSUER_REFUSED: token({ iss: "https://other.example.com" }),
      AUDIENCE_REFUSED: token({ aud: "other" }),
      NO_TOKEN: "",
    };
    for (const [code, text] of Object.entries(cases)) {
      assert.equal((await json(text)).code, code);
    }
    const rule = ['"kubernetes.io".pod.name=checkout-*'];
    assert.equal((await json(good, { namespace: "shop", serviceAccount: "checkout", rule })).code, "VALID");
    const allow = ["--namespace", "shop", "--service-account", "checkout", "--rule", ...rule];
    const neighbour = await run(token({ sub: "system:serviceaccount:shop:other" }), ...allow);
    assert.equal(neighbour.status, 1);
    assert.match(neighbour.stdout, /^invalid\n {2}NOT_ALLOWED: .*only the ServiceAccount differs/);
  });

  it("ends with 2 and says what to do when there is no verdict", async () => {
    const unreadable = file("unreadable.json", "{");
    const empty = file("empty.json", "{}");
    const cases: [options: Partial<VerifyOptions>, code: string, where: string][] = [
      [{ tokenFile: join(directory, "missing") }, "INPUT_INVALID", "--token-file"],
      [{ jwks: unreadable }, "INPUT_INVALID", "--jwks"],
      [{ jwks: empty }, "JWKS_INVALID", "--jwks"],
      [{ issuer: "issuer" }, "ISSUER_URL_INVALID", "--issuer"],
      [{ audience: "" }, "OPTION_MISSING", "--audience"],
      [{ rule: ["x"] }, "INPUT_INVALID", "--rule"],
      [{ rule: ["sub=*"] }, "PATTERN_WITHOUT_LITERAL", "--rule"],
      [{ serviceAccount: "x" }, "OPTION_MISSING", "--namespace"],
    ];
    for (const [options, code, where] of cases) {
      assert.equal((await refusedLater(here(token(), options), code)).where, where);
    }
    const { status: missing, stderr: usage } = await spawned(["--issuer", issuer.url, "--token-file", empty]);
    assert.equal(missing, 2);
    assert.match(usage, /--audience/);
    issuer.answers.set(JWKS, "x".repeat(200_000));
    const { status, stderr } = await run(token());
    issuer.answers.clear();
    assert.equal(status, 2);
    assert.match(stderr, /^KEYS_UNAVAILABLE: .*longer than 102400 bytes/);
  });
});
