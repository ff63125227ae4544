import ts from "typescript";
import { refusal } from "./refuse";

/**
 * A declaration's doc comment as Markdown: paragraphs unwrapped, links as code, examples under the heading that Pulumi's
 * documentation uses.
 *
 * @throws OidcRunnerError `SCHEMA_UNSUPPORTED` when there is no doc comment.
 */
export function descriptionOf(node: ts.Node, property: string): string {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = comments.map(({ comment }) => plain(ts.getTextOfJSDocComment(comment))).join("\n\n");
  if (text === "") {
    throw refusal(node, property, "it has no doc comment", "say what it is, its unit and its default");
  }
  const examples = ts
    .getJSDocTags(node)
    .filter(({ tagName }) => tagName.text === "example")
    .map(({ comment }) => (ts.getTextOfJSDocComment(comment) ?? "").replace(/^```ts$/m, "```typescript"));
  return [text, ...(examples.length === 0 ? [] : ["## Example Usage", ...examples])].join("\n\n");
}

function plain(comment = ""): string {
  return comment
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replace(/\s*\n\s*/g, " ").trim())
    .join("\n\n");
}
