import assert from "node:assert/strict";
import { areRight } from "../../cli/attempt";
import { type StartResult, summarise, summariseAttempts, summariseRequests } from "../../cli/summary";

const WORKED: StartResult = {
  pod: "pulumi/deployer-1",
  issuerId: "i-1",
  subject: "system:serviceaccount:pulumi:deployer",
  exchangeMs: "120",
  expires: "2026-11-21T10:00:00.092598859Z",
  whoami: "acme",
};

describe("the summary of npm start", () => {
  it("tells each thing that was shown", () => {
    const text = summarise(WORKED, Date.parse("2026-11-21T08:00:00Z"));
    for (const value of [
      "i-1",
      WORKED.subject,
      "pulumi/deployer-1",
      "in 120 ms",
      "120 minutes, until 2026-11-21T10:00:00Z",
      "acme",
    ]) {
      assert.ok(text.includes(String(value)), String(value));
    }
    assert.doesNotMatch(text, /did not work/);
  });

  it("claims nothing that was not", () => {
    const text = summarise({ ...WORKED, exchangeMs: undefined, expires: undefined, whoami: undefined });
    assert.match(text, /--\s+token exchanged\s+no/);
    assert.match(text, /It did not work/);
    assert.doesNotMatch(text, /logged in/);
  });
});

describe("the summary of npm start with a pipeline", () => {
  const wanted = { name: "repository=acme/app", outcome: "admitted" as const, shown: ["repository=acme/app"] };
  const miss = { name: "another branch", outcome: "refused" as const, shown: ["sub"] };
  const admitted = { ...miss, outcome: "admitted" as const, shown: [] };
  const failed = { ...miss, outcome: "failed" as const };

  it("tells which jobs were refused, and for which claims", () => {
    const result = { trust: "issuer i-1", wanted, nearMisses: [miss] };
    assert.ok(areRight(result));
    const text = summariseAttempts("pipeline", result);
    assert.match(text, /ok {2}the pipeline's job logged in +repository=acme\/app/);
    assert.match(text, /ok {2}refused: another branch +sub/);
    assert.match(text, /none that resembles it did/);
  });

  it("claims nothing that was not", () => {
    for (const result of [
      { trust: undefined },
      { trust: "issuer i-1", wanted: { ...wanted, outcome: "refused" as const }, nearMisses: [miss] },
      { trust: "issuer i-1", wanted, nearMisses: [miss, admitted] },
      { trust: "issuer i-1", wanted, nearMisses: [failed] },
    ]) {
      assert.equal(areRight(result), false);
      assert.match(summariseAttempts("pipeline", result), /--.*\n[\s\S]*It did not work/);
    }
  });
});

describe("the summary of npm start with environments", () => {
  const wanted = { name: "site/prod", outcome: "admitted" as const, shown: ["AWS_SESSION_TOKEN"] };
  const miss = { name: "another environment", outcome: "refused" as const, shown: ["AccessDenied"] };

  it("tells what the environment gives, and the clouds' answers to the others", () => {
    const result = { trust: "arn:aws:iam::1:role/a", wanted, nearMisses: [miss] };
    assert.ok(areRight(result));
    const text = summariseAttempts("environments", result);
    assert.match(text, /ok {2}the environment opened, and gives +AWS_SESSION_TOKEN/);
    assert.match(text, /ok {2}refused: another environment +AccessDenied/);
  });

  it("claims nothing that was not", () => {
    for (const result of [
      { trust: undefined },
      { trust: "arn", wanted: { ...wanted, outcome: "failed" as const }, nearMisses: [miss] },
      { trust: "arn", wanted, nearMisses: [{ ...miss, outcome: "admitted" as const }] },
    ]) {
      assert.equal(areRight(result), false);
      assert.match(summariseAttempts("environments", result), /It did not work/);
    }
  });
});

describe("the summary of npm start with a service's clients", () => {
  const row = { caller: "listed-cluster", as: "gke-sa", request: "GET /", expected: { status: 200, msg: "hello" } };
  const right = { row, got: row.expected, isRight: true };
  const result = { service: "https://hello.hello.svc", cloudRun: "https://hello.run.app" };

  it("is a table of what was asked, expected and got", () => {
    const text = summariseRequests({ ...result, works: true, answers: [right] });
    assert.match(text, /ok {2}service deployed +https:\/\/hello\.hello\.svc/);
    assert.match(text, /IDENTITY +as +asked +expected +got/);
    assert.match(text, /ok {2}cluster +gke-sa +GET \/ +200 \{"msg":"hello"\} +200 \{"msg":"hello"\}/);
    assert.match(text, /let in by their own tokens, and all others refused/);
  });

  it("claims nothing that was not", () => {
    const wrong = { row, got: { status: 401 }, isRight: false };
    assert.match(
      summariseRequests({ ...result, works: false, answers: [right, wrong] }),
      /-- {2}cluster .* 401\n[\s\S]*It did not work/,
    );
    const silent = { row, got: undefined, isRight: false };
    const text = summariseRequests({ service: undefined, cloudRun: undefined, works: false, answers: [silent] });
    assert.match(text, /-- {2}service deployed +no[\s\S]*nothing\n[\s\S]*It did not work/);
  });
});
