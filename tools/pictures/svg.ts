import type { Run } from "./terminal";

/** Sizes in pixels. */
const CHARACTER = 8.4;
const LINE = 19;
const PADDING = 16;
const FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** Colours that can be told apart on the dark ground, contrast 4.5 and more. */
const COLOURS: Record<number, string> = {
  31: "#ff8a80",
  32: "#8bd17c",
  33: "#e8c268",
  34: "#8ab4f8",
  35: "#d7a3f0",
  36: "#6fd0d8",
  90: "#9aa4ad",
};

/** A terminal of some width as a picture: text that can be selected and searched. */
export function terminalSvg(lines: readonly (readonly Run[])[], columns: number, title: string): string {
  const width = Math.round(columns * CHARACTER + 2 * PADDING);
  const height = lines.length * LINE + 2 * PADDING;
  const rows = lines.flatMap((runs, index) => {
    const y = PADDING + index * LINE + 14;
    let column = 0;
    return runs.map((run) => {
      const x = PADDING + column * CHARACTER;
      column += run.text.length;
      return run.text.trim() === "" ? "" : `${textElement(run, x, y)}\n`;
    });
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" rx="8" fill="#16191d"/>
<g font-family="${FONT}" font-size="14" fill="#dfe3e6">
${rows.join("")}</g>
</svg>
`;
}

function textElement({ text, style }: Run, x: number, y: number): string {
  const colour = style.map((one) => COLOURS[one]).find((one) => one !== undefined);
  const fill = colour ?? (style.includes(2) ? COLOURS[90] : undefined);
  const attributes = [
    'xml:space="preserve"',
    `x="${x.toFixed(1)}" y="${y}"`,
    // Fonts differ in width: columns stay below each other.
    `textLength="${(text.length * CHARACTER).toFixed(1)}" lengthAdjust="spacingAndGlyphs"`,
    ...(fill === undefined ? [] : [`fill="${fill}"`]),
    ...(style.includes(1) ? ['font-weight="bold"'] : []),
  ];
  return `<text ${attributes.join(" ")}>${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
