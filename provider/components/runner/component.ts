import * as pulumi from "@pulumi/pulumi";
import type { RunnerOutputs } from "./children";

/** What all runners are to the program that made them. */
export abstract class RunnerComponent extends pulumi.ComponentResource implements RunnerOutputs {
  /** Name of the Job, CronJob or Deployment. */
  readonly workloadName!: pulumi.Output<string>;
  /** Name of the Job, if the runner is one. */
  readonly jobName?: pulumi.Output<string>;
  /** Name of the CronJob, if the runner is one. */
  readonly cronJobName?: pulumi.Output<string>;
  /** Name of the Deployment, if the runner is one. */
  readonly deploymentName?: pulumi.Output<string>;
  /** Name of the ServiceAccount. */
  readonly serviceAccountName!: pulumi.Output<string>;
  /** Namespace of the workload. */
  readonly namespace!: pulumi.Output<string>;
  /** Id of the issuer in Pulumi Cloud. */
  readonly issuerId!: pulumi.Output<string>;
  /** `aud` of the pod's token for Pulumi Cloud. */
  readonly audience!: pulumi.Output<string>;
  /** `sub` of the pod's tokens. */
  readonly subject!: pulumi.Output<string>;

  /** Sets and registers the outputs, those of the kind of runner included. */
  protected finish(outputs: RunnerOutputs, own: pulumi.Inputs = {}): void {
    Object.assign(this, outputs, own);
    this.registerOutputs({ ...outputs, ...own });
  }
}
