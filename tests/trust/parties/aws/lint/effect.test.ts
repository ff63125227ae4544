import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluateAwsTrust } from "../../../../../trust/parties/aws/evaluate/evaluate";
import { lintAwsTrust } from "../../../../../trust/parties/aws/lint/lint";
import { textOf, tries } from "../../../../helpers/property";

const HOST = "issuer.example.com";

/** What says that an allow can't take effect. */
const WITHOUT_EFFECT = ["CONTRADICTORY_CONDITIONS", "DENY_SHADOWS_ALLOW"];

const operator = fc
  .tuple(
    fc.constantFrom("", "", "ForAnyValue:", "ForAllValues:"),
    fc.constantFrom("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringLike", "StringNotLike"),
    fc.constantFrom("", "", "IfExists"),
  )
  .map((parts) => parts.join(""));
const key = fc.constantFrom("sub", "aud", "email", "amr", "none").map((claim) => `${HOST}:${claim}`);
const values = fc.oneof(
  fc.array(textOf("aAb*?", 3), { minLength: 1, maxLength: 2 }),
  fc.array(textOf("ab", 2), { minLength: 1, maxLength: 2 }),
);
const condition = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.tuple(operator, key, values) },
      {
        weight: 1,
        arbitrary: fc.tuple(
          fc.constant("Null"),
          key,
          fc.constantFrom("true", "false").map((text) => [text]),
        ),
      },
    ),
    { maxLength: 3 },
  )
  .map((entries) => {
    const result: Record<string, Record<string, string[]>> = {};
    for (const [name, claim, expected] of entries) {
      result[name] = { ...result[name], [claim]: expected };
    }
    return result;
  });
const statement = (Effect: string) =>
  condition.map((Condition) => ({
    Effect,
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${HOST}` },
    Condition,
  }));
const claims = fc.record(
  {
    sub: textOf("aAb", 3),
    aud: textOf("ab", 2),
    email: textOf("ab", 2),
    // The one that can have several values.
    amr: fc.array(textOf("ab", 2), { maxLength: 2 }),
  },
  { requiredKeys: ["sub", "aud"] },
);

describe("trust/parties/aws/lint: what never takes effect", () => {
  it("is said of no allow that admits a token", () => {
    let said = 0;
    let admitted = 0;
    fc.assert(
      fc.property(statement("Allow"), fc.array(statement("Deny"), { maxLength: 1 }), claims, (allow, denies, token) => {
        const document = { Version: "2012-10-17", Statement: [allow, ...denies] };
        const dead = lintAwsTrust(document).filter(({ name }) => WITHOUT_EFFECT.includes(name));
        const { decision } = evaluateAwsTrust(document, { iss: `https://${HOST}`, ...token });
        said += dead.length > 0 ? 1 : 0;
        admitted += decision === "allow" ? 1 : 0;
        assert.ok(dead.length === 0 || decision === "deny", dead.map(({ message }) => message).join());
      }),
      tries(3000),
    );
    // Both happen often enough for this to mean something.
    assert.ok(said > 50 && admitted > 50, `${said} ${admitted}`);
  });
});
