import assert from "node:assert/strict";
import { GcpIam } from "../../../lab/gcp/iam";

const settings = { displayName: "", description: "", disabled: false };
const account = (accountId: string, project = "lab-project") => ({ ...settings, accountId, project });
const POOL =
  "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/lab-project.svc.id.goog";
const grant = (member: string, role = "roles/iam.workloadIdentityUser") => ({ member, role });

describe("the lab's Google service accounts", () => {
  it("have email and full name", () => {
    const made = new GcpIam().createAccount(account("gke-gsa"));
    assert.equal(made.email, "gke-gsa@lab-project.iam.gserviceaccount.com");
    assert.equal(made.name, `projects/lab-project/serviceAccounts/${made.email}`);
    assert.match(made.uniqueId, /^\d{21}$/);
  });

  it("want ids of 6 to 30 characters that start with a letter and end with a letter or digit", () => {
    for (const id of ["abcdef", `a${"b".repeat(29)}`, "a-b-c1"]) new GcpIam().createAccount(account(id));
    for (const id of ["abcde", `a${"b".repeat(30)}`, "1bcdef", "abcde-", "Abcdef", "abc_def"]) {
      assert.throws(() => new GcpIam().createAccount(account(id)), { code: "badRequest" }, id);
    }
    assert.throws(() => new GcpIam().createAccount(account("abcdef", "P")), { code: "badRequest" });
  });

  it("exist once in a project", () => {
    const iam = new GcpIam();
    iam.createAccount(account("abcdef"));
    assert.throws(() => iam.createAccount(account("abcdef")), { code: "alreadyExists", httpStatus: 409 });
    iam.createAccount(account("abcdef", "other-project"));
  });

  it("lose their grants when they go", () => {
    const iam = new GcpIam();
    const { name, email } = iam.createAccount(account("abcdef"));
    iam.addGrant(name, grant("user:a@b.example"));
    iam.deleteAccount(email);
    assert.throws(() => iam.getAccount(email), { code: "notFound", httpStatus: 404 });
    assert.throws(() => iam.grants(name), { code: "notFound" });
    iam.createAccount(account("abcdef"));
    assert.deepEqual(iam.grants(name), []);
  });
});

describe("the lab's Google grants", () => {
  function withAccount() {
    const iam = new GcpIam();
    return { iam, name: iam.createAccount(account("gke-gsa")).name };
  }

  it("go to well-formed members only", () => {
    const good = [
      "serviceAccount:lab-project.svc.id.goog[id-namespace/gke-sa]",
      "serviceAccount:gke-gsa@lab-project.iam.gserviceaccount.com",
      "serviceAccount:elsewhere@another-project.iam.gserviceaccount.com",
      `principal:${POOL}/subject/ns/a/sa/b`,
      `principal:${POOL}/kubernetes.serviceaccount.uid/0b2c-17`,
      `principalSet:${POOL}/namespace/a`,
      `principalSet:${POOL}/attribute.repository/o/r`,
      "user:a@b.example",
      "allUsers",
    ];
    const ofUsers = (pool: string) => `principal:${POOL.replace("lab-project.svc.id.goog", pool)}/subject/s`;
    good.push(...["pool", "a".repeat(32), "0-ab"].map(ofUsers));
    const bad = [
      ...["abc", "a".repeat(33), "gcp-pool", "Pool", "a_bc", "p.svc.id.goog"].map(ofUsers),
      "lab-project.svc.id.goog[id-namespace/gke-sa]",
      "serviceAccount:lab-project.svc.id.goog[id-namespace]",
      "serviceAccount:lab-project.svc.id.goog[Ns/sa]",
      "serviceAccount:missing@lab-project.iam.gserviceaccount.com",
      "serviceAcount:gke-gsa@lab-project.iam.gserviceaccount.com",
      `principal:${POOL}/ns/a/sa/b`,
      `principal:${POOL}/namespace/a`,
      `principalSet:${POOL}`,
      "user:a",
      "",
    ];
    for (const member of good) {
      const { iam, name } = withAccount();
      iam.addGrant(name, grant(member));
      assert.ok(iam.hasGrant(name, grant(member)), member);
    }
    for (const member of bad) {
      const { iam, name } = withAccount();
      assert.throws(() => iam.addGrant(name, grant(member)), { code: "badRequest" }, member);
    }
  });

  it("want a role of a known form and an account that exists", () => {
    const { iam, name } = withAccount();
    for (const role of ["roles/viewer", "projects/lab-project/roles/mine", "organizations/1/roles/ours"]) {
      iam.addGrant(name, grant("allUsers", role));
    }
    for (const role of ["viewer", "roles/", "project/lab-project/roles/mine"]) {
      assert.throws(() => iam.addGrant(name, grant("allUsers", role)), { code: "badRequest" }, role);
    }
    const missing = name.replace("gke-gsa@", "gke-gsb@");
    assert.throws(() => iam.addGrant(missing, grant("allUsers")), { code: "notFound", httpStatus: 404 });
    iam.addGrant("projects/lab-project", grant("allUsers"));
    assert.throws(() => iam.addGrant("folders/1", grant("allUsers")), { code: "badRequest" });
  });

  it("want a project's own role in that project", () => {
    const { iam, name } = withAccount();
    const mine = grant("allUsers", "projects/lab-project/roles/mine");
    iam.addGrant("projects/lab-project", mine);
    iam.addGrant(name.replace("lab-project", "-"), mine);
    assert.throws(() => iam.addGrant("projects/other-project", mine), { code: "badRequest" });
  });

  it("are kept apart by their condition and taken away alone", () => {
    const { iam, name } = withAccount();
    const condition = { title: "t", expression: "true" };
    iam.addGrant(name, grant("allUsers"));
    iam.addGrant(name, { ...grant("allUsers"), condition });
    iam.addGrant(name, grant("allUsers"));
    assert.equal(iam.grants(name).length, 2);
    iam.removeGrant(name, grant("allUsers"));
    assert.deepEqual(iam.grants(name), [{ ...grant("allUsers"), condition }]);
  });
});
