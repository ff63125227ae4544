import type { Properties } from "../../../plugin/server";
import { randomName } from "./random-name";
import type { CheckContext } from "./resource";

// The mark of the official providers for inputs that the user did not set.
const DEFAULTS = "__defaults";

/**
 * Fills in `name` where the user gave none: the resource's name and 7 random hexadecimal digits, as the official
 * providers for AWS and Google do, or `namePrefix` and 26 digits. A name made before is kept.
 */
export function withAutoname(inputs: Properties, context: CheckContext, maxLength: number): Properties {
  const { olds, name, randomSeed } = context;
  if (inputs.name !== undefined && inputs.name !== null) {
    return { ...inputs, [DEFAULTS]: [] };
  }
  const prefix = typeof inputs.namePrefix === "string" ? inputs.namePrefix : undefined;
  const made = Array.isArray(olds[DEFAULTS]) && olds[DEFAULTS].includes("name");
  const kept = made && olds.namePrefix === inputs.namePrefix ? olds.name : undefined;
  const fresh =
    prefix === undefined
      ? randomName(name, randomSeed, 7, maxLength)
      : prefix + randomName("", randomSeed, Math.min(26, maxLength - prefix.length)).slice(1);
  return { ...inputs, name: kept ?? fresh, [DEFAULTS]: ["name"] };
}
