import assert from "node:assert/strict";
import { areRight } from "../../cli/attempt";
import { type Account, type StartResult, summarise, summariseAttempts, summariseRequests } from "../../cli/summary";

const WORKED: StartResult = {
  pod: "pulumi/deployer-1",
  issuerId: "i-1",
  subject: "system:serviceaccount:pulumi:deployer",
  exchangeMs: "120",
  expires: "2026-11-21T10:00:00.092598859Z",
  whoami: "acme",
  cloud: { name: "AWS STS", identity: "arn:aws:sts::111122223333:assumed-role/deployer/example" },
  nearMiss: { name: "the same pod as ServiceAccount neighbour", outcome: "refused", shown: ["sub"] },
};

/** An account as text: a line for the way and each row, and the end. */
function textOf({ way = [], rows, end }: Account): string {
  const pieces = typeof way === "string" ? [way] : way;
  return [
    pieces.map((piece) => (typeof piece === "string" ? piece : piece.text)).join(""),
    ...rows.map(({ ok, label, value }) => `${ok ? "ok" : "--"}  ${label}  ${value}`),
    end,
  ].join("\n");
}

describe("the account of npm start", () => {
  it("tells each thing that was shown, stand-ins by that name, and times to the second", () => {
    const account = summarise(WORKED, Date.parse("2026-11-21T08:00:00Z"));
    assert.deepEqual(textOf(account).split("\n"), [
      "  pod ── token ──> Pulumi Cloud (stand-in) ── access token, 120 minutes ──> pod",
      "ok  issuer and policy  issuer i-1, for system:serviceaccount:pulumi:deployer",
      "ok  pod  pulumi/deployer-1",
      "ok  token exchanged  in 120 ms, at Pulumi Cloud (stand-in)",
      "ok  access token  120 minutes, until 2026-11-21 10:00:00 UTC",
      "ok  pulumi whoami  acme",
      "ok  AWS STS (stand-in)  arn:aws:sts::111122223333:assumed-role/deployer/example",
      "ok  near miss refused  the same pod as ServiceAccount neighbour: sub differs",
      "The pod logged in with its own identity token. No secret was stored anywhere.",
    ]);
    assert.ok(account.works);
    assert.doesNotMatch(textOf(summarise({ ...WORKED, cloud: undefined })), /AWS/);
  });

  const without: [string, Partial<StartResult>, RegExp][] = [
    ["an exchange", { exchangeMs: undefined, expires: undefined, whoami: undefined }, /-- {2}token exchanged {2}no/],
    ["a cloud identity", { cloud: { name: "AWS STS", identity: undefined } }, /-- {2}AWS STS \(stand-in\) {2}no/],
    ["a near miss", { nearMiss: undefined }, /-- {2}near miss refused {2}no/],
    ["a refusal", { nearMiss: { name: "a", outcome: "admitted", shown: [] } }, /-- {2}near miss refused {2}no/],
  ];
  for (const [what, missing, row] of without) {
    it(`claims nothing that was not: without ${what}`, () => {
      const account = summarise({ ...WORKED, ...missing });
      assert.equal(account.works, false);
      assert.match(textOf(account), row);
      assert.match(account.end, /did not work/);
    });
  }
});

describe("the account of npm start with a pipeline", () => {
  const wanted = { name: "repository=acme/app", outcome: "admitted" as const, shown: ["repository=acme/app"] };
  const miss = { name: "another branch", outcome: "refused" as const, shown: ["sub"] };
  const admitted = { ...miss, outcome: "admitted" as const, shown: [] };
  const failed = { ...miss, outcome: "failed" as const };

  it("tells which jobs were refused, and for which claims", () => {
    const result = { trust: "issuer i-1", wanted, nearMisses: [miss] };
    assert.ok(areRight(result));
    const text = textOf(summariseAttempts("pipeline", result));
    assert.match(text, /job ── token ──> Pulumi Cloud \(stand-in\)/);
    assert.match(text, /ok {2}the job logged in {2}repository=acme\/app/);
    assert.match(text, /ok {2}refused {2}another branch: sub/);
    assert.match(text, /none that resembles it did/);
  });

  it("claims nothing that was not", () => {
    for (const result of [
      { trust: undefined },
      { trust: "issuer i-1", wanted: { ...wanted, outcome: "refused" as const }, nearMisses: [miss] },
      { trust: "issuer i-1", wanted, nearMisses: [miss, admitted] },
      { trust: "issuer i-1", wanted, nearMisses: [failed] },
    ]) {
      const account = summariseAttempts("pipeline", result);
      assert.equal(account.works, false);
      assert.match(textOf(account), /--.*\n[\s\S]*It did not work/);
    }
  });
});

describe("the account of npm start with environments", () => {
  const wanted = { name: "site/prod", outcome: "admitted" as const, shown: ["AWS_SESSION_TOKEN"] };
  const miss = { name: "another environment", outcome: "refused" as const, shown: ["AccessDenied"] };

  it("tells what the environment gives, and the clouds' answers to the others", () => {
    const result = { trust: "arn:aws:iam::1:role/a", wanted, nearMisses: [miss] };
    assert.ok(areRight(result));
    const text = textOf(summariseAttempts("environments", result));
    assert.match(text, /environment ── token ──> 3 clouds \(stand-ins\)/);
    assert.match(text, /ok {2}the environment gives {2}AWS_SESSION_TOKEN/);
    assert.match(text, /ok {2}refused {2}another environment: AccessDenied/);
  });

  it("claims nothing that was not", () => {
    for (const result of [
      { trust: undefined },
      { trust: "arn", wanted: { ...wanted, outcome: "failed" as const }, nearMisses: [miss] },
      { trust: "arn", wanted, nearMisses: [{ ...miss, outcome: "admitted" as const }] },
    ]) {
      const account = summariseAttempts("environments", result);
      assert.equal(account.works, false);
      assert.match(account.end, /It did not work/);
    }
  });
});

describe("the account of npm start with a service's clients", () => {
  const row = { caller: "listed-cluster", as: "gke-sa", request: "GET /", expected: { status: 200, msg: "hello" } };
  const right = { row, got: row.expected, isRight: true };
  const result = { service: "https://hello.hello.svc", cloudRun: "https://hello.run.app" };

  it("tells what was asked and answered", () => {
    const text = textOf(summariseRequests({ ...result, works: true, answers: [right] }));
    assert.match(text, /ok {2}service {2}https:\/\/hello\.hello\.svc/);
    assert.match(text, /ok {2}cluster gke-sa {2}GET \/: 200 \{"msg":"hello"\}$/m);
    assert.match(text, /let in by their own tokens, and all others refused/);
  });

  it("claims nothing that was not, and says what was expected", () => {
    const wrong = { row, got: { status: 401 }, isRight: false };
    const text = textOf(summariseRequests({ ...result, works: false, answers: [right, wrong] }));
    assert.match(text, /-- {2}cluster gke-sa {2}GET \/: 401, expected 200 \{"msg":"hello"\}\n[\s\S]*It did not work/);
    const silent = { row, got: undefined, isRight: false };
    const nothing = { service: undefined, cloudRun: undefined, works: false, answers: [silent] };
    assert.match(
      textOf(summariseRequests(nothing)),
      /-- {2}service {2}no[\s\S]*nothing, expected[\s\S]*It did not work/,
    );
  });
});
