import assert from "node:assert/strict";
import { type StartResult, summarise } from "../../cli/summary";

const WORKED: StartResult = {
  pod: "pulumi/deployer-1",
  configFile: "Pulumi.lab.yaml",
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
