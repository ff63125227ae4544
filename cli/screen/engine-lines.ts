import { type Line, styled } from "../print";

/** A step of the engine in its output without a terminal: sign, type, name, and how far it is. */
const STEP = /^\s*(\+\+|--|\+-|-\+|[+~-])\s+(\S+:\S+:\S+) (\S+) (.*)$/;

const COLOURS: Record<string, "green" | "yellow" | "red"> = { "+": "green", "~": "yellow", "-": "red" };

/**
 * What is shown of a line that `pulumi up` prints without a terminal: of each step its end alone, since the engine prints a line for
 * every change of its state. Diagnostics, outputs and the count of resources are shown as they are. Undefined: nothing.
 */
export function engineLine(line: string): Line | undefined {
  const text = line.trimEnd();
  if (text.trim() === "" || /^@ (updating|previewing)/.test(text) || /^Updating \(/.test(text)) {
    return undefined;
  }
  const [, sign = "", type = "", name = "", state = ""] = STEP.exec(text) ?? [];
  if (type === "") {
    return [styleOf(text)];
  }
  if (!/\b(created|updated|deleted|replaced|failed)\b/.test(state)) {
    return undefined;
  }
  // The dynamic provider's own name says nothing of the resource.
  const words = `${type.replace("pulumi-nodejs:dynamic/", "")} ${name} `;
  const colour = state.includes("failed") ? "red" : (COLOURS[sign[0] ?? ""] ?? "green");
  return [styled(colour, sign.padEnd(2)), words, styled(colour, state.replaceAll("*", ""))];
}

function styleOf(text: string) {
  if (/\berror: |^Diagnostics:/.test(text)) {
    return styled("red", text);
  }
  return /\bwarning: /.test(text) ? styled("yellow", text) : text;
}
