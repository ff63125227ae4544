import { pulumiAudience } from "../../../trust/policy";
import { paths } from "./paths";

/** The token that a pod exchanges at Pulumi Cloud. */
export interface SubjectToken {
  /** Its `aud`. */
  audience: string;
  /** Its path in the pod. */
  file: string;
  /** Whether the runner's pod template projects it; otherwise the cloud identity brings it. */
  projected: boolean;
}

/** A token of the pod's own, for Pulumi Cloud. */
export function pulumiToken(organization: string): SubjectToken {
  return { audience: pulumiAudience(organization), file: `${paths.pulumiTokenDirectory}/token`, projected: true };
}
