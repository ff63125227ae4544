import type { Properties } from "../../../plugin/server";

/** What `check` may look at besides the inputs. */
export interface CheckContext {
  /** Logical name. */
  name: string;
  /** Inputs of the last operation; empty for a new resource. */
  olds: Properties;
  randomSeed: Uint8Array;
}

/**
 * Type of an input. `strings` and `objects` are lists, `tags` a map of texts, `json` a text or the object it stands for, `object` one
 * whose fields don't matter; a map is an object with these fields, of which those with a question mark may be left out.
 */
export type InputType = ("string" | "boolean" | "number" | "strings" | "objects" | "object" | "tags" | "json") | Fields;

/** Types of an object's fields. */
export type Fields = Record<string, "string" | "string?" | "strings?">;

/** One resource type of a cloud provider. All properties are without secret wrapping; `inputs` are checked. */
export interface CloudResource {
  /** All inputs of the real resource, with the types that its package has for them: a test compares the two. */
  inputs: Record<string, InputType>;
  /** Those that the lab does not support. */
  unsupported?: string[];
  required: string[];
  /** What is wrong with an input's value, if anything: what the real provider refuses before it asks the service. */
  forms?: Record<string, (value: unknown) => string | undefined>;
  /** Inputs whose change needs a new resource. */
  forceNew: string[];
  /** Outputs known only after the resource was made. */
  computed: string[];
  /** Inputs holding JSON: compared by meaning, not by text. */
  json?: string[];
  /** Input that names the resource: a replacement with the same name has to wait until the old one is gone. */
  nameInput?: string;
  /** Fills in defaults. */
  check?(inputs: Properties, context: CheckContext): Properties;
  create(inputs: Properties): Promise<{ id: string; outputs: Properties }>;
  /** Undefined when it is gone. `inputs` has what the service says of each input. */
  read(id: string, state: Properties): Promise<{ outputs: Properties; inputs: Properties } | undefined>;
  /** Left out when every input is in `forceNew`. */
  update?(id: string, inputs: Properties, olds: Properties): Promise<Properties>;
  delete(id: string, state: Properties): Promise<void>;
}
