import type * as pulumi from "@pulumi/pulumi";
import type { PodTemplatePatch } from "../../workload/patch";
import type { PodArguments, PodParts } from "../../workload/pod";
import type { ChildOptions } from "../lib";
import type { RunnerArgs } from "./args";
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

/** What the user says of a runner's pod. */
export interface UserPod {
  pod: PodArguments;
  script?: string;
  triggers?: string[];
  podTemplate?: PodTemplatePatch;
}

/** What a runner's children are made from. */
export interface RunnerContext {
  options: ChildOptions;
  /** What the program gave the component. */
  given: pulumi.ComponentResourceOptions;
  args: RunnerArgs;
  kind: WorkloadKind;
  childName: string;
  plan: pulumi.Output<RunnerPlan>;
  /** What the user says of the pod; read when the plan is good, because what is bad in it would be reported once more. */
  pod: pulumi.Output<UserPod>;
  labels: pulumi.Output<Record<string, string>>;
  namespace: pulumi.Output<string>;
}
