import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { packageRoot } from "../../tools/toolchain/package-root";

const PACKAGE = "pulumi-oidc-runner";
/** What a program calls to make a runner through a platform team's own package. */
export const WRAPPER = "acme-platform";

/**
 * A program's directory with node_modules as pnpm makes it (pnpm.io/symlinked-node-modules-structure): each package lies below
 * `.pnpm` beside links to its own dependencies, and the program finds only the packages that it names itself. It names
 * {@link WRAPPER} and `@pulumi/pulumi`; the wrapper gives on all that this package exports.
 */
export function pnpmProject(directory: string) {
  const modules = join(directory, "node_modules");
  const home = (name: string) => join(modules, ".pnpm", `${name.replace("/", "+")}@1.0.0`, "node_modules");
  const link = (place: string, name: string, target: string) => {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    symlinkSync(relative(dirname(join(place, name)), target), join(place, name), "dir");
  };
  const clone = join(packageRoot(), "node_modules");
  const own = join(home(PACKAGE), PACKAGE);
  for (const room of ["provider", "pulumi-cloud", "trust"]) {
    cpSync(join(packageRoot(), "dist", room), join(own, "dist", room), { recursive: true });
  }
  for (const file of ["package.json", "schema.json"]) cpSync(join(packageRoot(), file), join(own, file));
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(own, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    peerDependencies: Record<string, string>;
  };
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
    link(home(PACKAGE), name, join(clone, name));
  }
  const wrapper = join(home(WRAPPER), WRAPPER);
  mkdirSync(wrapper, { recursive: true });
  writeFileSync(join(wrapper, "package.json"), JSON.stringify({ name: WRAPPER, main: "index.js" }));
  writeFileSync(join(wrapper, "index.js"), `module.exports = require("${PACKAGE}");\n`);
  link(home(WRAPPER), PACKAGE, own);
  link(modules, WRAPPER, wrapper);
  link(modules, "@pulumi/pulumi", join(clone, "@pulumi", "pulumi"));
  return {
    /** Makes this package a dependency of the program itself. */
    addDependency: () => link(modules, PACKAGE, own),
    removeDependency: () => rmSync(join(modules, PACKAGE)),
  };
}
