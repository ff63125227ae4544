import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../tools/toolchain/package-root";

/** What pulumi/pulumi-docker-containers publishes, as read there. */
interface PulumiImages {
  versions: string[];
  matrix: { unversioned: string[]; versioned: Record<string, { default: string; additional: string[] }> };
  /** Tags by repository, `VERSION` and `SDK` standing for each of theirs; and where this is from. */
  pushed: Record<string, string[] | string>;
  /** `pulumi/pulumi:*-nonroot`. */
  nonroot: { user: number; home: string; env: Record<string, string>; path: string[] };
}

const read = (project: string): unknown =>
  JSON.parse(readFileSync(join(packageRoot(), "tests", "third-party", project, "images.json"), "utf8"));

export const PULUMI_IMAGES = read("pulumi-docker-containers") as PulumiImages;
const AGENT = read("customer-managed-workflow-agent") as Pick<PulumiImages, "pushed">;

/** Tags by repository, as the build files of the images push them. */
export function pushedTags(): Record<string, string[]> {
  const { unversioned, versioned } = PULUMI_IMAGES.matrix;
  const sdks = [
    ...unversioned,
    ...Object.entries(versioned).flatMap(([sdk, { default: usual, additional }]) => [
      ...[sdk, `${sdk}-${usual}`],
      ...additional.map((version) => `${sdk}-${version}`),
    ]),
  ];
  const pushed = Object.entries({ ...PULUMI_IMAGES.pushed, ...AGENT.pushed }).flatMap(([name, tags]) =>
    typeof tags === "string" ? [] : [[name, tags] as const],
  );
  return Object.fromEntries(
    pushed.flatMap(([name, tags]) =>
      (name.includes("SDK") ? sdks : [""]).map((sdk) => [`pulumi/${name.replace("SDK", sdk)}`, tags]),
    ),
  );
}

/** Whether an image is among those that are published. */
export function isPublished(image: string): boolean {
  const [repository = "", tag = ""] = image.split(":");
  const tags = pushedTags();
  const known = Object.hasOwn(tags, repository) ? tags[repository] : [];
  return PULUMI_IMAGES.versions.some((version) => known?.some((form) => tag === form.replace("VERSION", version)));
}
