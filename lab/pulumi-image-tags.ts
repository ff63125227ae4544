/**
 * Pulumi's images and the tags that each is pushed with; `VERSION` stands for three numbers (pulumi/pulumi-docker-containers at
 * efeec92b5721, .github/workflows/release.yml and .github/scripts/matrix/versions.py; pulumi/customer-managed-workflow-agent
 * at f168e78cc2f3, .goreleaser.yaml). A test holds it to what is written down of these files.
 */
const ARCHITECTURES = ["amd64", "arm64"];
const withArchitectures = (tag: string) => [tag, ...ARCHITECTURES.map((architecture) => `${tag}-${architecture}`)];
const SDK = [...withArchitectures("VERSION-debian"), "VERSION-ubi", "VERSION", "latest"];
const AGENT = [...withArchitectures("vVERSION"), ...withArchitectures("latest")];
const LANGUAGES = {
  go: [],
  java: [],
  nodejs: ["22", "24", "26"],
  python: ["3.10", "3.11", "3.12", "3.13", "3.14"],
  dotnet: ["8.0", "9.0", "10.0"],
};

/** Tags by repository, without the registry. */
export const PULUMI_IMAGE_TAGS: Record<string, readonly string[]> = {
  "pulumi/pulumi": [
    ...withArchitectures("VERSION"),
    ...withArchitectures("VERSION-nonroot"),
    "latest",
    "latest-nonroot",
  ],
  "pulumi/pulumi-provider-build-environment": ["VERSION-amd64", "VERSION-arm64", "latest"],
  "pulumi/pulumi-base": [
    ...withArchitectures("VERSION-debian"),
    ...withArchitectures("VERSION-ubi"),
    "VERSION",
    "latest",
  ],
  ...Object.fromEntries(
    Object.entries(LANGUAGES).flatMap(([language, versions]) =>
      [language, ...versions.map((version) => `${language}-${version}`)].map((name) => [`pulumi/pulumi-${name}`, SDK]),
    ),
  ),
  "pulumi/customer-managed-workflow-agent": AGENT,
  "pulumi/customer-managed-deployment-agent": AGENT,
};

/** Docker Hub by its names, and the registries its images are copied to (.github/workflows/sync-ecr.yml, sync-ghcr.yml). */
const REGISTRY = "(?:(?:index\\.)?docker\\.io/|public\\.ecr\\.aws/|ghcr\\.io/)?";
/** A digest counts whatever the tag before it says, as for a kubelet; which digests there are is not known. */
const DIGEST = "@sha256:[0-9a-f]{64}";

/** Every reference to an image of Pulumi's, published or not. */
export const ANY_PULUMI_IMAGE = new RegExp(`^${REGISTRY}pulumi/`);

/** References to the published images that are asked for by repository and tag, for example `VERSION-ubi`. */
export function publishedImages(wanted: (repository: string, tag: string) => boolean): RegExp {
  const repositories = Object.entries(PULUMI_IMAGE_TAGS).flatMap(([repository, all]) => {
    const tags = all.filter((tag) => wanted(repository, tag));
    const forms = tags.map((tag) => literal(tag).replace("VERSION", "\\d+\\.\\d+\\.\\d+"));
    // Without a tag it is the latest.
    const untagged = tags.includes("latest") ? `|(?::[\\w.-]+)?${DIGEST}|` : "";
    return tags.length === 0 ? [] : [`${literal(repository)}(?::(?:${forms.join("|")})(?:${DIGEST})?${untagged})`];
  });
  return new RegExp(`^${REGISTRY}(?:${repositories.join("|")})$`);
}

function literal(text: string): string {
  return text.replaceAll(".", "\\.");
}
