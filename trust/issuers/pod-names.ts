/** What makes pods: a Job, a CronJob or a Deployment. */
export type PodMaker = "Job" | "CronJob" | "Deployment";

/** Most characters of a made-up name before its random end: longer beginnings are cut (Kubernetes, `generateName`). */
const LONGEST_BEGINNING = 58;

/**
 * Random ends that differ in each place: of the workload's name (eight hexadecimal digits, which Pulumi's Kubernetes provider
 * adds), of what a controller makes in between (a CronJob's minute, a Deployment's hash) and of the pod's.
 */
const ENDS = [
  { workload: "0a1b2c3d", minute: "29384756", hash: "7d9f8c6b54", pod: "b2c4d" },
  { workload: "9f8e7d6c", minute: "31027489", hash: "56c4bd87f9", pod: "x7z9w" },
];

/**
 * Names that the pods of a workload may have, for rules on `"kubernetes.io".pod.name`: what fits all of them is not an accident of
 * one. The workload's name is taken to be given by Pulumi's Kubernetes provider in its usual way.
 */
export function podNames(workload: string, maker: PodMaker): string[] {
  return ENDS.map((end) => {
    const between = { Job: [], CronJob: [end.minute], Deployment: [end.hash] }[maker];
    const beginning = [workload, end.workload, ...between, ""].join("-");
    return beginning.slice(0, LONGEST_BEGINNING) + end.pod;
  });
}
