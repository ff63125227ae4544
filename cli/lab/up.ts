import { resolve } from "node:path";
import { type ClusterShape, checkOurs, clusterOfShape, defaultLabDirectory, startLab } from "../../lab";
import { OidcRunnerError } from "../../trust";
import { checkIssuerUrl } from "../../trust/issuers";
import { checkOrganization } from "../../trust/policy";
import { print, printJson } from "../print";
import { createProgress } from "../progress";
import { describeLab, summariseLab } from "./describe";
import { describeProvider, prepareLab } from "./prepare";

/** Options of `oidc-runner lab up`. */
export interface LabUpOptions {
  json?: boolean;
  organization: string;
  team: string[];
  user: string[];
  pool: string[];
  /** Name of the cluster. */
  cluster: string;
  issuer?: string;
  shape: ClusterShape;
  directory?: string;
}

/** Starts a lab that outlives this command. */
export async function labUp(options: LabUpOptions): Promise<void> {
  checkOrganization(options.organization);
  checkClusterName(options.cluster);
  if (options.issuer !== undefined) {
    checkIssuerUrl(options.issuer, "--issuer");
  }
  const directory = resolve(options.directory ?? defaultLabDirectory());
  checkOurs(directory);
  // The JSON object is all that goes to standard output.
  const progress = createProgress(process.stderr);
  const prepared = await prepareLab(progress);
  progress.step("Starting the lab (about 4 s)");
  const cluster = clusterOfShape(options.shape, options.cluster);
  const lab = await startLab({
    ...prepared,
    directory,
    organization: options.organization,
    members: { teams: options.team, users: options.user, pools: options.pool },
    clusters: [{ ...cluster, issuer: options.issuer ?? cluster.issuer }],
    detached: true,
  });
  progress.done(`The lab is running, with ${describeProvider(prepared)}`);
  if (options.json) {
    printJson(describeLab(lab.state), 2);
  } else {
    const named = options.directory === undefined ? "" : ` --directory ${options.directory}`;
    print(
      ...summariseLab(lab.state),
      "",
      `Point pulumi and kubectl at it:  . ${lab.state.environmentFile}`,
      `End it:                          npx oidc-runner lab down${named}`,
    );
  }
}

function checkClusterName(name: string): void {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
    throw new OidcRunnerError("INPUT_INVALID", `"${name}" is not the name of a cluster`, {
      where: "--cluster",
      fix: "use 1 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit",
    });
  }
}
