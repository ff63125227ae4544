import assert from "node:assert/strict";
import { lintAzureTrust } from "../../../trust/parties/azure/lint";
import { AUD, findings, found, withSub } from "./definitions";

describe("trust/lint/check-audience", () => {
  it("says who else takes tokens with an audience that no job can change", () => {
    const ids = { org_id: "o", prj_id: "p", def_id: "1" };
    assert.deepEqual(findings({ aud: "api://AzureADTokenExchange", ...ids }, "azureDevops"), [
      {
        name: "SHARED_AUDIENCE",
        severity: "warning",
        path: "policies[0].rules.aud",
        message:
          'Microsoft Entra ID takes tokens with the audience "api://AzureADTokenExchange" too, so each of the two could log in to the other with a token it was given',
        fix: "bind the trust to one pipeline by its ids, which no other token has, and waive this",
      },
    ]);
    assert.deepEqual(found({ aud: AUD, ...ids }, "azureDevops"), []);
  });

  it("says nothing of it in Entra's own credentials", () => {
    const issuer = "https://vstoken.dev.azure.com/0ca3ddd9-f0b0-4635-a98c-5866526961b6";
    const credential = { issuer, subject: "p://acme/web/deploy", audiences: ["api://AzureADTokenExchange"] };
    assert.deepEqual(lintAzureTrust(credential), []);
  });

  it("says nothing of audiences that a job chooses", () => {
    const sub = "repo:acme@1/app@2:ref:refs/heads/main";
    assert.deepEqual(found(withSub(sub), "githubActions"), []);
    assert.deepEqual(found({ aud: "api://AzureADTokenExchange", sub }, "githubActions"), []);
    assert.deepEqual(found({ aud: AUD, sub }), []);
  });
});
