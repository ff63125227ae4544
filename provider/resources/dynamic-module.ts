import { createRequire } from "node:module";
import { join } from "node:path";
import { OidcRunnerError } from "../../trust";
import { servingPlugin } from "./serving-plugin";

/** What the providers of `OidcIssuer` and `OidcPolicy` are loaded from; its name is in users' state. */
export const DYNAMIC_MODULE = "pulumi-oidc-runner/dynamic";

/**
 * Refuses a program from whose directory the engine would not find {@link DYNAMIC_MODULE}: one that depends on this package
 * only through another one, under a package manager that keeps dependencies of dependencies apart (pnpm).
 *
 * The engine's host of dynamic providers loads it by the node_modules above its working directory, which is the program's
 * own (pulumi/pulumi at 1b594989: pkg/engine/project.go getPwdMain, pkg/resource/plugin/provider_plugin.go `newPlugin(ctx,
 * ctx.Pwd, …)`, sdk/nodejs/cmd/dynamic-provider/index.ts requireFromString). It can be asked from here only in a program that
 * the engine's language host runs, which sets the variable below (sdk/nodejs/cmd/run/index.ts); inline programs of the
 * Automation API have another working directory than their host, and mocks have no host.
 *
 * @throws OidcRunnerError `DYNAMIC_MODULE_NOT_FOUND`
 */
export function checkDynamicModule(): void {
  if (servingPlugin() || process.env.PULUMI_NODEJS_MONITOR === undefined) return;
  try {
    // Not our own `require`, which finds this package by its name from anywhere.
    createRequire(join(process.cwd(), "index.js")).resolve(DYNAMIC_MODULE);
  } catch {
    throw new OidcRunnerError(
      "DYNAMIC_MODULE_NOT_FOUND",
      `${DYNAMIC_MODULE} can't be loaded from the program's directory: pulumi-oidc-runner is not a dependency of the program itself`,
      {
        where: process.cwd(),
        fix: "add pulumi-oidc-runner to the dependencies in the program's package.json, in the version that is used, and install them",
      },
    );
  }
}
