import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { checked } from "../../../provider/resources/checked";
import { checksOf } from "../../../provider/resources/lib";
import { OidcRunnerError } from "../../../trust/errors";
import { runProgram } from "../../helpers/pulumi-mocks";
import { refused } from "../../helpers/refused";

describe("checked", () => {
  /** The values that the check of `name` has seen, when the arguments were known. */
  async function seen(name: pulumi.Input<string>, other: pulumi.Input<string>) {
    const values: string[] = [];
    const check = checksOf<{ name: string; other: string }>().one("name", (value) => {
      values.push(value);
      if (value === "bad") throw new OidcRunnerError("NAMESPACE_INVALID", "it is bad");
    });
    const { outputs, errors } = await runProgram(() => checked({ name, other }, [check]));
    return { values, outputs, errors };
  }

  it("runs a check once where all is known, and once more where something was not", async () => {
    const outputs = { name: "a", other: "b" };
    assert.deepEqual(await seen("a", "b"), { values: ["a"], outputs, errors: [] });
    assert.deepEqual(await seen("a", pulumi.output("b")), { values: ["a", "a"], outputs, errors: [] });
    assert.deepEqual(await seen(pulumi.output("a"), "b"), { values: ["a"], outputs, errors: [] });
  });

  it("throws at once for a plain value, and gates the Output for one that is known late", async () => {
    const check = checksOf<{ name: string }>().one("name", () => {
      throw new OidcRunnerError("NAMESPACE_INVALID", "it is bad", { where: "name", fix: "give another" });
    });
    refused(() => checked({ name: "bad" }, [check]), "NAMESPACE_INVALID");
    const { outputs, errors } = await seen(pulumi.output("bad"), "b");
    assert.equal(outputs, undefined);
    assert.deepEqual(
      errors.map((error) => (error as OidcRunnerError).code),
      ["NAMESPACE_INVALID"],
    );
  });
});
