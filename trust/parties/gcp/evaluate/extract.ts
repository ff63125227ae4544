/** Text before, an identifier in braces, text after. */
const TEMPLATE = /^([^{}]*)\{[A-Za-z0-9_]+\}([^{}]*)$/;

/**
 * Google's own function `text.extract(template)`: what stands between the first occurrence of the text before the braces
 * and the first one, after that, of the text behind them; empty when either is missing (Google Cloud IAM documentation,
 * "Attribute reference for IAM Conditions": extract values from attributes).
 */
export function extract(text: string, template: string): string {
  const [matched, prefix = "", suffix = ""] = TEMPLATE.exec(template) ?? [];
  if (matched === undefined) {
    throw new Error(`"${template}" is not a template for extract()`);
  }
  const start = text.indexOf(prefix);
  if (start < 0) {
    return "";
  }
  const rest = text.slice(start + prefix.length);
  if (suffix === "") {
    return rest;
  }
  const end = rest.indexOf(suffix);
  return end < 0 ? "" : rest.slice(0, end);
}
