import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../tools/toolchain/package-root";

/** Pages whose blocks of ts without an import are arguments of a runner. */
const PAGES = ["production.md", "workloads.md", "guides/openshift-and-meshes.md", "guides/private-git.md"];

/** A snippet of one of these pages: a runner's arguments, and the heading it stands under. */
export interface Setting {
  page: string;
  heading: string;
  args: Record<string, unknown>;
}

/** Every snippet of these pages. */
export function productionSettings(): Setting[] {
  return PAGES.flatMap((page) => {
    const text = readFileSync(join(packageRoot(), "docs", page), "utf8");
    return text.split(/^##? /m).flatMap((section) => {
      const [heading = ""] = section.split("\n");
      const fences = [...section.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code as string);
      return fences.map((code) => ({ page, heading, args: new Function(`return {${code}}`)() as Setting["args"] }));
    });
  });
}
