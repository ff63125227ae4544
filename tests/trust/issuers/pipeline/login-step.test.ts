import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ISSUERS, type IssuerRecord, loginStep } from "../../../../trust/issuers";

const TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJqb2IifQ.c2ln";
const BEARER = "bearer-of-the-job";
const LOGIN = { organization: "acme", audience: "urn:pulumi:org:acme", apiUrl: "https://api.example.com" };

const SYSTEMS = (ISSUERS as readonly IssuerRecord[]).flatMap(({ key, ci }) => (ci === undefined ? [] : [{ key, ci }]));

/** What a job of each system has in its environment. */
const ENVIRONMENTS: Record<string, Record<string, string>> = {
  githubActions: {
    ACTIONS_ID_TOKEN_REQUEST_URL: "https://runner.example.com/token?api-version=2.0",
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: BEARER,
  },
  gitlab: { PULUMI_OIDC_TOKEN: TOKEN },
  circleci: {},
  buildkite: {},
  bitbucket: { BITBUCKET_STEP_OIDC_TOKEN: TOKEN },
  azureDevops: { SYSTEM_OIDCREQUESTURI: "https://dev.example.com/oidctoken", SYSTEM_ACCESSTOKEN: BEARER },
};

/** What the vendor's command or endpoint answers. */
const ANSWERS: Record<string, string> = {
  githubActions: JSON.stringify({ count: 1, value: TOKEN }),
  circleci: `${TOKEN}\n`,
  buildkite: `${TOKEN}\n`,
  azureDevops: JSON.stringify({ oidcToken: TOKEN }, undefined, 2),
};

describe("trust/issuers/pipeline: the step that logs in", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "oidc-runner-step-"));
    mkdirSync(join(directory, "bin"));
    mkdirSync(join(directory, "tmp"));
    command("pulumi", 'ls -ld "$TMPDIR"/* "$TMPDIR"/*/token >modes; cat "$TMPDIR"/*/token >token');
    for (const name of ["curl", "circleci", "buildkite-agent"]) {
      command(name, `[ ${name} != curl ] || cat >${name}.stdin; cat answer`);
    }
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** A command that notes its arguments. */
  const command = (name: string, body: string) =>
    writeFileSync(join(directory, "bin", name), `#!/bin/sh\nprintf '%s\\n' "$@" >${name}.args\n${body}\n`, {
      mode: 0o755,
    });
  const noted = (name: string) => {
    const path = join(directory, name);
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  };
  const run = (key: string, step: string, answer = ANSWERS[key] ?? "", shell = "sh") => {
    writeFileSync(join(directory, "answer"), answer);
    return spawnSync(shell, ["-c", `${step}\nenv >environment\n`], {
      cwd: directory,
      encoding: "utf8",
      env: {
        ...ENVIRONMENTS[key],
        PATH: `${join(directory, "bin")}:${process.env.PATH}`,
        TMPDIR: join(directory, "tmp"),
      },
    });
  };

  it("is there for each CI system whose pipelines have steps", () => {
    assert.deepEqual(
      SYSTEMS.map(({ key }) => key),
      Object.keys(ENVIRONMENTS),
    );
  });

  for (const { key, ci } of SYSTEMS) {
    describe(key, () => {
      const step = loginStep(ci, LOGIN);

      for (const shell of ["sh", "bash"]) {
        it(`logs in from a private file that it removes, with ${shell}`, () => {
          const { status, stderr } = run(key, step, undefined, shell);
          assert.equal(status, 0, stderr);
          assert.equal(noted("token"), TOKEN);
          assert.match(noted("modes") ?? "", /^drwx------.*\n-rw------- /s);
          assert.deepEqual(readdirSync(join(directory, "tmp")), []);
          assert.match(
            noted("pulumi.args") ?? "",
            /^login\n--cloud-url\nhttps:\/\/api\.example\.com\n--oidc-token\nfile:\/\/.*\/token\n--oidc-org\nacme\n--non-interactive\n$/,
          );
        });
      }

      it("has no token in arguments, output or what the shell runs next, but for what masks it", () => {
        const { stdout, stderr } = run(key, step);
        for (const name of readdirSync(directory).filter((file) => file.endsWith(".args"))) {
          assert.ok(!noted(name)?.includes(TOKEN) && !noted(name)?.includes(BEARER), name);
        }
        assert.ok(!noted("environment")?.includes(TOKEN));
        assert.equal(stdout + stderr, ci.maskPrefix === undefined ? "" : `${ci.maskPrefix}${TOKEN}\n`);
      });

      it("asks for the audience", () => {
        run(key, step);
        const asked = decodeURIComponent(
          noted("curl.args") ?? noted("circleci.args") ?? noted("buildkite-agent.args") ?? LOGIN.audience,
        );
        assert.equal(asked.includes(LOGIN.audience), key !== "azureDevops", "Azure DevOps has one audience");
        if (noted("curl.args") !== undefined) {
          assert.match(noted("curl.stdin") ?? "", new RegExp(`^header = "Authorization: bearer ${BEARER}"\n$`, "i"));
        }
      });

      it("does not log in without a token", () => {
        const variables = ENVIRONMENTS[key] ?? {};
        const without = "variable" in ci.token ? step.replace("set -e\n", `set -e\n${ci.token.variable}=\n`) : step;
        for (const answer of ["", JSON.stringify({ message: "forbidden", values: "x" })]) {
          if (!("variable" in ci.token) && ci.token.member === undefined && answer !== "") {
            continue;
          }
          const { status, stderr } = run(key, without, answer);
          assert.equal(status, 1, `${JSON.stringify(Object.keys(variables))} ${stderr}`);
          assert.match(stderr, /the job got no token/);
          assert.equal(noted("pulumi.args"), undefined);
          assert.deepEqual(readdirSync(join(directory, "tmp")), []);
        }
      });

      it("fails when the login or the request fails, and runs nothing further", () => {
        command("pulumi", "exit 3");
        assert.equal(run(key, step).status, 3);
        assert.equal(noted("environment"), undefined);
        assert.deepEqual(readdirSync(join(directory, "tmp")), []);
        rmSync(join(directory, "pulumi.args"));
        if (!("variable" in ci.token)) {
          for (const name of ["curl", "circleci", "buildkite-agent"]) {
            command(name, "cat answer; exit 22");
          }
          assert.equal(run(key, step).status, 22);
          assert.equal(noted("pulumi.args"), undefined);
        }
      });
    });
  }

  it("asks for a team's or a user's token, quoted", () => {
    const [system = assert.fail()] = SYSTEMS;
    run(system.key, loginStep(system.ci, { ...LOGIN, accessToken: { team: "it's $(id)" } }));
    assert.match(noted("pulumi.args") ?? "", /\n--oidc-team\nit's \$\(id\)\n/);
    run(system.key, loginStep(system.ci, { ...LOGIN, accessToken: { user: "ada" } }));
    assert.match(noted("pulumi.args") ?? "", /\n--oidc-user\nada\n/);
  });
});
