import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { documentedErrors, errorsDocument, listedErrors, thrownErrors } from "../../tools/errors";
import { packageRoot } from "../../tools/toolchain/package-root";

const source = (text: string) => ts.createSourceFile("file.ts", text, ts.ScriptTarget.ES2022, true);

describe("tools/errors", () => {
  const listed = listedErrors().map(({ code }) => code);

  it("finds each thrown code in the list, and each listed code in the sources", () => {
    const thrown = new Set(thrownErrors().map(({ code }) => code));
    assert.ok(listed.length > 100);
    assert.deepEqual(
      [...thrown].filter((code) => !listed.includes(code)),
      [],
    );
    assert.deepEqual(
      listed.filter((code) => !thrown.has(code)),
      [],
    );
  });

  it("finds the codes that classes document in the list", () => {
    const documented = documentedErrors();
    assert.ok(documented.some(({ name, codes }) => name === "OidcPolicy" && codes.includes("POLICY_NOT_UNIQUE")));
    for (const { name, codes } of documented) {
      assert.deepEqual(
        codes.filter((code) => !listed.includes(code)),
        [],
        name,
      );
    }
  });

  it("lists codes in order, each once, with sentences that end", () => {
    const names = listed.map((code) => code.replace(/<.*/, ""));
    assert.deepEqual(names, [...new Set(names)].sort());
    for (const { code, meaning } of listedErrors()) assert.match(meaning, /^[A-Z`].*\.$/, code);
  });

  it("reads codes where errors are made and where listed ones are passed on, with the argument", () => {
    const text = [
      'throw new OidcRunnerError("NOT_LISTED", "what", { where: "organization" });',
      'throw new OidcRunnerError(known ? "POLICY_EMPTY" : "POLICY_INVALID", "what", { where: `waive[${index}].name` });',
      'check("JOB_INVALID", "job"); call("NOT_LISTED"); error.code === "POLICY_LINT";',
      "super(`PULUMI_CLOUD_${status}`, what);",
    ];
    assert.deepEqual(
      thrownErrors([source(text.join("\n"))]).map(({ code, argument }) => [code, argument]),
      [
        ["NOT_LISTED", "organization"],
        ["POLICY_EMPTY", "waive[…].name"],
        ["POLICY_INVALID", "waive[…].name"],
        ["JOB_INVALID", undefined],
        ["PULUMI_CLOUD_<status>", undefined],
      ],
    );
    assert.throws(() => listedErrors(source('interface ErrorCodes { A: ["meaning"]; }')), {
      code: "SCHEMA_UNSUPPORTED",
    });
  });

  it("is what docs/errors.md says (else: npm run errors)", () => {
    assert.equal(readFileSync(join(packageRoot(), "docs", "errors.md"), "utf8"), errorsDocument());
  });
});
