import { relative } from "node:path";
import type ts from "typescript";
import { OidcRunnerError } from "../../trust";
import { packageRoot } from "../toolchain";

/**
 * The refusal of something in the sources that a package schema can't hold, with file, line and property.
 *
 * @param property such as `RunnerArgs.job`
 */
export function refusal(node: ts.Node, property: string, what: string, fix: string): OidcRunnerError {
  const source = node.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(node.getStart());
  const place = `${relative(packageRoot(), source.fileName)}:${line + 1}`;
  return new OidcRunnerError("SCHEMA_UNSUPPORTED", `${property}: ${what}`, { where: place, fix });
}
