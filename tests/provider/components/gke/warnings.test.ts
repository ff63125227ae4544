import assert from "node:assert/strict";
import { GkeOidcRunner, type GkeOidcRunnerArgs } from "../../../../provider/components/gke/gke-oidc-runner";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { API, cloud } from "../cloud";

const names = (project = "acme-prod", name = "prod") => ({ project, location: "europe-west1", name });
type Access = NonNullable<GkeOidcRunnerArgs["gcp"]> & Pick<GkeOidcRunnerArgs, "waive">;

function runner(name: string, { waive, ...gcp }: Access, cluster = names()) {
  const args = { organization: "acme", accessToken: { organization: {} }, namespace: "pulumi", apiUrl: API } as const;
  return new GkeOidcRunner(name, { ...args, cluster, gcp, waive });
}

/** The names of the warnings of a program. */
async function warnings(program: () => void): Promise<string[]> {
  const run = await runProgram(program, cloud);
  assert.deepEqual(run.errors, []);
  for (const line of run.log) {
    assert.match(line, /^[A-Z_]+: [^\n]*\. Fix: [^\n]*waive it: waive: \[/);
  }
  return run.log.map((line) => line.split(":", 1)[0] as string);
}

const email = { serviceAccountEmail: "runner@acme-prod.iam.gserviceaccount.com" };
const meant = (name: "IDENTITY_SAMENESS" | "GOOGLE_ROLE_BROAD") => [{ name, reason: "one team has all of them" }];

describe("warnings of a GkeOidcRunner", () => {
  it("tell of identity sameness once for each project, however many runners and clusters it has", async () => {
    assert.deepEqual(
      await warnings(() => {
        runner("one", email);
        runner("two", { directPrincipal: { projectNumber: "1" } });
        runner("three", email, names("acme-prod", "dev"));
      }),
      ["IDENTITY_SAMENESS"],
    );
    assert.deepEqual(
      await warnings(() => {
        runner("one", email);
        runner("two", email, names("acme-dev"));
      }),
      ["IDENTITY_SAMENESS", "IDENTITY_SAMENESS"],
    );
  });

  it("are told again in the next run of the process", async () => {
    for (const _ of [1, 2]) {
      assert.deepEqual(await warnings(() => void runner("one", email)), ["IDENTITY_SAMENESS"]);
    }
  });

  it("are waived by name, for the runner that waives them", async () => {
    assert.deepEqual(await warnings(() => void runner("one", { ...email, waive: meant("IDENTITY_SAMENESS") })), []);
    assert.deepEqual(await warnings(() => void runner("one", { ...email, waive: meant("GOOGLE_ROLE_BROAD") })), [
      "IDENTITY_SAMENESS",
    ]);
    assert.deepEqual(
      await warnings(() => {
        runner("one", { ...email, waive: meant("IDENTITY_SAMENESS") });
        runner("two", email);
      }),
      ["IDENTITY_SAMENESS"],
    );
  });

  it("tell of roles that are more than a runner needs, each", async () => {
    const waive = meant("IDENTITY_SAMENESS");
    const roles = { projectRoles: ["roles/owner", "roles/viewer"], rolesByProject: { "acme-data": ["roles/editor"] } };
    const broad = ["GOOGLE_ROLE_BROAD", "GOOGLE_ROLE_BROAD"];
    assert.deepEqual(await warnings(() => void runner("one", { serviceAccount: roles, waive })), broad);
    const directPrincipal = { ...roles, projectNumber: "1" };
    assert.deepEqual(await warnings(() => void runner("one", { directPrincipal, waive })), broad);
    const both = [...waive, ...meant("GOOGLE_ROLE_BROAD")];
    assert.deepEqual(await warnings(() => void runner("one", { serviceAccount: roles, waive: both })), []);
  });
});
