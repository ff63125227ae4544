import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../tools/toolchain/package-root";

/** What pulumi/pulumi-docker-containers publishes, as read there. */
interface PulumiImages {
  versions: string[];
  /** Suffixes of a version's tags, by repository. */
  families: Record<string, string[]>;
  /** `pulumi/pulumi:*-nonroot`. */
  nonroot: { user: number; home: string; env: Record<string, string>; path: string[] };
}

const FILE = join(packageRoot(), "tests", "third-party", "pulumi-docker-containers", "images.json");

export const PULUMI_IMAGES = JSON.parse(readFileSync(FILE, "utf8")) as PulumiImages;

/** Whether an image is among those that are published. */
export function isPublished(image: string): boolean {
  const [repository = "", tag = ""] = image.split(":");
  const suffixes = Object.hasOwn(PULUMI_IMAGES.families, repository) ? PULUMI_IMAGES.families[repository] : [];
  return PULUMI_IMAGES.versions.some((version) => suffixes?.some((suffix) => tag === version + suffix));
}
