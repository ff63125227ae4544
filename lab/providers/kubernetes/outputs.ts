import { isRecord, type Properties, plain, secret, secretsLike, UNKNOWN } from "../../../plugin/server";
import type { KubernetesObject } from "./object";

/** What the provider keeps in the state beside the object. */
export interface Bookkeeping {
  fieldManager: string;
  /** The API version the object was first made with. */
  initialApiVersion: string;
}

const FIELD_MANAGER = "__fieldManager";
const INITIAL_API_VERSION = "__initialApiVersion";

// What a dry run makes up.
const INVENTED_METADATA = ["uid", "resourceVersion", "creationTimestamp", "generation"];

/** The object as the resource's outputs: what was secret in the inputs stays so, and a Secret's data always is. */
export function toOutputs(live: KubernetesObject, inputs: Properties, kept: Bookkeeping): Properties {
  const outputs = secretsLike(live, inputs) as Properties;
  if (live.kind === "Secret" && live.apiVersion === "v1") {
    for (const key of ["data", "stringData"]) {
      if (outputs[key] !== undefined) {
        outputs[key] = secret(outputs[key]);
      }
    }
  }
  return { ...outputs, [FIELD_MANAGER]: kept.fieldManager, [INITIAL_API_VERSION]: kept.initialApiVersion };
}

/** Outputs of a preview: what only the real operation will tell is marked unknown. */
export function toPreview(answer: KubernetesObject, inputs: Properties): Properties {
  const { managedFields: _fields, ...metadata } = answer.metadata as Properties;
  for (const key of INVENTED_METADATA) {
    metadata[key] = UNKNOWN;
  }
  if (metadata.name === undefined || metadata.generateName !== undefined) {
    metadata.name = UNKNOWN;
  }
  const preview: Properties = { ...answer, metadata, status: UNKNOWN };
  if (answer.kind === "Service" && isRecord(preview.spec)) {
    const asked = isRecord(inputs.spec) ? inputs.spec : {};
    preview.spec = { ...preview.spec, clusterIP: asked.clusterIP ?? UNKNOWN, clusterIPs: asked.clusterIPs ?? UNKNOWN };
  }
  const outputs = secretsLike(preview, inputs) as Properties;
  if (answer.kind === "Secret" && outputs.data !== undefined) {
    outputs.data = secret(outputs.data);
  }
  return outputs;
}

/** The bookkeeping in a resource's state, with defaults for a resource that was not made by this provider. */
export function bookkeeping(state: Properties, fallback: Bookkeeping): Bookkeeping {
  const text = (key: string, otherwise: string) => (typeof state[key] === "string" ? state[key] : otherwise);
  return {
    fieldManager: text(FIELD_MANAGER, fallback.fieldManager),
    initialApiVersion: text(INITIAL_API_VERSION, fallback.initialApiVersion),
  };
}

/** The object in a resource's inputs or state, as the API server takes it: no secret wrapping, no bookkeeping. */
export function toObject(properties: Properties): KubernetesObject {
  const entries = Object.entries(plain<Properties>(properties));
  return Object.fromEntries(entries.filter(([key]) => !key.startsWith("__"))) as KubernetesObject;
}
