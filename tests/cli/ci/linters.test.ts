import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CiInitOptions } from "../../../cli/ci/init";
import { run } from "../../../tools/toolchain/run";
import { orSkip, resolveActionlint, resolvePythonLinters, ToolMissing } from "../../helpers/linters";
import { filesOf } from "./answers";

const WORKFLOW = ".github/workflows/pulumi.yml";

/** Options of workflows of every kind. */
const WORKFLOWS = [{}, { vendorAction: true }].flatMap((login): Partial<CiInitOptions>[] =>
  [{ environment: undefined }, { environment: "production" }].flatMap((place) =>
    [{}, { tokenType: "team" as const, team: "platform" }].map((token) => ({ ...login, ...place, ...token })),
  ),
);

const UNTRUSTED = `run: echo $\{{ github.event.head_commit.message }}`;

/** What a linter must find, in a workflow with one thing wrong: the thing, what is put for what, and the finding's name. */
const WRONG: Record<"actionlint" | "zizmor", [string, RegExp, string, string][]> = {
  actionlint: [
    ["untrusted text in a script", /run: pulumi whoami/, UNTRUSTED, "expression"],
    ["a permission that does not exist", /id-token:/, "id-tokens:", "permissions"],
    ["a key that steps do not have", /persist-credentials: false\n/, "$&        wiht: {}\n", "syntax-check"],
  ],
  zizmor: [
    ["untrusted text in a script", /run: pulumi whoami/, UNTRUSTED, "template-injection"],
    ["an action that is not pinned", /auth-actions@[0-9a-f]{40}/, "auth-actions@v2", "unpinned-uses"],
    ["credentials that stay behind", / +with:\n +persist-credentials: false\n/, "", "artipacked"],
    ["every permission", / permissions:\n.*\n.*\n/, " permissions: write-all\n", "excessive-permissions"],
  ],
};

describe("oidc-runner ci init: workflows of GitHub, by linters", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-linters-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  /** What a command says of a workflow, as JSON. */
  async function findings(workflow: string, command: string, ...args: string[]): Promise<Record<string, string>[]> {
    const file = join(mkdtempSync(join(directory, "workflow-")), WORKFLOW);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, workflow);
    const { stdout, stderr } = await run(command, [...args, file], { env: process.env, cwd: directory });
    assert.match(stdout, /^\[/, stderr);
    return JSON.parse(stdout);
  }

  const LINTERS: Record<keyof typeof WRONG, [() => Promise<string>, string[], string]> = {
    // It has shellcheck read the scripts where that is installed.
    actionlint: [resolveActionlint, ["-format", "{{json .}}"], "kind"],
    zizmor: [
      async () => join(await resolvePythonLinters(), "bin", "zizmor"),
      ["--offline", "--no-config", "--no-progress", "--format", "json"],
      "ident",
    ],
  };
  for (const [name, [resolve, args, field]] of Object.entries(LINTERS)) {
    describe(name, () => {
      let command: string;
      before(async function () {
        command = await orSkip(this, resolve());
      });

      for (const options of WORKFLOWS) {
        it(`finds nothing in the workflow with ${JSON.stringify(options)}`, async () => {
          const { [WORKFLOW]: workflow = "" } = await filesOf("githubActions", options);
          assert.deepEqual(await findings(workflow, command, ...args), []);
        });
      }

      for (const [what, from, to, finding] of WRONG[name as keyof typeof WRONG]) {
        it(`finds ${what}`, async () => {
          const { [WORKFLOW]: workflow = "" } = await filesOf("githubActions", { vendorAction: true });
          assert.match(workflow, from);
          const found = await findings(workflow.replace(from, to), command, ...args);
          assert.deepEqual(
            found.map((entry) => entry[field]),
            [finding],
          );
        });
      }
    });
  }

  describe("without the tools", () => {
    /** An environment with an empty tool cache and nothing on PATH but, if given, a python3 that says something and fails. */
    function surroundings(says?: string): NodeJS.ProcessEnv {
      const place = mkdtempSync(join(directory, "without-"));
      if (says !== undefined) {
        writeFileSync(join(place, "python3"), `#!/bin/sh\necho '${says}' >&2\nexit 1\n`, { mode: 0o755 });
      }
      const PATH = says === undefined ? place : `${place}:/usr/bin:/bin`;
      return { PATH, HOME: place, OIDC_RUNNER_CACHE: join(place, "cache") };
    }
    const missing = (reason: RegExp) => (error: Error) => {
      assert.ok(error instanceof ToolMissing, error.stack);
      assert.match(error.message, reason);
      return true;
    };

    it("says that Go is missing, or the modules", async () => {
      await assert.rejects(resolveActionlint(surroundings()), missing(/Go is not on PATH/));
      const { HOME, OIDC_RUNNER_CACHE } = surroundings();
      const offline = {
        ...process.env,
        HOME,
        OIDC_RUNNER_CACHE,
        GOMODCACHE: join(String(HOME), "mod"),
        GOPROXY: "off",
      };
      await assert.rejects(resolveActionlint(offline), missing(/actionlint/));
    });

    it("says that Python is missing, or why pip failed", async () => {
      await assert.rejects(resolvePythonLinters(surroundings()), missing(/python3 is not on PATH/));
      await assert.rejects(resolvePythonLinters(surroundings("no network")), missing(/no network/));
    });

    it("fails for a package that is not the pinned one", async () => {
      const tampered = resolvePythonLinters(surroundings("THESE PACKAGES DO NOT MATCH THE HASHES"));
      await assert.rejects(tampered, (error: Error) => !(error instanceof ToolMissing));
    });
  });
});
