import { type PodParts, podTemplate } from "../pod";
import { mergePodTemplate, type PodTemplatePatch } from "./merge";

/**
 * Refuses a template that can't be merged into a runner's pod, before the pod is known: all that a template could displace
 * is in every pod, or is a part of its cloud identity.
 *
 * @param identity those parts, with any values
 * @throws OidcRunnerError as `mergePodTemplate`
 */
export function checkTemplate(patch: PodTemplatePatch, serviceAccountName: string, identity?: PodParts): void {
  const any = "any";
  const trust = { issuerUrl: any, namespace: any, serviceAccountName, subject: any, audience: any };
  const pod = podTemplate({
    organization: any,
    trust: { ...trust, definition: { decision: "allow", tokenType: "organization", rules: {} } },
    token: { tokenType: "organization" },
    expirationSeconds: 0,
    apiUrl: any,
    configMapName: any,
    hasScript: false,
    identity,
    labels: {},
    annotations: {},
  });
  mergePodTemplate(pod, patch);
}
