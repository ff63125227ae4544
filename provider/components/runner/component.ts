import * as pulumi from "@pulumi/pulumi";
import type { OidcPolicy } from "../../resources";
import type { ChildResources, RunnerChildren, RunnerOutputs } from "./children";

/** What all runners are to the program that made them. */
export abstract class RunnerComponent extends pulumi.ComponentResource implements RunnerOutputs, ChildResources {
  /** Name of the Job, CronJob or Deployment. */
  readonly workloadName!: pulumi.Output<string>;
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

  /** The Job, CronJob or Deployment. */
  readonly workload!: pulumi.CustomResource;
  /** The ServiceAccount, if it is made here. */
  readonly serviceAccount?: pulumi.CustomResource;
  /** Its definition in the issuer's auth policy, if it is made here. */
  readonly policy?: OidcPolicy;

  /** Sets and registers the outputs, those of the kind of runner included, and sets the children. */
  protected finish({ outputs, children }: RunnerChildren, own: pulumi.Inputs = {}, ownChildren: object = {}): void {
    Object.assign(this, outputs, own, children, ownChildren);
    this.registerOutputs({ ...outputs, ...own });
  }
}
