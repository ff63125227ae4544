import { isDeepStrictEqual } from "node:util";
import { eksWebhook, type WebhookPod, type WebhookSettings } from "../../helpers/eks-webhook";
import type { BarePod } from "./kubernetes-objects";

/** How EKS may have set its webhook up: with and without a region, and regional endpoints of STS. */
const SETUPS: WebhookSettings[] = [undefined, "eu-west-1"].flatMap((region) =>
  [false, true].map((regionalSts) => ({ region, regionalSts })),
);

/** Whether a pod has access to AWS, by which way. */
export function awsAccess(pod: BarePod): WebhookSettings | undefined {
  const env = variables(pod);
  if (env.AWS_CONTAINER_CREDENTIALS_FULL_URI !== undefined) {
    return { podIdentity: true };
  }
  return env.AWS_ROLE_ARN === undefined ? undefined : { roleArn: env.AWS_ROLE_ARN };
}

/** Whether the webhook would change anything of a pod; containers besides the runner's are the user's. */
export function webhookChanges(pod: BarePod, access: WebhookSettings): boolean {
  const containers = pod.spec.containers.filter(({ name }) => name === "runner");
  const ours = { ...pod, spec: { ...pod.spec, containers } } as unknown as WebhookPod;
  return SETUPS.some((setup) => !isDeepStrictEqual(eksWebhook(ours, { ...setup, ...access }), ours));
}

function variables(pod: BarePod): Record<string, string | undefined> {
  const env = pod.spec.containers.find(({ name }) => name === "runner")?.env as { name: string; value?: string }[];
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}
