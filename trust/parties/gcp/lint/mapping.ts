import { compile, pathOf } from "../evaluate";

/** What a mapped attribute is: the claim at a path, or what an expression makes of claims. */
export type Mapped = string[] | "computed";

/** Longest expression of a mapping, in characters. */
const LONGEST = 2048;

/**
 * Reads an attribute mapping: `google.subject` → `["sub"]` of `assertion.sub`.
 *
 * @throws OidcRunnerError `GCP_EXPRESSION_INVALID`
 */
export function readMapping(mapping: Record<string, string>): Map<string, Mapped> {
  return new Map(
    Object.entries(mapping).map(([attribute, text]): [string, Mapped] => {
      const program = compile(text, `attributeMapping["${attribute}"]`, LONGEST, { assertion: undefined });
      const [root, ...keys] = pathOf(program.expr) ?? [];
      return [attribute, root === "assertion" && keys.length > 0 ? keys : "computed"];
    }),
  );
}
