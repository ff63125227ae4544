import type { KubernetesObject } from "../pod";
import { checkTemplate, entriesOf, type PodTemplatePatch, type Reserved } from "./check";
import { strategicMerge } from "./strategic-merge";

/** A pod template, ours or merged. */
export interface PodTemplate {
  metadata: KubernetesObject;
  spec: KubernetesObject;
}

/** Volumes of ours that are the user's to change, because they hold nothing the trust depends on. */
const FREE_VOLUMES = ["home", "work"];

/**
 * Merges a user's template into ours by {@link strategicMerge}.
 *
 * @throws OidcRunnerError as `checkTemplate`
 */
export function mergePodTemplate(
  ours: PodTemplate,
  patch: PodTemplatePatch,
  where = "podTemplate",
  reserved: Omit<Reserved, "serviceAccountName" | "mounts"> = {},
): PodTemplate {
  const { serviceAccountName, containers } = ours.spec;
  const [container] = entriesOf(containers);
  const mounts = entriesOf(container?.volumeMounts).filter(({ name }) => !FREE_VOLUMES.includes(name));
  checkTemplate(patch, { ...reserved, serviceAccountName, mounts }, where);
  const { labels, annotations } = patch.metadata ?? {};
  return {
    metadata: strategicMerge(
      ours.metadata,
      { labels: labels ?? undefined, annotations: annotations ?? undefined },
      `${where}.metadata`,
    ),
    spec: strategicMerge(ours.spec, patch.spec ?? {}, `${where}.spec`),
  };
}
