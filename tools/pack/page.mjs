import { posix } from "node:path";

/**
 * What a package's manifest says of the repository: npm shows it beside the README. `repository` in the clone's package.json is
 * the one place where a maintainer sets it, as https://HOST/OWNER/NAME; nothing is said while it is not set.
 */
export function addressesOf({ repository }, directory) {
  if (repository === undefined) {
    return {};
  }
  return {
    repository: { type: "git", url: `git+${repository}.git`, ...(directory === "." ? {} : { directory }) },
    homepage: `${repository}#readme`,
    bugs: { url: `${repository}/issues` },
  };
}

/**
 * A document as npm can show it: links to files of the clone become addresses of the repository, at this version. Without a
 * repository their words stay alone, and pictures are left out.
 *
 * @param from directory of the document, from the clone
 */
export function pageOf(text, { repository, version }, from) {
  const parts = text.split(/(^```[\s\S]*?^```$)/m);
  return parts.map((part, index) => (index % 2 === 1 ? part : linked(part, { repository, version }, from))).join("");
}

function linked(text, { repository, version }, from) {
  return text.replace(/(!?)\[((?:[^\]`]|`[^`]*`)*)\]\((?!https?:|mailto:)([^)\s]*)\)/g, (_, image, words, target) => {
    if (target.startsWith("#")) {
      return `${image}[${words}](${target})`;
    }
    if (repository === undefined) {
      return image === "" ? words : "";
    }
    const kind = image === "" ? "blob" : "raw";
    return `${image}[${words}](${repository}/${kind}/v${version}/${posix.join(from, target)})`;
  });
}
