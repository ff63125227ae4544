import assert from "node:assert/strict";
import { lint } from "../../../../trust/parties/pulumi/lint";
import { allow, findings, SUB, withSub } from "../../lint/definitions";

describe("trust/parties/pulumi/check-patterns", () => {
  it("says which claim a kind of issuer doesn't send, and what may have been meant", () => {
    const unknown = (claim: string, fix: string) => [
      {
        ...{ name: "UNKNOWN_CLAIM", severity: "error", path: `policies[0].rules["${claim}"]` },
        message: "tokens of a Kubernetes cluster hold no value there, so this allow never takes effect",
        fix,
      },
    ];
    const unquoted = 'quote the key that contains a dot: "kubernetes.io"';
    const other = "use a claim of the issuer's tokens";
    const of = (claim: string) => findings(withSub(SUB, { [claim]: "x" }), "kubernetes");
    assert.deepEqual(of("kubernetes.io.namespace"), unknown("kubernetes.io.namespace", unquoted));
    assert.deepEqual(of("kubernetes.namespace"), unknown("kubernetes.namespace", other));
    assert.deepEqual(of("k8s.io.namespace"), unknown("k8s.io.namespace", other));
    assert.deepEqual(of('"kubernetes.io".namespace'), []);
    const [deny] = lint([{ ...allow({ ref: "x" }), decision: "deny" }], { issuer: "kubernetes" });
    assert.match(deny?.message ?? "", /so this deny never takes effect$/);
  });

  it("says what a dot matches", () => {
    assert.deepEqual(findings(withSub("system:serviceaccount:my.team:my.app")), [
      {
        name: "LITERAL_DOT_MATCHES_ANY",
        severity: "warning",
        path: "policies[0].rules.sub",
        message:
          'each . of "system:serviceaccount:my.team:my.app" matches any one character ("system:serviceaccount:myxteam:my.app"), and nothing escapes it',
        fix: "prefer a name without dots, or add a rule on an id, and waive this where neither can be",
      },
    ]);
    assert.deepEqual(findings(withSub("system:serviceaccount:my-team:my-app")), []);
  });

  it("says what is no claim path", () => {
    assert.deepEqual(findings(withSub(SUB, { 'a"': "x" })), [
      {
        name: "CLAIM_PATH_INVALID",
        severity: "error",
        path: 'policies[0].rules["a\\""]',
        message: '"a"" is not a claim path',
        fix: 'separate keys by dots and quote a key that contains dots, as in "kubernetes.io".namespace',
      },
    ]);
    assert.deepEqual(findings(withSub(SUB, { a: "x" })), []);
  });
});
