import type { LabDescription, LabState } from "../../lab";

/** What others may know of a lab: its description, without what only its own parts need. */
export function describeLab({
  pulumiCloud,
  kubeconfig,
  ca,
  aws,
  gcp,
  azure,
  ci,
  pulumiIssuer,
}: LabState): LabDescription {
  return { pulumiCloud, kubeconfig, ca, aws, gcp, azure, ci, pulumiIssuer };
}
