import assert from "node:assert/strict";
import type { IssuerKind } from "../../../trust/lint/issuer-kind";
import { isKnownClaim } from "../../../trust/lint/known-claims";

const KINDS: IssuerKind[] = ["kubernetes", "github", "gitlab", "pulumi"];
/** The kinds whose tokens can hold a value there. */
const kindsWith = (...keys: string[]) => KINDS.filter((kind) => isKnownClaim(kind, keys));

describe("trust/lint/known-claims", () => {
  it("knows the registered claims of all", () => {
    assert.deepEqual(kindsWith("sub"), KINDS);
    assert.deepEqual(kindsWith("jti"), KINDS);
    assert.deepEqual(kindsWith("sub", "x"), []);
    assert.deepEqual(kindsWith("scope"), ["pulumi"]);
    assert.deepEqual(kindsWith(), []);
    assert.deepEqual(kindsWith(""), []);
  });

  it("knows what is below kubernetes.io, and only there", () => {
    assert.deepEqual(kindsWith("kubernetes.io", "namespace"), ["kubernetes"]);
    assert.deepEqual(kindsWith("kubernetes.io", "pod", "uid"), ["kubernetes"]);
    assert.deepEqual(kindsWith("kubernetes.io"), []);
    assert.deepEqual(kindsWith("kubernetes.io", "pod"), []);
    assert.deepEqual(kindsWith("kubernetes.io", "repository"), []);
    assert.deepEqual(kindsWith("other.io", "namespace"), []);
    assert.deepEqual(kindsWith("namespace"), []);
  });

  it("knows that owners name properties of repositories", () => {
    assert.deepEqual(kindsWith("repo_property_tier"), ["github"]);
    assert.deepEqual(kindsWith("my_repo_property_tier"), []);
    assert.deepEqual(kindsWith("repo_property"), []);
  });
});
