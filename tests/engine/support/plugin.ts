import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Engine } from "../../../lab/engine/engine";
import { dyingWithParent } from "../../../lab/isolation";
import { launcher } from "../../../lab/shell";
import type { LabState } from "../../../lab/types";
import { canonical } from "../../../plugin/server";
import { resolveYamlHost } from "../../../tools/toolchain/language-yaml";
import { packageRoot } from "../../../tools/toolchain/package-root";
import { silentReport } from "../../../tools/toolchain/report";
import { SHORT_WINDOW, type StateResource } from "./engine";

/** A program in YAML, as its Pulumi.yaml has it. */
export interface YamlProgram {
  resources: Record<string, { type: string; properties?: object; options?: object }>;
  outputs?: Record<string, string>;
}

/** Stacks of programs in YAML, which Pulumi's own host runs and the plugin of this package serves. */
export class YamlPrograms {
  private constructor(
    private readonly state: LabState,
    private readonly directory: string,
    /** `PATH` with the language host. */
    readonly path: string,
  ) {}

  /**
   * @param archive of the plugin. Default: the plugin as it is compiled
   * @returns the reason where the host can't be had
   */
  static async start(
    labStarted: () => Promise<LabState>,
    archive?: string,
  ): Promise<YamlPrograms | { missing: string }> {
    const host = await resolveYamlHost(silentReport);
    if ("missing" in host) {
      return host;
    }
    const state = await labStarted();
    if (archive === undefined) {
      installPlugin(state);
    } else {
      const { version } = plugin();
      rmSync(directoryOf(state), { recursive: true, force: true });
      const install = ["plugin", "install", "resource", "oidc-runner", version, "--file", archive];
      const env = { ...process.env, PULUMI_HOME: state.pulumiHome, PULUMI_SKIP_UPDATE_CHECK: "true" };
      await promisify(execFile)(state.pulumiCli.path, install, { env });
    }
    const directory = mkdtempSync(join(tmpdir(), "oidc-runner-yaml-"));
    mkdirSync(join(directory, "bin"));
    // The host lives on for a minute after an engine that was killed.
    const command = dyingWithParent([join(host.directory, "pulumi-language-yaml")]);
    writeFileSync(join(directory, "bin", "pulumi-language-yaml"), launcher(...command), { mode: 0o755 });
    return new YamlPrograms(state, directory, `${join(directory, "bin")}:${process.env.PATH}`);
  }

  /** The plugin's executable. */
  get launcher(): string {
    return join(directoryOf(this.state), "pulumi-resource-oidc-runner");
  }

  /** A stack of a project. */
  async stack(name: string, program: YamlProgram, config: Record<string, string> = {}): Promise<Engine> {
    const project = this.write(name, program);
    const engine = new Engine(this.state, { project, stack: name, config, env: { ...SHORT_WINDOW, PATH: this.path } });
    await engine.init();
    return engine;
  }

  /** Writes a program, also over one that is there. JSON is YAML. */
  write(name: string, program: YamlProgram): string {
    const project = join(this.directory, name);
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, "Pulumi.yaml"), JSON.stringify({ name: "programs", runtime: "yaml", ...program }));
    return project;
  }

  /** A stack that is there already, whose program is in YAML from now on. */
  takeOver(name: string, program: YamlProgram & { name: string }): Engine {
    const project = this.write(name, program);
    return new Engine(this.state, { project, stack: name, env: { ...SHORT_WINDOW, PATH: this.path } });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}

function plugin(): { version: string } {
  return JSON.parse(readFileSync(join(packageRoot(), "schema.json"), "utf8")) as { version: string };
}

function directoryOf(state: LabState): string {
  return join(state.pulumiHome, "plugins", `resource-oidc-runner-v${plugin().version}`);
}

/** The plugin as it is compiled. */
export const PLUGIN_MAIN = join(packageRoot(), "dist", "plugin", "main.js");

/**
 * Puts the plugin `oidc-runner` where the engine of a lab finds it.
 *
 * @param command that runs it. Default: the plugin as it is compiled
 */
export function installPlugin(state: LabState, command: string[] = [process.execPath, PLUGIN_MAIN]): void {
  const directory = directoryOf(state);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "pulumi-resource-oidc-runner"), launcher(...command), { mode: 0o755 });
}

/** What is the same of resources whichever language the program is in: inputs by type and name, without random names and ids. */
export function comparable(resources: readonly StateResource[]): Record<string, string> {
  const entries = resources.map(({ urn, type, inputs = {} }): [string, string] => {
    const { __provider, ...rest } = inputs;
    const token = type.replace("pulumi-nodejs:dynamic/oidc-runner:", "oidc-runner:index:");
    const same = canonical(rest)
      .replace(/-([0-9a-f]{7,8}|[0-9a-f]{16})(?=["@])/g, "-RANDOM")
      .replace(/"[0-9a-f]{8}-[0-9a-f-]{27}"/g, '"ID"');
    return [`${token} ${urn.split("::").at(-1)}`, same];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
