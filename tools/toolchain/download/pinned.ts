import file from "./pins.json";

/** Where one official download is published. `{version}`, `{os}`, `{arch}` and `{name}` in the URLs are filled in. */
export interface Pins {
  pulumi: { version: string; minimumOnPath: string; archive: string; checksums: string; sha256: Checksums };
  kubernetes: { version: string; minimumOnPath: string; binary: string; checksum: string; sha256: Checksums };
  etcd: { version: string; archive: string; checksums: string; sha256: Checksums };
  /** The official Kubernetes provider; its version is that of the installed SDK. */
  kubernetesPlugin: { archive: string; checksums: string; sha256: Checksums };
  /**
   * SHA-256 that a Go build is expected to have, by binary and then by `GOVERSION GOOS/GOARCH`. The sources are held by
   * go.sum; another Go version makes other bytes, so a difference is worth a note, not a refusal.
   */
  goBuilds: Record<string, Checksums>;
}

/**
 * SHA-256 in lower-case hex by file name. An entry here is binding. A file without one is checked against the checksum
 * file that its publisher gives, over TLS, and what was accepted first is remembered (see `official-file.ts`). README.md
 * says where each value is published, and which are missing.
 */
export type Checksums = Record<string, string | undefined>;

/** The versions, addresses and checksums in `pins.json`. */
export const pins: Pins = file;

/** Node's name of a processor to Go's, which most archives are published under. */
export const GO_ARCH: Record<string, string | undefined> = { x64: "amd64", arm64: "arm64" };

/** Fills `{name}` places of a URL. */
export function fillUrl(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}
