import { createHash, randomUUID } from "node:crypto";

/** An ESC environment, as `pulumi env ls` lists it. */
export interface EscEnvironment {
  project: string;
  name: string;
}

/** One version of an environment's definition. Its secrets are encrypted. */
export interface Revision {
  number: number;
  definition: string;
  etag: string;
}

/** An ESC environment with all versions of its definition. */
export class Environment {
  readonly id = randomUUID();
  readonly #revisions: Revision[] = [];

  constructor(
    readonly project: string,
    readonly name: string,
  ) {
    // A new environment has one version without any text (pulumi/pulumi at v3.259.0, pkg/cmd/esc/cli/cli_test.go).
    this.update("");
  }

  /** The newest version. */
  get latest(): Revision {
    return this.#revisions.at(-1) as Revision;
  }

  /** A version by its number, or by the tag `latest`. */
  revision(version: string): Revision | undefined {
    return version === "latest" ? this.latest : this.#revisions.find(({ number }) => String(number) === version);
  }

  update(definition: string): Revision {
    const number = this.#revisions.length + 1;
    const etag = createHash("sha256").update(`${this.id} ${number} ${definition}`).digest("hex");
    this.#revisions.push({ number, definition, etag });
    return this.latest;
  }
}

/** The project of environments that were made before there were projects. */
const LEGACY_PROJECT = "default";

/** What the evaluator calls an environment, and what tokens say: without the project `default`. */
export function evaluatorName({ project, name }: EscEnvironment): string {
  return project === LEGACY_PROJECT ? name : `${project}/${name}`;
}

/** The environment that an import names, `[PROJECT/]NAME[@VERSION]`. */
export function parseImport(text: string): EscEnvironment & { version: string } {
  const [path = "", version = "latest"] = text.split("@");
  const [first = "", second] = path.split("/");
  return second === undefined
    ? { project: LEGACY_PROJECT, name: first, version }
    : { project: first, name: second, version };
}
