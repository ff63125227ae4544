import { isRecord, type Properties } from "../../../plugin/server";
import { randomName } from "../cloud";
import { ANNOTATIONS } from "./annotations";
import { at, isAnnotated } from "./object";

/**
 * Gives an object without a name one: the resource's name and 8 random hexadecimal digits, marked by an annotation. An
 * object that was named so before keeps that name, so that updates find it.
 */
export function withName(news: Properties, olds: Properties, resourceName: string, seed: Uint8Array): Properties {
  const metadata = isRecord(news.metadata) ? news.metadata : {};
  if (metadata.name !== undefined || metadata.generateName !== undefined) {
    return { ...news, metadata };
  }
  const oldName = isAnnotated(olds, ANNOTATIONS.autonamed) ? at(olds, "metadata", "name") : undefined;
  const annotations = isRecord(metadata.annotations) ? metadata.annotations : {};
  return {
    ...news,
    metadata: {
      ...metadata,
      name: oldName ?? randomName(resourceName, seed),
      annotations: { ...annotations, [ANNOTATIONS.autonamed]: "true" },
    },
  };
}
