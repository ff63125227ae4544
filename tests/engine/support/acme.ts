import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { clusterOfShape } from "../../../lab/issuer-shapes";
import type { LabState } from "../../../lab/types";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { silentReport } from "../../../tools/toolchain/report";
import { run } from "../../helpers/packed";
import { control } from "./http";

const compiled = (module: string) => require(join(packageRoot(), "dist", module)) as unknown;

/** Where the image has what stands for the world: the CLI, the SDK, the repository behind GitHub's URL. */
const AT = {
  bin: "/pulumi/bin",
  node: "/opt/node",
  sdk: "/opt/sdk/node_modules",
  repository: "/opt/infra.git",
  gitConfig: "/opt/gitconfig",
};

const GIT_CONFIG = `[url "file://${AT.repository}"]
  insteadOf = https://github.com/acme/infra
[safe]
  directory = *
`;

/** A lab whose pods can do a deployment's work. */
export interface Acme {
  state: LabState;
  /** For the projects of a test; removed at the end. */
  directory: string;
  stop(): Promise<void>;
}

/**
 * Starts a lab with organization `acme`, its team `platform` and an EKS cluster `prod`, or other clusters. In Pulumi's
 * images there Node.js and Pulumi's SDK are at hand, and https://github.com/acme/infra is a repository of these files.
 */
export async function startAcme(
  infra: Record<string, string>,
  clusters = [clusterOfShape("eks", "prod")],
): Promise<Acme> {
  const directory = mkdtempSync(join(tmpdir(), "oidc-runner-acme-"));
  const { startLab } = compiled("lab/lab") as typeof import("../../../lab/lab");
  const { prepareLab } = compiled("cli/lab/prepare") as typeof import("../../../cli/lab/prepare");
  const prepared = await prepareLab({ ...silentReport, done() {} } as never, { buildProvider: true });
  await makeRepository(directory, infra);
  const lab = await startLab({
    ...prepared,
    directory: join(directory, "lab"),
    organization: "lab",
    clusters,
    images: [
      {
        match: "pulumi/pulumi*",
        binds: [
          { source: dirname(prepared.pulumiCli.path), target: AT.bin },
          { source: dirname(dirname(process.execPath)), target: AT.node },
          { source: join(packageRoot(), "node_modules"), target: AT.sdk },
          { source: join(directory, "infra.git"), target: AT.repository },
          { source: join(directory, "gitconfig"), target: AT.gitConfig },
        ],
        path: `${AT.bin}:${AT.node}/bin:/usr/local/bin:/usr/bin:/bin`,
        env: {
          GIT_CONFIG_GLOBAL: AT.gitConfig,
          NODE_PATH: AT.sdk,
          OIDC_RUNNER_NODE_ROOT: dirname(AT.sdk),
        },
      },
    ],
    detached: false,
  });
  const { body } = await control<{ adminToken: string }>(lab.state, "POST", "/pulumi-cloud/organizations", {
    ...{ name: "acme", teams: ["platform"] },
  });
  const pulumiCloud = { ...lab.state.pulumiCloud, organization: "acme", adminToken: body.adminToken };
  const state = { ...lab.state, pulumiCloud };
  const stop = async () => {
    await lab.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return { state, directory, stop };
}

async function makeRepository(directory: string, files: Record<string, string>): Promise<void> {
  const tree = join(directory, "infra");
  mkdirSync(tree);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(tree, name), content);
  const who = ["-c", "user.name=acme", "-c", "user.email=acme@example.com"];
  await run("git", ["init", "--quiet", tree]);
  await run("git", ["-C", tree, "add", "."]);
  await run("git", ["-C", tree, ...who, "commit", "--quiet", "--message", "infra"]);
  await run("git", ["clone", "--quiet", "--bare", tree, join(directory, "infra.git")]);
  writeFileSync(join(directory, "gitconfig"), GIT_CONFIG, { mode: 0o644 });
}
