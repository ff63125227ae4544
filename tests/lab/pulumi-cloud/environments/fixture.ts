import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprint } from "../../../../lab/http/fingerprint";
import type { PulumiCloudOptions } from "../../../../lab/pulumi-cloud";
import type { EscEvaluator } from "../../../../tools/toolchain";
import { resolveEscEvaluator } from "../../../../tools/toolchain/esc-evaluator";
import { resolvePulumiCli } from "../../../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../../../tools/toolchain/report";
import { skip } from "../../../skip";
import { Fixture } from "../fixture";

/** What a command did. */
export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** A Pulumi Cloud that opens environments, and the real CLI logged in to it. */
export class EscFixture extends Fixture {
  readonly directory = mkdtempSync(join(tmpdir(), "oidc-runner-esc-"));
  #cli!: string;

  /** Starts it; where there is no evaluator, skips what is running. */
  async startWithEvaluator(context: Mocha.Context, options: Partial<PulumiCloudOptions> = {}): Promise<void> {
    const evaluator = await resolveEscEvaluator(silentReport);
    if ("missing" in evaluator) {
      skip(context, evaluator.missing);
    }
    await this.startWith(evaluator, options);
  }

  override async stop(): Promise<void> {
    // Nothing was started where the tests are skipped.
    if (this.cloud !== undefined) {
      await super.stop();
    }
  }

  async startWith(escEvaluator: EscEvaluator | undefined, options: Partial<PulumiCloudOptions> = {}): Promise<void> {
    this.#cli = (await resolvePulumiCli(silentReport)).path;
    await this.start({ escEvaluator, ...options });
    writeFileSync(join(this.directory, "ca.pem"), this.authority.certificatePem);
    this.onStop(async () => rmSync(this.directory, { recursive: true, force: true }));
  }

  /** Runs `pulumi env …`, as the administrator unless another token is given. */
  async env(words: readonly string[], { token = this.cloud.adminToken } = {}): Promise<Ran> {
    const env = {
      PATH: `/usr/bin:/bin:${join(process.execPath, "..")}`,
      HOME: this.directory,
      // The CLI keeps the login of an address, whatever token it is told later.
      PULUMI_HOME: join(this.directory, `home-${fingerprint(token)}`),
      PULUMI_BACKEND_URL: this.cloud.url,
      PULUMI_ACCESS_TOKEN: token,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      SSL_CERT_FILE: join(this.directory, "ca.pem"),
    };
    return new Promise((resolve) => {
      execFile(this.#cli, ["env", ...words], { env, cwd: this.directory }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
      );
    });
  }

  /** The same, which must succeed; returns what it prints. */
  async ok(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.env(words);
    if (code !== 0) {
      throw new Error(`pulumi env ${words.join(" ")}: ${code} ${stdout}${stderr}`);
    }
    return stdout;
  }

  /** Makes an environment of a definition, or replaces its definition. Returns what the evaluator finds wrong: the CLI ends with 0. */
  async define(environment: string, definition: string): Promise<string> {
    const file = join(this.directory, "definition.yaml");
    writeFileSync(file, definition);
    return (await this.env([this.#has(environment) ? "edit" : "init", environment, "--file", file])).stderr;
  }

  /** The same without the CLI, which takes longer. */
  async put(environment: string, definition: string): Promise<void> {
    const [, project, name] = environment.split("/");
    if (!this.#has(environment)) {
      await this.api("POST", "/api/esc/environments/acme", { project, name });
    }
    const { status, text } = await this.api("PATCH", `/api/esc/environments/${environment}`, definition);
    if (status !== 200) {
      throw new Error(text);
    }
  }

  #has(environment: string): boolean {
    const known = this.cloud.organizations.get("acme")?.environments ?? [];
    return known.some(({ project, name }) => `acme/${project}/${name}` === environment);
  }
}
