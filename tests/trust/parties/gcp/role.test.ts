import assert from "node:assert/strict";
import { broadRole, checkGoogleRole } from "../../../../trust/parties/gcp/role";
import { refused } from "../../../helpers/refused";

const WHERE = "google.serviceAccount.projectRoles";
const check = (role: string, project?: string) => checkGoogleRole(role, project, WHERE);

describe("trust/parties/gcp/role", () => {
  it("knows the three kinds of roles", () => {
    // IAM REST reference, `Role.name`.
    check("roles/storage.objectViewer", "acme-prod");
    check("roles/viewer", "acme-prod");
    check("organizations/1234/roles/our_role", "acme-prod");
    check("projects/acme-prod/roles/my.role", "acme-prod");
    check("projects/acme-prod/roles/my.role");
  });

  it("refuses what is none", () => {
    for (const role of [
      "",
      "viewer",
      "roles/",
      "role/viewer",
      "Roles/viewer",
      "roles/a b",
      "roles/a/b",
      "roles/viewer\n",
      "storage.objects.get",
      "organizations/acme/roles/ours",
      "projects//roles/mine",
      "projects/acme-prod/roles/ab",
      `projects/acme-prod/roles/${"a".repeat(65)}`,
    ]) {
      refused(() => check(role), "GOOGLE_ROLE_INVALID", WHERE, JSON.stringify(role.trim()).slice(0, -1));
    }
  });

  it("refuses another project's own role", () => {
    refused(() => check("projects/acme-dev/roles/mine", "acme-prod"), "GOOGLE_ROLE_INVALID", WHERE, "acme-dev");
  });

  it("says which roles are more than a runner needs", () => {
    for (const role of ["roles/owner", "roles/editor", "roles/iam.serviceAccountTokenCreator"]) {
      assert.ok(broadRole(role), role);
    }
    for (const role of ["roles/viewer", "roles/storage.admin", "projects/acme-prod/roles/owner"]) {
      assert.equal(broadRole(role), undefined, role);
    }
  });
});
