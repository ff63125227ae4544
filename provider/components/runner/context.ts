import type * as pulumi from "@pulumi/pulumi";
import type { PodTemplate } from "../../workload/patch";
import type { PodParts } from "../../workload/pod";
import type { RunnerPlan } from "./plan";
import type { WorkloadKind } from "./workload-kind";

/** What the cloud runners add to the common parts. */
export interface CloudIdentity {
  /** Annotations of the ServiceAccount. */
  annotations?: Record<string, pulumi.Input<string>>;
  /** Whether the identity does not work without them: a warning names them where the ServiceAccount is not made here. */
  annotationsNeeded?: boolean;
  /** What the pod needs to have it: token, mount, variables. */
  pod?: pulumi.Output<PodParts>;
  /** The role or account the pod has there; a Job that gets another one runs again. */
  principal?: pulumi.Output<string>;
  /** What must exist before the Job starts: role attachments, bindings. */
  dependencies?: pulumi.Resource[];
}

/** What a workload is made from. */
export interface WorkloadParts {
  childName: string;
  kind: WorkloadKind;
  plan: pulumi.Output<RunnerPlan>;
  namespace: pulumi.Input<string>;
  labels: pulumi.Output<Record<string, string>>;
  template: pulumi.Output<PodTemplate>;
  /** Digest of what runs a Job again when it changes. */
  runInputs: pulumi.Output<string>;
  options: pulumi.CustomResourceOptions;
}
