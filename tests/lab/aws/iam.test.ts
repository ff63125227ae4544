import assert from "node:assert/strict";
import { Iam } from "../../../lab/aws/iam";

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: "111122223333" } }],
});
const policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
const READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess";

function role(change: Record<string, unknown> = {}) {
  return {
    ...{ name: "runner", path: "/", assumeRolePolicy: trust, description: "", maxSessionDuration: 3600 },
    ...{ permissionsBoundary: "", tags: {} },
    ...change,
  };
}

describe("the lab's IAM roles", () => {
  const make = () => new Iam({ now: () => new Date("2026-01-02T03:04:05.678Z") }).roles;
  const refused = (change: Record<string, unknown>, code: string) =>
    assert.throws(() => make().create(role(change)), { code }, JSON.stringify(change));

  it("have ARN, unique id and creation date", () => {
    const created = make().create(role({ path: "/team/" }));
    assert.equal(created.arn, "arn:aws:iam::111122223333:role/team/runner");
    assert.match(created.uniqueId, /^AROA[A-Z2-7]{17}$/);
    assert.equal(created.createDate, "2026-01-02T03:04:05Z");
  });

  it("accept the bounds and refuse what lies beyond", () => {
    make().create(role({ name: "x".repeat(64), maxSessionDuration: 43_200 }));
    make().create(role({ name: "a+=,.@-_1", permissionsBoundary: READ_ONLY }));
    refused({ name: "x".repeat(65) }, "ValidationError");
    refused({ name: "a/b" }, "ValidationError");
    refused({ name: "" }, "ValidationError");
    refused({ path: "team/" }, "ValidationError");
    refused({ path: "/team" }, "ValidationError");
    refused({ maxSessionDuration: 3599 }, "ValidationError");
    refused({ maxSessionDuration: 43_201 }, "ValidationError");
    refused({ maxSessionDuration: 3600.5 }, "ValidationError");
    refused({ permissionsBoundary: "ReadOnlyAccess" }, "InvalidInput");
    for (const arn of ["arn:aws:iam::aws:policy/", "arn:aws-cn:iam::aws:policy/X", "arn:aws:iam::aws:policy/a b"]) {
      refused({ permissionsBoundary: arn }, "InvalidInput");
    }
    refused({ permissionsBoundary: `arn:aws:iam::aws:policy/${"x".repeat(129)}` }, "InvalidInput");
    refused({ permissionsBoundary: "arn:aws:iam::111122223333:policy/mine" }, "NoSuchEntity");
    make().create(role({ permissionsBoundary: "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess" }));
    refused({ assumeRolePolicy: policy }, "MalformedPolicyDocument");
  });

  it("exist once, whatever the case of the name", () => {
    const roles = make();
    roles.create(role());
    assert.throws(() => roles.create(role({ name: "Runner" })), { code: "EntityAlreadyExists", httpStatus: 409 });
    roles.create(role({ name: "runner2" }));
  });

  it("keep the old settings when an update is refused", () => {
    const roles = make();
    roles.create(role());
    assert.throws(() => roles.update("runner", role({ assumeRolePolicy: "{}" })), { code: "MalformedPolicyDocument" });
    assert.equal(roles.get("runner").assumeRolePolicy, trust);
    assert.equal(roles.update("runner", role({ description: "new" })).description, "new");
    assert.throws(() => roles.update("other", role()), { code: "NoSuchEntity", httpStatus: 404 });
  });

  it("are not deleted while they have policies, unless forced", () => {
    const roles = make();
    roles.create(role());
    roles.attach("runner", READ_ONLY);
    assert.throws(() => roles.delete("runner"), { code: "DeleteConflict" });
    roles.detach("runner", READ_ONLY);
    roles.putPolicy("runner", "inline", policy);
    assert.throws(() => roles.delete("runner"), { code: "DeleteConflict" });
    roles.deletePolicy("runner", "inline");
    roles.delete("runner");
    assert.throws(() => roles.get("runner"), { code: "NoSuchEntity" });
    roles.create(role());
    roles.attach("runner", READ_ONLY);
    roles.delete("runner", true);
  });

  it("take ten attached policies, and only policies", () => {
    const roles = make();
    roles.create(role());
    // Of another account, whose policies the lab takes as existing.
    const policy = (index: number) => `arn:aws:iam::222233334444:policy/p${index}`;
    for (let i = 0; i < 10; i++) roles.attach("runner", policy(i));
    roles.attach("runner", policy(0));
    assert.throws(() => roles.attach("runner", READ_ONLY), { code: "LimitExceeded" });
    assert.throws(() => roles.attach("runner", "arn:aws:iam::aws:role/x"), { code: "InvalidInput" });
    assert.throws(() => roles.detach("runner", READ_ONLY), { code: "NoSuchEntity" });
    roles.detach("runner", policy(0));
    assert.throws(() => roles.attach("runner", "arn:aws:iam::aws:policy/ReadOnlyAcess"), { code: "NoSuchEntity" });
    roles.attach("runner", "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess");
    assert.throws(() => roles.putPolicy("runner", "bad", trust), { code: "MalformedPolicyDocument" });
  });
});

describe("the lab's OIDC providers", () => {
  const provider = (change: Record<string, unknown> = {}) => ({
    ...{ url: "https://idp.example/path", clientIds: ["sts.amazonaws.com"], thumbprints: [], tags: {} },
    ...change,
  });
  const refused = (change: Record<string, unknown>, code: string) =>
    assert.throws(() => new Iam().oidcProviders.create(provider(change)), { code }, JSON.stringify(change));

  it("are named by their URL", () => {
    const { oidcProviders } = new Iam();
    const { arn, url } = oidcProviders.create(provider());
    assert.equal(arn, "arn:aws:iam::111122223333:oidc-provider/idp.example/path");
    assert.equal(url, "idp.example/path");
    assert.throws(() => oidcProviders.create(provider()), { code: "EntityAlreadyExists" });
    oidcProviders.create(provider({ url: "https://idp.example/path2" }));
    oidcProviders.delete(arn);
    assert.throws(() => oidcProviders.get(arn), { code: "NoSuchEntity" });
  });

  it("refuse URLs, audiences and thumbprints out of form", () => {
    new Iam().oidcProviders.create(provider({ thumbprints: ["a".repeat(40)] }));
    refused({ url: "http://idp.example" }, "InvalidInput");
    refused({ url: "idp.example" }, "InvalidInput");
    refused({ url: "https://idp.example?x=1" }, "InvalidInput");
    refused({ url: "https://idp.example:8443" }, "InvalidInput");
    refused({ url: `https://idp.example/${"x".repeat(256)}` }, "ValidationError");
    refused({ clientIds: [""] }, "ValidationError");
    refused({ clientIds: Array.from({ length: 101 }, (_, i) => `c${i}`) }, "LimitExceeded");
    refused({ thumbprints: ["a".repeat(39)] }, "ValidationError");
    refused({ thumbprints: ["g".repeat(40)] }, "ValidationError");
    refused({ thumbprints: Array.from({ length: 6 }, () => "a".repeat(40)) }, "LimitExceeded");
  });
});
