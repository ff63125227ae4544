import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ApiClient } from "../../../../lab/cluster/api-client";
import { clusterOfShape } from "../../../../lab/issuer-shapes";
import { pulumiImages } from "../../../../lab/pulumi-images";
import type { PodTemplatePatch } from "../../../../provider/workload/patch/check";
import { mergePodTemplate, type PodTemplate } from "../../../../provider/workload/patch/merge";
import { TOOL_DIRECTORIES } from "../../../../provider/workload/pod/tool-directories";
import { packageRoot } from "../../../../tools/toolchain/package-root";
import { resolvePulumiCli } from "../../../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../../../tools/toolchain/report";
import type { ProvenTrust } from "../../../../trust/parties/pulumi/proof";
import { productionSettings } from "../../../docs/settings";
import { skip } from "../../../skip";
import { type JobOutcome, NAMESPACE, prepareNamespace, runJob, runnerJob, trustOf } from "../runner-job";
import { type RunnerLab, startRunnerLab } from "../runner-lab";
import { findOnPath } from "../shell-run";
import { prepareGoProgram } from "./go-program";
import { findHelm } from "./helm";
import { GIT_TOKEN, GIT_USER, type Site, startSite } from "./site";

/** The default image, and in it what users' own images have besides: Pulumi's SDK, and tools this machine has elsewhere. */
const IMAGE = "registry.example.com/work:1";

const FULL = process.env.OIDC_RUNNER_FULL === "1";

const TOOLS = Object.keys(TOOL_DIRECTORIES);

/** Something people do in their pods. */
interface Work {
  /** What it needs; a pod that lacks one of them can't show anything. */
  needs: string[];
  script: (site: Site) => string;
  /** Path of the site that it must have asked for. */
  fetches?: string;
  /** What it says in the end. */
  says: RegExp;
  /** What it says without some of the runner's variables, and that it then fails. */
  without?: { variables: string[]; says: RegExp };
  /** Takes minutes. */
  full?: true;
}

/** What {@link prepareGoProgram} made, where it could. */
const GO_PROGRAM = `cp -r /opt/go-program app && cd app
      export GOPROXY=file:///opt/go-modules GONOSUMDB=* GOTOOLCHAIN=local CGO_ENABLED=0`;

/** Its own state, so that nothing but the pod's file system is needed. */
const LOCAL_STATE = `mkdir -p "$TMPDIR/state"
export PULUMI_BACKEND_URL=file://$TMPDIR/state PULUMI_CONFIG_PASSPHRASE=x`;

const WORK: Record<string, Work> = {
  "go build with a module": {
    needs: ["go"],
    script: ({ url }) => `mkdir app && cd app
      export GOPROXY=${url}/go GONOSUMDB=* GOFLAGS=-mod=mod GOTOOLCHAIN=local CGO_ENABLED=0
      printf 'module example.com/app\\n\\ngo 1.21\\n\\nrequire example.com/greeting v1.0.0\\n' >go.mod
      printf 'package main\\n\\nimport "example.com/greeting"\\n\\nfunc main() { println(greeting.Hello) }\\n' >main.go
      go build -o app . && ./app`,
    fetches: "/go/example.com/greeting/@v/v1.0.0.zip",
    says: /hello from a module/,
    without: { variables: TOOLS, says: /\/home\/pulumi\/.*(permission denied|read-only file system)/ },
  },
  "npm ci": {
    needs: ["npm"],
    script: ({ url, integrity }) => `mkdir app && cd app
      echo '{"name":"app","version":"1.0.0","dependencies":{"greeting":"1.0.0"}}' >package.json
      echo '${lockFile(url, integrity)}' >package-lock.json
      npm ci --no-audit --no-fund --no-update-notifier --fetch-retries=0 --globalconfig=/dev/null
      ls -d "$npm_config_cache/_cacache" && node -p 'require("greeting")'`,
    fetches: "/npm/greeting-1.0.0.tgz",
    says: /hello from npm/,
    without: { variables: [...TOOLS, "HOME"], says: /npm (ERR!|error).*(EROFS|EACCES|ENOENT)/ },
  },
  "python -m venv and pip install": {
    needs: ["python3", "python3 -m ensurepip --version"],
    script: ({ url }) => `python3 -m venv venv
      venv/bin/pip install --disable-pip-version-check --index-url ${url}/simple greeting==1.0.0
      venv/bin/pip cache dir && venv/bin/python -c 'import greeting; print(greeting.HELLO)'`,
    fetches: ".whl",
    says: /^\/tmp\/.*pip\nhello from a wheel/m,
    // pip itself does without its cache, and downloads everything each time.
    without: { variables: TOOLS, says: /\/home\/pulumi\/.cache\/pip.*cache has been disabled/s },
  },
  uv: {
    needs: ["uv", "python3"],
    script: ({ url }) => `uv venv venv
      VIRTUAL_ENV=venv uv pip install --index-url ${url}/simple greeting==1.0.0
      venv/bin/python -c 'import greeting; print(greeting.HELLO)'`,
    says: /hello from a wheel/,
    without: { variables: TOOLS, says: /\/home\/pulumi\/.cache\/uv/ },
  },
  "git clone over https": {
    needs: ["git"],
    script: ({ url }) => `git clone ${url}/git/infra.git && cat infra/README.md`,
    fetches: "/git/infra.git/git-upload-pack",
    says: /hello from a repository/,
  },
  "git clone of a private repository, by a token that is in no argument": {
    needs: ["git"],
    script: ({ url }) => `git clone ${url}/git/private.git && cat private/README.md`,
    fetches: "/git/private.git/git-upload-pack",
    says: /hello from a repository/,
    without: { variables: ["GIT_CONFIG_COUNT"], says: /could not read Username|terminal prompts disabled/ },
  },
  "helm repo add": {
    needs: ["helm"],
    script: ({ url }) =>
      `helm repo add --ca-file "$SSL_CERT_FILE" site ${url}/charts && helm repo update && helm search repo greeting`,
    fetches: "/charts/index.yaml",
    says: /site\/greeting\s+1\.0\.0/,
    without: { variables: TOOLS, says: /\/home\/pulumi\/.*(permission denied|read-only file system)/ },
  },
  "pulumi up of a Node program": {
    needs: ["pulumi", "node"],
    script: () => `mkdir app && cd app && ln -s /opt/sdk/node_modules node_modules
      printf 'name: app\\nruntime: nodejs\\n' >Pulumi.yaml
      echo '{"main":"index.js","dependencies":{"@pulumi/pulumi":"*"}}' >package.json
      echo 'exports.greeting = "hello from Node";' >index.js
      ${LOCAL_STATE}
      pulumi stack init dev && pulumi up --yes --skip-preview && pulumi stack output greeting`,
    says: /^hello from Node$/m,
    without: { variables: ["USER"], says: /\$USER set in environment/ },
  },
  "pulumi up of a Go program": {
    needs: ["pulumi", "go", "pulumi-language-go", "ls /opt/go-modules"],
    script: () => `${GO_PROGRAM}
      ${LOCAL_STATE}
      pulumi stack init dev && pulumi up --yes --skip-preview && pulumi stack output greeting`,
    says: /^hello from Go$/m,
    full: true,
  },
  "go build of a program with Pulumi's SDK": {
    needs: ["go", "ls /opt/go-modules"],
    script: () => `${GO_PROGRAM}
      go build -o app . && go version -m app`,
    says: /^\tdep\tgithub\.com\/pulumi\/pulumi\/sdk\/v3\tv3/m,
    without: { variables: TOOLS, says: /\/home\/pulumi\/.*(permission denied|read-only file system)/ },
    full: true,
  },
};

function lockFile(url: string, integrity: string): string {
  const greeting = { version: "1.0.0", resolved: `${url}/npm/greeting-1.0.0.tgz`, integrity };
  const root = { name: "app", version: "1.0.0", dependencies: { greeting: "1.0.0" } };
  const packages = { "": root, "node_modules/greeting": greeting };
  return JSON.stringify({ name: "app", version: "1.0.0", lockfileVersion: 3, packages });
}

/** The settings by which git takes a token from a variable (documented in docs/guides/private-git.md). */
const GIT_CREDENTIALS = {
  GIT_CONFIG_COUNT: "1",
  GIT_CONFIG_KEY_0: "credential.helper",
  GIT_CONFIG_VALUE_0: `!f() { echo username=${GIT_USER}; echo "password=$GIT_TOKEN"; }; f`,
  GIT_TERMINAL_PROMPT: "0",
  GIT_TOKEN,
};

describe("a runner's work, as user 65532 on a read-only root with the default image's environment", function () {
  // Against hangs only; longer than a Job's deadline.
  this.timeout(3_600_000);
  const directory = mkdtempSync(join(tmpdir(), "oidc-runner-work-"));
  let site: Site;
  let lab: RunnerLab;
  let trust: ProvenTrust;
  let jobs = 0;

  before(async () => {
    const cli = await resolvePulumiCli(silentReport);
    site = await startSite();
    const [nonroot] = pulumiImages(dirname(cli.path), directory);
    const tools = [findOnPath("uv"), await findHelm()].flatMap((path) => (path === undefined ? [] : [path]));
    const goProgram = join(directory, "go-program");
    const modules = FULL ? await prepareGoProgram(goProgram, `v${cli.version}`) : undefined;
    const binds = [
      ...nonroot.binds,
      { source: join(packageRoot(), "node_modules"), target: "/opt/sdk/node_modules" },
      ...tools.map((path) => ({ source: realpathSync(path), target: `/opt/tools/${path.split("/").at(-1)}` })),
      ...(modules === undefined
        ? []
        : [
            { source: modules, target: "/opt/go-modules" },
            { source: goProgram, target: "/opt/go-program" },
          ]),
    ];
    const image = { ...nonroot, match: IMAGE, binds, path: `${nonroot.path}:/opt/tools` };
    lab = await startRunnerLab([clusterOfShape("kubernetes", "lab")], [image]);
    trust = trustOf(lab, "worker");
    const issuer = await lab.cloud.registerIssuer({ name: "lab", url: trust.issuerUrl });
    const { id } = await lab.cloud.getPolicy(issuer.id);
    await lab.cloud.updatePolicy(id, [trust.definition]);
    const [cluster] = lab.clusters as [ApiClient];
    await prepareNamespace({ ...lab, ca: lab.ca + site.ca }, cluster, NAMESPACE, ["worker"]);
  });
  after(async () => {
    await lab?.stop();
    await site?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function run({ needs, script }: Work, without: string[]): Promise<JobOutcome> {
    const checks = needs.map((need) => `{ ${need.includes(" ") ? need : `command -v ${need}`}; } >/dev/null 2>&1`);
    const absent = checks.map((check, index) => `${check} || { echo "absent: ${needs[index]}"; exit 0; }`);
    const command = ["sh", "-ec", [...absent, script(site)].join("\n")];
    return runJob(lab, `work-${jobs++}`, { trust, image: IMAGE, command, env: GIT_CREDENTIALS, without });
  }

  for (const [title, work] of Object.entries(WORK)) {
    it(`can be ${title}`, async function () {
      if (work.full === true && !FULL) {
        skip(this, "takes minutes: npm run test:full");
      }
      const good = await run(work, []);
      const [, absent] = /^absent: (.*)$/m.exec(good.log) ?? [];
      if (absent !== undefined) {
        skip(this, `the pods of this machine do not have ${absent}`);
      }
      const how = `${JSON.stringify(good.condition)}\n${good.log}`;
      assert.deepEqual([good.exitCode, good.condition.type], [0, "Complete"], how);
      assert.match(good.log, work.says);
      const { fetches } = work;
      assert.ok(fetches === undefined || site.requests.some((request) => request.endsWith(fetches)), fetches);
      if (work.without !== undefined) {
        const { variables, says } = work.without;
        const bad = await run(work, variables);
        assert.notEqual(bad.exitCode, 0, bad.log);
        assert.match(bad.log, says);
      }
    });
  }

  it("can be set up by every snippet of arguments in docs: the API server takes the pods", async () => {
    const [cluster] = lab.clusters as [ApiClient];
    const pods = `/api/v1/namespaces/${NAMESPACE}/pods`;
    const query = { dryRun: "All", fieldValidation: "Strict" };
    for (const { heading, args } of productionSettings()) {
      const { podTemplate: patch = {}, ...options } = args as { podTemplate?: PodTemplatePatch };
      const { spec } = runnerJob(lab, "documented", { trust, ...options }) as { spec: { template: PodTemplate } };
      const { metadata, ...rest } = mergePodTemplate(spec.template, patch);
      const pod = { metadata: { ...metadata, name: "documented" }, ...rest };
      // In a namespace that enforces `restricted`.
      await assert.doesNotReject(cluster.post(pods, pod, { query }), heading);
      const misspelt = { ...pod, spec: { ...pod.spec, nodeSelectors: {} } };
      await assert.rejects(cluster.post(pods, misspelt, { query }), /unknown field/);
    }
  });
});
