import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { entrypointScripts, runnerFiles } from "../../provider/workload/entrypoint";
import { paths } from "../../provider/workload/pod/paths";
import { pulumiToken } from "../../provider/workload/pod/subject-token";
import { podTemplate } from "../../provider/workload/pod/template";
import { proveRunnerTrust } from "../../trust/parties/pulumi/proof";
import type { Exchange } from "./exchange";
import { type Program, programsWithout } from "./programs";

/** A command with its environment, to be measured. */
export interface Command {
  argv: [string, ...string[]];
  env: Record<string, string>;
}

const POD_PATHS = new RegExp(Object.values(paths).sort().reverse().join("|"), "g");

interface Container {
  command: [string, ...string[]];
  env: { name: string; value: string }[];
}

/**
 * The runner's container as a process of this machine: the command and the variables of the pod that the components make,
 * with every directory of the pod in one of its own. What follows the exchange is `true`, so that the process ends when
 * the token is there.
 *
 * @param directory to put it in
 * @param without programs that its image does not have
 */
export function podProcess(exchange: Exchange, directory: string, without: Program[]): Command {
  const trust = proveRunnerTrust({
    organization: exchange.organization,
    issuerUrl: exchange.issuerUrl,
    namespace: exchange.namespace,
    serviceAccountName: exchange.serviceAccountName,
    token: { tokenType: "organization" },
  });
  const { spec } = podTemplate({
    organization: exchange.organization,
    trust,
    token: { tokenType: "organization" },
    expirationSeconds: 7200,
    apiUrl: exchange.apiUrl,
    configMapNames: ["entrypoint"],
    hasScript: false,
    subjectToken: { ...pulumiToken(exchange.organization), audience: trust.audience },
    labels: {},
    annotations: {},
  });
  const [container] = spec.containers as [Container];
  // All in one pass: the directory's own path may contain one of the pod's.
  const inside = (text: string) => text.replace(POD_PATHS, (path) => join(directory, path));
  for (const path of Object.values(paths)) {
    mkdirSync(join(directory, path), { recursive: true, mode: 0o700 });
  }
  for (const [name, content] of Object.entries({
    ...entrypointScripts(),
    ...runnerFiles({ caCertificates: exchange.ca }),
  })) {
    writeFileSync(join(directory, paths.entrypointDirectory, name), content);
  }
  symlinkSync(exchange.tokenFile, join(directory, paths.pulumiTokenDirectory, "token"));
  const [program, ...args] = container.command;
  const env = Object.fromEntries(container.env.map(({ name, value }) => [name, inside(value)]));
  return {
    argv: [inside(program), ...args.map(inside), "true"],
    env: { ...env, PATH: programsWithout(directory, without, exchange.pulumiCli) },
  };
}

/** Empties what a pod begins with empty. */
export function emptyPod(directory: string): void {
  for (const path of [paths.privateDirectory, paths.homeDirectory]) {
    rmSync(join(directory, path), { recursive: true });
    mkdirSync(join(directory, path), { mode: 0o700 });
  }
}
