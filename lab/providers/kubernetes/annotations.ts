/** Annotations by which the official provider is steered, and so is this one. */
export const ANNOTATIONS = {
  /** Set by the provider on objects it named itself. */
  autonamed: "pulumi.com/autonamed",
  /** `"true"`: neither creation nor deletion waits. */
  skipAwait: "pulumi.com/skipAwait",
  /** How long to wait, in seconds; `customTimeouts` wins. */
  timeoutSeconds: "pulumi.com/timeoutSeconds",
  /** `"true"`: take fields over from other managers on update. */
  patchForce: "pulumi.com/patchForce",
  /** `"true"` on a Job: run it again at the next update unless it completed. */
  replaceUnready: "pulumi.com/replaceUnready",
  /** `background`, `foreground` (default) or `orphan`. */
  deletionPropagation: "pulumi.com/deletionPropagationPolicy",
} as const;
