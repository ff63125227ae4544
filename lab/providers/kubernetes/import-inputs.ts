import { isRecord } from "../../../plugin/server";
import type { KubernetesObject } from "./object";

const SERVER_METADATA = new Set([
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
]);

/** Inputs for an object that was not made by the program: everything but what only the server sets. */
export function importedInputs(live: KubernetesObject): Record<string, unknown> {
  const { status: _status, ...rest } = live;
  const metadata = Object.entries(isRecord(live.metadata) ? live.metadata : {});
  return { ...rest, metadata: Object.fromEntries(metadata.filter(([key]) => !SERVER_METADATA.has(key))) };
}
