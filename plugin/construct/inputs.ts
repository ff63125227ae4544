import * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../trust";
import { known } from "./sdk";

/**
 * Arguments as a program in TypeScript has them: what decides which resources there are is a plain value, and an Output of an
 * object is an object of Outputs. Languages give an object with a secret or another resource's output in it as one Output.
 *
 * @param plain names of the arguments that are not Inputs
 * @throws OidcRunnerError `ARGUMENT_PENDING`
 */
export async function plainArguments(
  inputs: pulumi.Inputs,
  plain: readonly string[],
  where: string,
): Promise<pulumi.Inputs> {
  const entries = Object.entries(inputs).map(async ([name, value]): Promise<[string, unknown]> => {
    return [name, plain.includes(name) ? await opened(value, `${where}.${name}`) : value];
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function opened(value: unknown, where: string): Promise<unknown> {
  if (!pulumi.Output.isInstance(value)) {
    return value;
  }
  const content = await known(value);
  if (content === undefined) {
    throw new OidcRunnerError("ARGUMENT_PENDING", "it decides which resources there are, and is not known yet", {
      where,
      fix: "give an object whose fields are outputs, and no output of an object",
    });
  }
  return spread(content, value);
}

/** An object or a list with an Output for each value in it. */
function spread(content: unknown, output: pulumi.Output<unknown>): unknown {
  if (Array.isArray(content)) {
    return content.map((item, index) => spread(item, at(output, index)));
  }
  if (typeof content === "object" && content !== null) {
    return Object.fromEntries(Object.entries(content).map(([key, item]) => [key, spread(item, at(output, key))]));
  }
  // What is known and no secret of its own is as good as plain: a boolean that decides must be one.
  return typeof content === "boolean" ? content : output;
}

function at(output: pulumi.Output<unknown>, key: string | number): pulumi.Output<unknown> {
  return output.apply((value) => (value as Record<string | number, unknown>)[key]);
}
