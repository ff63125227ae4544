import { createHash, randomBytes } from "node:crypto";
import type { Properties } from "../../../plugin/server";

/** What a name is made of. */
export interface NameSource {
  /** The input that holds it. */
  input: string;
  /** Logical name of the resource. */
  name: string;
  /** Inputs of the last operation. */
  olds: Properties;
  randomSeed: Uint8Array;
  kind: "name" | "uuid";
}

/**
 * Fills in a name where the user gave none, as the azure-native provider does: the resource's name and 8 random hexadecimal digits, or a
 * UUID (pulumi/pulumi-azure-native, provider/pkg/provider/autonaming.go). A name made before is kept.
 */
export function withName(inputs: Properties, { input, name, olds, randomSeed, kind }: NameSource): Properties {
  if (inputs[input] !== undefined) {
    return inputs;
  }
  const seed = randomSeed.length > 0 ? randomSeed : randomBytes(32);
  const hex = createHash("sha256").update(seed).update(name).digest("hex");
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
  return { ...inputs, [input]: olds[input] ?? (kind === "uuid" ? uuid : `${name}${hex.slice(0, 8)}`) };
}
