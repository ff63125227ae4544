import assert from "node:assert/strict";
import { type Allow, createVerifier, type Verdict, type VerifierOptions } from "../../../runtime";
import { createSigningKey, publicJwk, type SigningKey } from "../../helpers/issuer";
import { refused } from "../../helpers/refused";
import { AUDIENCE, ISSUER, NOW, podClaims, signed } from "../support";

const OTHER = "https://other.example.com";
const GOOGLE = "https://accounts.google.com";
const GITHUB = "https://token.actions.githubusercontent.com";

describe("who is let in", () => {
  let key: SigningKey;
  before(async () => {
    key = await createSigningKey("EdDSA");
  });
  const make = (allow: Allow, issuers: string[] = [ISSUER]) => {
    const options: VerifierOptions = {
      issuers: issuers.map((issuer) => ({ issuer, keys: { keys: [publicJwk(key)] } })),
      audience: AUDIENCE,
      allow,
      clock: () => NOW,
    };
    return createVerifier(options);
  };
  const verdict = (allow: Allow, claims: object = {}, issuers?: string[]): Promise<Verdict> =>
    make(allow, issuers).verify(signed(key, podClaims({ ...claims })));
  const admits = async (allow: Allow, claims?: object, issuers?: string[]) => {
    const answer = await verdict(allow, claims, issuers);
    assert.ok(answer.valid, answer.valid ? "" : answer.message);
  };
  const refuses = async (allow: Allow, claims?: object, issuers?: string[]) => {
    const answer = await verdict(allow, claims, issuers);
    assert.equal(answer.valid === false && answer.code, "NOT_ALLOWED");
    return answer.valid ? "" : answer.message;
  };
  const pod = (namespace: string, name: string) => ({ sub: `system:serviceaccount:${namespace}:${name}` });

  it("by namespace: all of its ServiceAccounts, no other's", async () => {
    const allow = [{ namespace: "shop" }];
    await admits(allow, pod("shop", "checkout"));
    await admits(allow, pod("shop", "other"));
    for (const namespace of ["shop2", "sho", "my-shop", "xshop"]) await refuses(allow, pod(namespace, "checkout"));
    await refuses(allow, { sub: "shop" });
  });

  it("by ServiceAccount, whose name may have dots that stand for themselves", async () => {
    const allow = [{ namespace: "shop", serviceAccountName: "check.out" }];
    await admits(allow, pod("shop", "check.out"));
    await refuses(allow, pod("shop", "check-out"));
    await refuses(allow, pod("shop", "checkXout"));
  });

  it("by any claim, exactly or by a pattern, in lists and below other claims", async () => {
    const email = "runner@acme.iam.gserviceaccount.com";
    await admits([{ rules: { email } }], { email });
    await refuses([{ rules: { email } }], { email: "runner@acme.iam-gserviceaccount.com" });
    await refuses([{ rules: { email } }]);
    await admits([{ rules: { '"kubernetes.io".pod.name': "checkout-*" } }]);
    await refuses([{ rules: { '"kubernetes.io".pod.name': "checkout-?" } }]);
    await admits([{ rules: { groups: "admins" } }], { groups: ["users", "admins"] });
    await refuses([{ rules: { groups: "admins" } }], { groups: ["users", { admins: true }] });
    await refuses([{ rules: { groups: "a*" } }], { groups: "x".repeat(4097) });
  });

  it("by all that an entry says, and by any entry", async () => {
    const allow = [
      { namespace: "shop", rules: { '"kubernetes.io".pod.name': "checkout-*" } },
      { namespace: "mail", serviceAccountName: "sender" },
    ];
    await admits(allow);
    await refuses(allow, { "kubernetes.io": { pod: { name: "other" } } });
    await admits(allow, pod("mail", "sender"));
    await refuses(allow, pod("mail", "checkout"));
  });

  it("of the issuer that an entry is about", async () => {
    const allow = [
      { issuer: ISSUER, namespace: "shop" },
      { issuer: OTHER, namespace: "mail" },
    ];
    await admits(allow, pod("shop", "a"), [ISSUER, OTHER]);
    await admits(allow, { iss: OTHER, ...pod("mail", "a") }, [ISSUER, OTHER]);
    await refuses(allow, { iss: OTHER, ...pod("shop", "a") }, [ISSUER, OTHER]);
    await refuses(allow, pod("mail", "a"), [ISSUER, OTHER]);
  });

  it("says in the words of explain what came nearest", async () => {
    const text = await refuses(
      [{ namespace: "shop", serviceAccountName: "admin" }, { namespace: "Shop".toLowerCase() }],
      {
        sub: "system:serviceaccount:shop2:admin",
      },
    );
    assert.match(text, /only the namespace differs: expected shop, got shop2/);
    const printed = await refuses([{ rules: { email: "a@example.com" } }], { email: "\u001b[31m\n" });
    assert.doesNotMatch(printed, /\p{Cc}/u);
  });

  it("every identity, only where the issuer signs for one owner", async () => {
    await admits("any", { sub: "somebody" });
    for (const issuer of [GOOGLE, GITHUB, "https://api.pulumi.com/oidc", "https://oidc.vercel.com"]) {
      refused(() => make("any", [issuer]), "POLICY_LINT", "allow");
    }
    refused(() => make("any", [ISSUER, GITHUB]), "POLICY_LINT", "allow");
    await admits("unchecked", { iss: GITHUB, sub: "repo:strangers/x" }, [GITHUB]);
  });

  it("refuses a list that says nothing or too much, before a token comes", () => {
    const cases: [allow: unknown, code: string, issuers?: string[]][] = [
      [undefined, "OPTION_MISSING"],
      [[], "OPTION_MISSING"],
      ["all", "OPTION_MISSING"],
      [[{}], "OPTION_MISSING"],
      [[{ rules: {} }], "OPTION_MISSING"],
      [[{ serviceAccountName: "checkout" }], "OPTION_MISSING"],
      [[{ serviceAccountName: "checkout", rules: { a: "b" } }], "OPTION_MISSING"],
      [[{ namespace: "shop" }], "OPTION_MISSING", [ISSUER, OTHER]],
      [[{ issuer: OTHER, namespace: "shop" }], "ISSUER_MISMATCH"],
      [[{ namespace: "shop*" }], "NAMESPACE_INVALID"],
      [[{ namespace: "" }], "NAMESPACE_INVALID"],
      [[{ namespace: "shop", serviceAccountName: "*" }], "SERVICE_ACCOUNT_NAME_INVALID"],
      [[{ namespace: "shop", serviceAccountName: "a:b" }], "SERVICE_ACCOUNT_NAME_INVALID"],
      [[{ namespace: "shop", rules: { sub: "x" } }], "OPTION_CONFLICT"],
      [[{ rules: { "a..b": "x" } }], "CLAIM_PATH_INVALID"],
      [[{ rules: { sub: "*" } }], "PATTERN_WITHOUT_LITERAL"],
      [[{ rules: { sub: "" } }], "PATTERN_WITHOUT_LITERAL"],
      [[{ rules: { sub: 1 } }], "PATTERN_WITHOUT_LITERAL"],
      [[{ rules: { sub: "x".repeat(4097) } }], "PATTERN_TOO_LONG"],
      [[{ rules: { sub: "system:serviceaccount:*" } }], "POLICY_LINT"],
      [[{ rules: { sub: "repo:acme*" } }], "POLICY_LINT", [GITHUB]],
    ];
    for (const [allow, code, issuers] of cases) {
      refused(() => make(allow as Allow, issuers), code);
    }
    for (const [issuer, rules] of [
      [GITHUB, { iss: GITHUB }],
      [GITHUB, { ref: "refs/heads/main" }],
      [GOOGLE, { email_verified: "true" }],
      ["https://oidc.vercel.com", { sub: "owner:acme:project:web" }],
    ] as const) {
      refused(() => make([{ rules }], [issuer]), "POLICY_LINT", "allow[0]", "signs for strangers");
    }
    make([{ rules: { email: "runner@acme.iam.gserviceaccount.com" } }], [GOOGLE]);
    make([{ rules: { sub: "repo:acme/infra:ref:refs/heads/main" } }], [GITHUB]);
  });
});
