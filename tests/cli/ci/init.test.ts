import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { parse } from "yaml";
import type { CiInitOptions } from "../../../cli/ci/init";
import { SYSTEMS } from "../../../cli/ci/questions";
import { parseRemote } from "../../../cli/ci/repository";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { ISSUERS, type IssuerRecord, loginStep } from "../../../trust/issuers";
import { assertSource } from "../../trust/issuers/documented";
import { ANSWERS, COMMON, filesOf, make, UUID } from "./answers";

const recordOf = (key: string) =>
  (ISSUERS as readonly IssuerRecord[]).find((record) => record.key === key) ?? assert.fail(key);

/** Shell texts of a pipeline, in their order. */
function shellIn(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((entry) => (typeof entry === "string" ? [entry] : shellIn(entry)));
  }
  return Object.entries((value ?? {}) as object).flatMap(([key, inner]) =>
    ["run", "script", "command"].includes(key) && typeof inner === "string"
      ? [inner]
      : typeof inner === "object"
        ? shellIn(inner)
        : [],
  );
}

/** What the compiler finds in programs, by their names. */
function compile(programs: Record<string, string>): string[] {
  const texts = new Map(Object.entries(programs).map(([name, code]) => [join(packageRoot(), `ci-${name}.ts`), code]));
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, types: ["node"], lib: ["lib.es2023.d.ts"] },
    ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.Node16, esModuleInterop: true },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (name) => texts.has(name) || fileExists(name);
  host.readFile = (name) => texts.get(name) ?? readFile(name);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([...texts.keys()], options, host))
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
}

describe("oidc-runner ci init", () => {
  it("knows every CI system with a record", () => {
    const systems = (ISSUERS as readonly IssuerRecord[]).filter(({ key, ci }) => ci || key === "terraformCloud");
    assert.deepEqual(
      Object.keys(SYSTEMS),
      systems.map(({ key }) => key),
    );
    assert.deepEqual(Object.keys(ANSWERS), Object.keys(SYSTEMS));
  });

  for (const system of Object.keys(SYSTEMS)) {
    describe(system, () => {
      const { ci } = recordOf(system);

      if (ci === undefined) {
        it("has no pipeline file, and says how runs get the token", async () => {
          const { files, notes } = await make(system);
          assert.ok(files.every(({ path }) => path.startsWith("trust/")));
          assert.match(notes.join("\n"), /TFC_WORKLOAD_IDENTITY_AUDIENCE=urn:pulumi:org:acme/);
        });
        return;
      }

      it("makes YAML whose steps are the record's, byte for byte, with no expression of the system in them", async () => {
        const { [ci.file]: text = "" } = await filesOf(system);
        const fixed = recordOf(system).audience.fixed?.audience;
        const audience = fixed ?? "urn:pulumi:org:acme";
        const login = loginStep(ci, { organization: "acme", audience, apiUrl: COMMON.apiUrl });
        const escaped = system === "buildkite" ? login.replaceAll("$", () => "$$") : login;
        const shell = shellIn(parse(text));
        assert.ok(shell.includes(escaped) && shell.includes("pulumi whoami"), text);
        for (const part of shell) {
          assert.doesNotMatch(part, /\$\{\{|\$\([A-Z]|<<|AccessToken\)/);
        }
      });
    });
  }

  it("makes programs that compile strictly", async () => {
    const programs: Record<string, string> = {};
    for (const system of Object.keys(SYSTEMS)) {
      programs[system] = (await filesOf(system, { tokenType: "team", team: "platform" }))["trust/index.ts"] ?? "";
      assert.match(programs[system], /accessToken: \{\n +team: \{\n +name: "platform"/);
    }
    const { gitlab = "" } = programs;
    const found = compile({ ...programs, wrong: gitlab.replace('decision: "allow"', 'decision: "permit"') });
    assert.ok(found.length > 0 && found.every((text) => text.includes("ci-wrong.ts")), found.join("\n"));
  });

  it("asks GitHub for no more than the token and the code", async () => {
    const text = (await filesOf("githubActions"))[".github/workflows/pulumi.yml"] ?? "";
    const { on, permissions, jobs } = parse(text);
    assert.deepEqual(permissions, {});
    assert.deepEqual(jobs.pulumi.permissions, { contents: "read", "id-token": "write" });
    assert.deepEqual([on, jobs.pulumi.environment], [{ push: { branches: ["main"] } }, "production"]);
    assert.match(
      text,
      /uses: actions\/checkout@[0-9a-f]{40} # v\d+\.\d+\.\d+\n +with:\n +persist-credentials: false\n/,
    );
    assert.doesNotMatch(text, /secrets\.|PULUMI_ACCESS_TOKEN/);
  });

  describe("--vendor-action", () => {
    const inputs = JSON.parse(
      readFileSync(join(packageRoot(), "tests", "third-party", "pulumi-auth-actions", "inputs.json"), "utf8"),
    );
    const pipeline = async (options: Partial<CiInitOptions> = {}) =>
      (await filesOf("githubActions", { vendorAction: true, ...options }))[".github/workflows/pulumi.yml"] ?? "";
    const stepOf = async (options: Partial<CiInitOptions> = {}) =>
      parse(await pipeline(options)).jobs.pulumi.steps[1] as { uses: string; with: Record<string, string> };

    it("uses the release that is on record, by its commit", async () => {
      assertSource(inputs.source);
      const { repository, commit } = inputs.source;
      assert.ok((await pipeline()).includes(`uses: ${repository}@${commit} # ${inputs.tag}\n`), await pipeline());
    });

    const tokens: [string, Partial<CiInitOptions>, Record<string, string>][] = [
      ["organization", {}, {}],
      ["team", { tokenType: "team", team: "platform" }, { scope: "team:platform" }],
      ["personal", { tokenType: "personal", user: "ada" }, { scope: "user:ada" }],
    ];
    for (const [type, options, scope] of tokens) {
      it(`gives the action inputs that it has, for a token of type ${type}`, async () => {
        const { with: given } = await stepOf(options);
        assert.deepEqual(given, {
          organization: "acme",
          "requested-token-type": `urn:pulumi:token-type:access_token:${type}`,
          ...scope,
          "cloud-url": "https://api.pulumi.com",
        });
        const names = Object.keys(given);
        assert.deepEqual(
          names.filter((name) => !inputs.inputs.includes(name)),
          [],
        );
        assert.deepEqual(
          inputs.required.filter((name: string) => !names.includes(name)),
          [],
        );
      });
    }

    it("differs from the default in that step and in the address that the CLI is told", async () => {
      const options = { apiUrl: "https://api.example.com" };
      const own = parse(await pipeline(options));
      const shell = parse((await filesOf("githubActions", options))[".github/workflows/pulumi.yml"] ?? "");
      assert.equal(own.jobs.pulumi.steps[1].with["cloud-url"], "https://api.example.com");
      assert.deepEqual(own.jobs.pulumi.env, { PULUMI_BACKEND_URL: "https://api.example.com" });
      delete own.jobs.pulumi.env;
      own.jobs.pulumi.steps[1] = shell.jobs.pulumi.steps[1];
      assert.deepEqual(own, shell);
    });

    it("warns that later steps have the token in their environment, which the default step does not", async () => {
      const warning = new RegExp(`warning: pulumi/auth-actions .*${inputs.exports[0]}`);
      assert.match((await make("githubActions", { vendorAction: true })).notes.join("\n"), warning);
      assert.doesNotMatch((await make("githubActions")).notes.join("\n"), warning);
    });

    for (const system of Object.keys(SYSTEMS).filter((key) => key !== inputs.record)) {
      it(`is refused for ${system}, which has none`, async () => {
        await assert.rejects(make(system, { vendorAction: true }), {
          code: "INPUT_INVALID",
          where: "--vendor-action",
          fix: "leave it out, for the shell step; only githubActions has one",
        });
      });
    }
  });

  it("gives Azure's token to the login's step alone, and runs for no pull request", async () => {
    const { pr, steps } = parse((await filesOf("azureDevops"))["azure-pipelines.yml"] ?? "");
    assert.equal(pr, "none");
    assert.deepEqual(
      steps.map(({ env }: { env?: object }) => env),
      [undefined, { SYSTEM_ACCESSTOKEN: "$(System.AccessToken)" }, undefined],
    );
    assert.equal(steps[0].persistCredentials, false);
  });

  it("asks the others for Pulumi's audience, for one branch", async () => {
    const gitlab = parse((await filesOf("gitlab"))[".gitlab-ci.yml"] ?? "").pulumi;
    assert.deepEqual(gitlab.id_tokens, { PULUMI_OIDC_TOKEN: { aud: "urn:pulumi:org:acme" } });
    assert.deepEqual(gitlab.rules, [{ if: '$CI_COMMIT_BRANCH == "main"' }]);
    const bitbucket = parse((await filesOf("bitbucket"))["bitbucket-pipelines.yml"] ?? "").pipelines.branches;
    assert.deepEqual(Object.keys(bitbucket), ["main"]);
    assert.deepEqual(bitbucket.main[0].step.oidc, { audiences: ["urn:pulumi:org:acme"] });
    const circleci = parse((await filesOf("circleci"))[".circleci/config.yml"] ?? "");
    assert.deepEqual(circleci.workflows.pulumi.jobs, [{ pulumi: { filters: { branches: { only: "main" } } } }]);
    const { steps } = parse((await filesOf("buildkite"))[".buildkite/pipeline.yml"] ?? "");
    assert.equal(steps[0].branches, "main");
    assert.match(steps[0].commands[0], /^PULUMI_CREDENTIALS_PATH=\$\$\(mktemp -d\)/);
  });

  it("gives another API's address to the login and to the program", async () => {
    const files = await filesOf("gitlab", { apiUrl: "https://api.example.com" });
    assert.match(files[".gitlab-ci.yml"] ?? "", / --cloud-url 'https:\/\/api\.example\.com' /);
    assert.match(files["trust/index.ts"] ?? "", /apiUrl: "https:\/\/api\.example\.com"/);
    assert.doesNotMatch((await filesOf("gitlab"))["trust/index.ts"] ?? "", /apiUrl/);
  });

  it("warns of what the linter finds", async () => {
    const { notes } = await make("githubActions", { repositoryId: undefined, ownerId: undefined });
    assert.match(notes.join("\n"), /warning: .*MUTABLE_GITHUB_NAME/);
    assert.doesNotMatch((await make("githubActions")).notes.join("\n"), /warning/);
  });

  const near: [string, string, Partial<CiInitOptions>, string, RegExp][] = [
    ["a system without a record", "jenkins", {}, "INPUT_INVALID", /githubActions, gitlab/],
    ["the name of something every object has", "constructor", {}, "INPUT_INVALID", /githubActions, gitlab/],
    ["no organization", "gitlab", { organization: undefined }, "OPTION_MISSING", /--organization/],
    ["no project", "gitlab", { project: undefined }, "OPTION_MISSING", /--project/],
    ["no branch", "gitlab", { branch: undefined }, "OPTION_MISSING", /--branch/],
    ["an organization of CI", "buildkite", { ciOrganization: undefined }, "OPTION_MISSING", /--ci-organization/],
    ["a repository with a wildcard", "githubActions", { repository: "acme/*" }, "SUBJECT_INVALID", /wildcard/],
    ["one id of two", "githubActions", { ownerId: undefined }, "SUBJECT_INVALID", /ownerId/],
    ["a UUID without braces", "bitbucket", { repositoryUuid: UUID }, "SUBJECT_INVALID", /braces/],
    ["an organization's id that no issuer has", "circleci", { ciOrganizationId: "acme" }, "SUBJECT_INVALID", /UUID/],
    ["a branch that is a pattern", "gitlab", { branch: "*" }, "INPUT_INVALID", /--branch/],
    ["a branch that ends a text", "gitlab", { branch: 'a" || "1' }, "INPUT_INVALID", /--branch/],
    ["an expression as environment", "githubActions", { environment: "$" + "{{ x }}" }, "INPUT_INVALID", /environment/],
    ["an environment where there are none", "circleci", { environment: "production" }, "INPUT_INVALID", /environment/],
    ["a team token without a team", "gitlab", { tokenType: "team" }, "INPUT_INVALID", /--team/],
    ["a team for another token", "gitlab", { team: "platform" }, "INPUT_INVALID", /--team/],
    ["a team with an expression", "gitlab", { tokenType: "team", team: "$(id)" }, "INPUT_INVALID", /--team/],
    ["an API in the clear", "gitlab", { apiUrl: "http://api.example.com" }, "API_URL_INSECURE", /https/],
  ];
  for (const [what, system, options, code, text] of near) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(make(system, options), (error: { code?: string; message?: string }) => {
        assert.equal(error.code, code);
        assert.match(String(error.message), text);
        return true;
      });
    });
  }

  describe("from a repository", () => {
    const remotes: [string, { host: string; path: string } | undefined][] = [
      ["git@github.com:acme/app.git", { host: "github.com", path: "acme/app" }],
      ["https://user:secret@GitHub.com/acme/app", { host: "github.com", path: "acme/app" }],
      ["ssh://git@gitlab.example.com:2222/group/sub/app.git", { host: "gitlab.example.com", path: "group/sub/app" }],
      ["/srv/git/app.git", undefined],
      ["", undefined],
    ];
    for (const [url, expected] of remotes) {
      it(`reads the remote "${url}"`, () => assert.deepEqual(parseRemote(url), expected));
    }

    const defaults: [string, string, string[], RegExp][] = [
      ["githubActions", "git@github.com:other/site.git", ["repository", "repositoryId", "ownerId"], /"other\/site"/],
      ["gitlab", "git@gitlab.com:a/b/c.git", ["project", "projectId"], /gitlab: \{\},.*project: "a\/b\/c"/s],
      ["gitlab", "git@gitlab.acme.org:a/b.git", ["project"], /issuerUrl: "https:\/\/gitlab\.acme\.org"/],
      ["circleci", "https://github.com/other/site", ["vcsOrigin"], /vcsOrigin: "github.com\/other\/site"/],
      ["bitbucket", "git@bitbucket.org:other/site.git", ["workspace"], /workspace: "other"/],
      ["azureDevops", "https://dev.azure.com/other/My%20Project/_git/x", ["ciOrganization", "project"], /"My Project"/],
      ["azureDevops", "git@ssh.dev.azure.com:v3/other/site/x", ["ciOrganization", "project"], /organization: "other"/],
    ];
    for (const [system, url, fields, expected] of defaults) {
      it(`takes what ${url} says for ${system}, and the default branch`, async () => {
        const without = Object.fromEntries([...fields, "branch"].map((field) => [field, undefined]));
        const remote = parseRemote(url);
        const { files } = await make(system, without, { remote, branch: "trunk" });
        const program = files.find(({ path }) => path === "trust/index.ts")?.text ?? "";
        assert.match(program, expected);
        assert.match(program, /trunk/);
      });
    }

    it("takes nothing from a remote of another system", async () => {
      const options = { repository: undefined, repositoryId: undefined, ownerId: undefined };
      const remote = parseRemote("git@github.com.example.org:acme/app.git");
      await assert.rejects(make("githubActions", options, { remote }), { code: "OPTION_MISSING" });
    });
  });

  describe("as a command", () => {
    let directory: string;
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), "oidc-runner-ci-"));
    });
    afterEach(() => rmSync(directory, { recursive: true }));
    const run = (...more: string[]) =>
      spawnSync(
        process.execPath,
        [
          join(packageRoot(), "dist", "cli", "main.js"),
          ...["ci", "init", "gitlab", "--organization", "acme", "--project", "acme/app", "--project-id", "7"],
          ...["--branch", "main", ...more],
        ],
        { cwd: directory, encoding: "utf8", env: { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() } },
      );

    it("writes the files, and overwrites none without --force", () => {
      const { status, stdout, stderr } = run();
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^wrote \.gitlab-ci\.yml\nwrote pulumi-oidc-trust\/Pulumi\.yaml\n/);
      const pipeline = join(directory, ".gitlab-ci.yml");
      const made = readFileSync(pipeline, "utf8");
      writeFileSync(pipeline, "own: true\n");
      rmSync(join(directory, "pulumi-oidc-trust"), { recursive: true });
      const again = run();
      assert.equal(again.status, 2);
      assert.match(again.stderr, /INPUT_INVALID: \.gitlab-ci\.yml would be overwritten/);
      assert.equal(readFileSync(pipeline, "utf8"), "own: true\n");
      assert.ok(!existsSync(join(directory, "pulumi-oidc-trust")), "half of the files were written");
      assert.equal(run("--force").status, 0);
      assert.equal(readFileSync(pipeline, "utf8"), made);
    });

    it("prints them and writes none", () => {
      const { status, stdout } = run("--print");
      assert.equal(status, 0);
      assert.match(stdout, /^# \.gitlab-ci\.yml\npulumi:\n/);
      assert.ok(!existsSync(join(directory, ".gitlab-ci.yml")));
    });

    it("says what is missing without a terminal", () => {
      const { status, stderr } = spawnSync(
        process.execPath,
        [join(packageRoot(), "dist", "cli", "main.js"), "ci", "init", "githubActions", "--organization", "acme"],
        { cwd: directory, encoding: "utf8", env: { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() } },
      );
      assert.equal(status, 2);
      assert.match(stderr, /OPTION_MISSING: .*--repository/);
    });
  });
});
