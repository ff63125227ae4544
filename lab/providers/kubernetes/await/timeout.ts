import { ANNOTATIONS } from "../annotations";
import { annotation } from "../object";

/** Ten minutes, as in the official provider. */
export const DEFAULT_TIMEOUT_SECONDS = 600;

/** How long to wait for an object: `customTimeouts`, else the annotation, else ten minutes. In milliseconds. */
export function timeoutMs(customSeconds: number, object: unknown): number {
  if (customSeconds > 0) {
    return customSeconds * 1000;
  }
  const annotated = Number(annotation(object, ANNOTATIONS.timeoutSeconds));
  return (Number.isFinite(annotated) && annotated > 0 ? annotated : DEFAULT_TIMEOUT_SECONDS) * 1000;
}
