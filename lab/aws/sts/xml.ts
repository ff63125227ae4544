/** Content of an element: text, or elements in order; undefined ones are left out. */
export type XmlContent = string | { [element: string]: XmlContent | undefined };

const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

/** An answer of STS, as the AWS query protocol wants it: one element in the service's namespace. */
export function stsDocument(element: string, content: XmlContent): string {
  return `<${element} xmlns="${NAMESPACE}">${render(content)}</${element}>\n`;
}

function render(content: XmlContent): string {
  if (typeof content === "string") {
    return escaped(content);
  }
  return Object.entries(content)
    .map(([element, inner]) => (inner === undefined ? "" : `<${element}>${render(inner)}</${element}>`))
    .join("");
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

// What XML 1.0 can't hold at all, a control character say, becomes a question mark.
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "?")
    .replace(/[&<>"]/g, (character) => ENTITIES[character] as string);
}
