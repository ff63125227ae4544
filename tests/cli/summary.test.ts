import assert from "node:assert/strict";
import { type StartResult, summarise } from "../../cli/summary";

const WORKED: StartResult = {
  pod: "pulumi/deployer-1",
  configFile: "Pulumi.lab.yaml",
  issuerId: "i-1",
  subject: "system:serviceaccount:pulumi:deployer",
  milliseconds: "120",
  expires: new Date(Date.now() + 7_200_000).toISOString(),
  whoami: "acme",
};

describe("the summary of npm start", () => {
  it("tells each thing that was shown", () => {
    const text = summarise(WORKED);
    for (const value of ["i-1", WORKED.subject, "pulumi/deployer-1", "in 120 ms", "120 minutes, until", "acme"]) {
      assert.ok(text.includes(String(value)), String(value));
    }
    assert.doesNotMatch(text, /did not work/);
  });

  it("claims nothing that was not", () => {
    const text = summarise({ ...WORKED, milliseconds: undefined, expires: undefined, whoami: undefined });
    assert.match(text, /--\s+token exchanged\s+no/);
    assert.match(text, /It did not work/);
    assert.doesNotMatch(text, /logged in/);
  });
});
