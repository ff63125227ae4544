import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { areRight } from "../../cli/attempt";
import { type DeploymentExample, exampleNamed } from "../../cli/examples";
import { followDeployments } from "../../cli/follow";
import { Engine, type EngineResult } from "../../lab/engine/engine";
import type { LabState } from "../../lab/types";
import { packageRoot } from "../../tools/toolchain/package-root";
import { fails, ok } from "./support/engine";
import { labOn } from "./support/lab";

const root = packageRoot();
const SITE = join(root, "examples", "site");
const example = exampleNamed("deployments");
const labOfExample = labOn(example.shape);
const labOfPage = labOn("eks");

describe("the programs deployments-aws, -azure and -gcp with the real engine", () => {
  it("let one stack's deployments log in to AWS, Azure and Google Cloud, and none that resembles them", async () => {
    const deployments = example.deployments as DeploymentExample;
    const state = await labOfExample();
    const engines = [example.directory, ...deployments.besides].map(
      (directory) => new Engine(state, { project: join(root, directory), config: example.config(state) }),
    );
    const settings: string[] = [];
    for (const engine of engines) {
      await engine.init();
      await ok(engine.up());
      settings.push(String((await engine.outputs()).settingsCommand));
    }
    const lines: string[] = [];
    const told = { onCommand: (line: string) => lines.push(line), onLine: (line: string) => lines.push(line) };
    const ran = await followDeployments(deployments, state, settings, new AbortController().signal, told);
    assert.ok(areRight(ran), JSON.stringify(ran));
    assert.match(
      ran.wanted.shown.join(),
      /:assumed-role\/site-\w+\/pulumi-deployments,[\da-f-]{36},site-\w+@lab-project\.iam/,
    );
    // All clouds refuse, each in its own words.
    for (const { shown } of ran.nearMisses) assert.equal(shown.length, 3, JSON.stringify(ran));
    assert.match(lines.join("\n"), /pulumi deployment settings edit --stack lab\/site\/prod --oidc-aws-role-arn/);
    // Once the trust is gone, the stack is a stranger too.
    for (const engine of engines) await ok(engine.destroy());
    const cloud = new Engine(state, { project: SITE, env: { PULUMI_BACKEND_URL: state.pulumiCloud.url } });
    const gone = await fails(deploy(cloud, "preview", `${state.pulumiCloud.organization}/site/prod`));
    assert.match(
      gone,
      /InvalidIdentityToken: No OpenIDConnect provider found(.|\n)*AADSTS700016(.|\n)*"invalid_target"/,
    );
  });
});

describe("docs/deployments.md: a role to read in a preview, and one to write in an update", () => {
  const [, page = ""] = readFileSync(join(root, "docs", "deployments.md"), "utf8").split(/^## To read in a preview/m);
  const [, program = ""] = /```ts\n(.*?)```/s.exec(page) ?? [];
  const [, settings = ""] = /```sh\n(pulumi deployment settings edit .*?)```/s.exec(page) ?? [];
  let state: LabState;
  let trust: Engine;
  let cloud: Engine;
  let stack: string;
  let roles: { readerRoleArn: string; writerRoleArn: string };

  before(async () => {
    state = await labOfPage();
    const { organization } = state.pulumiCloud;
    stack = `${organization}/site/docs`;
    const project = join(state.directory, "deployments-page");
    mkdirSync(project);
    symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
    const own = (text: string) => text.replaceAll('"acme"', `"${organization}"`).replaceAll('"prod"', '"docs"');
    writeFileSync(join(project, "index.ts"), own(program));
    writeFileSync(join(project, "Pulumi.yaml"), "name: page\nruntime: nodejs\n");
    const manifest = { name: "page", main: "index.ts", dependencies: { "pulumi-oidc-runner": "*" } };
    writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(project, "tsconfig.json"), readFileSync(join(SITE, "tsconfig.json"), "utf8"));
    trust = new Engine(state, { project });
    await trust.init();
    await ok(trust.up());
    roles = (await trust.outputs()) as typeof roles;
    cloud = new Engine(state, { project: SITE, env: { PULUMI_BACKEND_URL: state.pulumiCloud.url } });
    await ok(cloud.run(["stack", "init", stack, "--no-select", "--cwd", state.directory]));
    const arns = settings.replace(/\$\(pulumi stack output (\w+)\)/g, (_, name: keyof typeof roles) => roles[name]);
    await ok(cloud.shell(arns.replace("acme/site/prod", stack)));
    const source = ["--git-url", `file://${SITE}`, "--branch", "main", "--env", "NODE_NO_WARNINGS=1"];
    await ok(cloud.run(["deployment", "settings", "edit", "--stack", stack, ...source]));
  });
  after(async () => {
    await ok(trust.destroy());
  });

  const session = (arn: string) => new RegExp(`"${arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/`);

  it("each operation has its own", async () => {
    assert.match(await ok(deploy(cloud, "preview", stack)), session(roles.readerRoleArn));
    assert.match(await ok(deploy(cloud, "update", stack)), session(roles.writerRoleArn));
  });

  it("a preview that takes the other role is refused, and so is an operation that neither trusts", async () => {
    const command = 'echo "AWS_ROLE_ARN=$WRITER" >>/PULUMI_ENV';
    const changed = await fails(deploy(cloud, "preview", stack, "--pre-run-command", command));
    assert.match(changed, /AccessDenied|not authorized to perform/i);
    // The deployment itself logs in nowhere: the program of a destroy does not run.
    await ok(deploy(cloud, "destroy", stack));
    const forced = await fails(
      deploy(cloud, "update", stack, "--pre-run-command", command.replace("WRITER", "READER")),
    );
    assert.match(forced, /AccessDenied|not authorized to perform/i);
  });

  it("the token lies where it is documented, and the variables are there", async () => {
    const check = [
      '[ "$(cat /mnt/pulumi/pulumi.oidc)" = "$PULUMI_OIDC_TOKEN" ]',
      'echo "A_VALUE=with spaces" >>/PULUMI_ENV',
      '[ "$A_VALUE" = "with spaces" ] && [ "$PULUMI_CI_OPERATION $PULUMI_CI_STACK" = "preview docs" ]',
      "echo AWS_ROLE_ARN=$READER >>/PULUMI_ENV",
    ];
    await ok(deploy(cloud, "preview", stack, ...check.flatMap((line) => ["--pre-run-command", line])));
    assert.match(await fails(deploy(cloud, "preview", stack, "--pre-run-command", "exit 3")), /deployment failed/);
  });

  it("its access token is for its stack alone", async () => {
    const other = stack.replace(/docs$/, "other");
    await ok(cloud.run(["stack", "init", other, "--no-select", "--cwd", state.directory]));
    const read = (name: string) => `pulumi stack output --stack ${name}; echo AWS_ROLE_ARN=$READER >>/PULUMI_ENV`;
    await ok(deploy(cloud, "preview", stack, "--pre-run-command", `set -e; ${read(stack)}`));
    const refused = await fails(deploy(cloud, "preview", stack, "--pre-run-command", `set -e; ${read(other)}`));
    assert.match(refused, /no stack named|Stack not found/);
  });
});

/** Runs a deployment and follows its log. */
function deploy(cloud: Engine, operation: string, stack: string, ...options: string[]): Promise<EngineResult> {
  const words = ["deployment", "run", operation, "--stack", stack, "--suppress-stream-logs=false"];
  return cloud.run([...words, "--cwd", "/", ...options]);
}
