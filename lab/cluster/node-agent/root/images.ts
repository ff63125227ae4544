/**
 * What an image adds to the host's file system. There are no real images in the lab: every container sees the host's
 * own programs and libraries, whatever its image is called; an image that matches no entry runs on that alone.
 */
export interface ImageDefinition {
  /** A regular expression, or a text in which `*` stands for anything; both are tried on the whole reference. */
  match: RegExp | string;
  /** Files and directories of the host, mounted read-only. */
  binds: { source: string; target: string }[];
  /** `PATH` of its containers; default the usual directories. */
  path?: string;
  /** More environment variables of its containers. */
  env?: Record<string, string>;
  /** The image does not exist: containers with it wait with `ErrImagePull`. */
  missing?: boolean;
  /** Program for containers without a `command`; their `args` are appended. */
  entrypoint?: string[];
}

/** `PATH` in most images. */
export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const NO_IMAGE: ImageDefinition = { match: /(?:)/, binds: [] };

/** The first entry whose `match` fits the reference; without one, an image that adds nothing. */
export function findImage(images: ImageDefinition[], reference: string): ImageDefinition {
  return images.find(({ match }) => matches(match, reference)) ?? NO_IMAGE;
}

function matches(match: RegExp | string, reference: string): boolean {
  if (typeof match !== "string") {
    return match.test(reference);
  }
  const parts = match.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(reference);
}
