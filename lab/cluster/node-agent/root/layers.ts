import { readdirSync, readlinkSync } from "node:fs";
import { quote } from "../../../shell";

/** Made in every container, whatever the host has there. */
export const SYSTEM_DIRECTORIES = ["/dev", "/proc", "/sys"];

/** One entry of the host's root and how it gets into a container. */
export interface Layer {
  name: string;
  kind: "directory" | "link" | "file" | "empty";
}

/** Entries of the host's root for a root that is put together directory by directory. */
export function topLevelLayers(hidden: string[]): Layer[] {
  return readdirSync("/", { withFileTypes: true }).flatMap((entry): Layer[] => {
    const { name } = entry;
    if (entry.isSymbolicLink()) {
      return [{ name, kind: "link" }];
    }
    if (entry.isDirectory()) {
      const replaced = [...SYSTEM_DIRECTORIES, ...hidden].includes(`/${name}`);
      return [{ name, kind: replaced ? "empty" : "directory" }];
    }
    return entry.isFile() ? [{ name, kind: "file" }] : [];
  });
}

/** Lines that bring one entry into the root, read-only or as an overlay whose upper part is under `upper/`. */
export function layerLines({ name, kind }: Layer, root: string): string[] {
  const target = quote(`${root}/${name}`);
  const source = quote(`/${name}`);
  switch (kind) {
    case "link":
      return [`ln -s ${quote(readlinkSync(`/${name}`))} ${target}`];
    case "empty":
      return [`mkdir -p ${target}`];
    case "file":
      return [`: > ${target}`, `bind_read_only ${source} ${target}`];
    case "directory": {
      // Colons and commas would end the option's value.
      const lower = `/${name}`.replace(/[\\:,]/g, "\\$&");
      const upper = quote(`upper/${name}`);
      const options = `userxattr,lowerdir=${lower},upperdir=upper/${name},workdir=work/${name}`;
      return [
        `mkdir -p ${target} ${upper} ${quote(`work/${name}`)}`,
        // An overlay shows no file systems mounted below its directory, and the kernel refuses one over such.
        `mount -t overlay -o ${quote(options)} overlay ${target} 2>/dev/null || { mount --rbind ${source} ${target}; ` +
          `mount -o remount,bind,ro ${target} 2>/dev/null || :; }`,
      ];
    }
  }
}
