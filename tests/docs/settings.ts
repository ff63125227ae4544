import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../tools/toolchain/package-root";

/** A snippet of docs/production.md: a runner's arguments, and the heading it stands under. */
export interface Setting {
  heading: string;
  args: Record<string, unknown>;
}

/** Every snippet of docs/production.md. */
export function productionSettings(): Setting[] {
  const text = readFileSync(join(packageRoot(), "docs", "production.md"), "utf8");
  return text.split(/^## /m).flatMap((section) => {
    const [heading = ""] = section.split("\n");
    const fences = [...section.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code as string);
    return fences.map((code) => ({ heading, args: new Function(`return {${code}}`)() as Setting["args"] }));
  });
}
