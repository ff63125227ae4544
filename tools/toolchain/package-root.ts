import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { OidcRunnerError } from "../../trust";

/** Names of the package that this code lies in: the clone's and the command's. */
const NAMES = ["pulumi-oidc-runner", "oidc-runner"];

/**
 * The directory of this package: the clone, or `node_modules/oidc-runner`. Searched upwards, because this code runs both
 * from its sources and from `dist/`.
 */
export function packageRoot(): string {
  for (let directory = __dirname; ; directory = dirname(directory)) {
    const manifest = join(directory, "package.json");
    if (existsSync(manifest)) {
      const { name } = JSON.parse(readFileSync(manifest, "utf8")) as { name?: string };
      if (name !== undefined && NAMES.includes(name)) {
        return directory;
      }
    }
    if (dirname(directory) === directory) {
      throw new OidcRunnerError("TOOLCHAIN_PACKAGE_INCOMPLETE", "the package's own directory was not found", {
        where: __dirname,
        fix: "install oidc-runner again",
      });
    }
  }
}
