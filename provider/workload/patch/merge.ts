import { checkLabels, type KubernetesObject } from "../pod";
import { checkPodPatch } from "./check";
import { strategicMerge } from "./strategic-merge";

/** A pod template, ours or merged. */
export interface PodTemplate {
  metadata: KubernetesObject;
  spec: KubernetesObject;
}

/** What users merge into it. */
export interface PodTemplatePatch {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: KubernetesObject;
}

/**
 * Merges a user's template into ours by {@link strategicMerge}. What would part the pod from its trust is refused: another
 * ServiceAccount, other tokens, another entrypoint, other variables of the exchange.
 *
 * @throws OidcRunnerError `POD_TEMPLATE_INVALID`, `POD_TEMPLATE_TRUST`, `LABEL_INVALID`, `ENV_RESERVED`, `ENV_STORED_TOKEN`
 */
export function mergePodTemplate(ours: PodTemplate, patch: PodTemplatePatch, where = "podTemplate"): PodTemplate {
  const { labels, annotations } = patch.metadata ?? {};
  const spec = patch.spec ?? {};
  checkLabels(labels ?? {}, `${where}.metadata.labels`);
  const metadata = { labels: labels ?? undefined, annotations: annotations ?? undefined };
  const merged = {
    metadata: strategicMerge(ours.metadata, metadata, `${where}.metadata`),
    spec: strategicMerge(ours.spec, spec, `${where}.spec`),
  };
  checkPodPatch(ours.spec, spec, `${where}.spec`);
  return merged;
}
