import { resolve } from "node:path";
import { type ClusterShape, checkOurs, clusterOfShape, defaultLabDirectory, startLab } from "../../lab";
import { checkIssuerUrl } from "../../trust/issuers";
import { checkOrganization } from "../../trust/policy";
import { print, printJson } from "../print";
import { createProgress } from "../progress";
import { describeLab } from "./describe";
import { describeProvider, prepareLab } from "./prepare";

/** Options of `oidc-runner lab up`. */
export interface LabUpOptions {
  json?: boolean;
  organization: string;
  issuer?: string;
  shape: ClusterShape;
  directory?: string;
}

/** Starts a lab that outlives this command. */
export async function labUp(options: LabUpOptions): Promise<void> {
  checkOrganization(options.organization);
  if (options.issuer !== undefined) {
    checkIssuerUrl(options.issuer, "--issuer");
  }
  const directory = resolve(options.directory ?? defaultLabDirectory());
  checkOurs(directory);
  // The JSON object is all that goes to standard output.
  const progress = await createProgress(process.stderr);
  const prepared = await prepareLab(progress);
  progress.step("Starting the lab (about 4 s)");
  const cluster = clusterOfShape(options.shape);
  const lab = await startLab({
    ...prepared,
    directory,
    organization: options.organization,
    clusters: [{ ...cluster, issuer: options.issuer ?? cluster.issuer }],
    detached: true,
  });
  progress.done(`The lab is running, with ${describeProvider(prepared)}`);
  if (options.json) {
    printJson(describeLab(lab.state), 2);
  } else {
    print(
      `Point pulumi and kubectl at it:  . ${lab.state.environmentFile}`,
      "End it:                          oidc-runner lab down",
    );
  }
}
