import type { LabState } from "../../lab/types";
import { skip } from "../skip";
import { type MakeStack, type Moment, surviveAll } from "./support/kills";
import { labOn } from "./support/lab";
import { type YamlProgram, YamlPrograms } from "./support/plugin";
import { type Described, TrustStack } from "./support/trust";

const labStarted = labOn("kubernetes");

/** Six moments: two of a create, an update and a destroy each. */
const MOMENTS: Moment[] = [
  ...[
    { requests: 1, afterMs: 0 },
    { requests: 2, afterMs: 100 },
    { requests: 1, afterMs: 50 },
  ],
  ...[
    { requests: 3, afterMs: 0 },
    { requests: 3, afterMs: 200 },
    { requests: 2, afterMs: 0 },
  ],
];

/** A stack whose program is in YAML. */
class YamlTrustStack extends TrustStack {
  override describe(...resources: Described[]): void {
    const entries = resources.map(({ kind, name, args = {} }) => {
      const properties = Object.entries(args).map(([key, value]) => {
        const { of, output } = (value ?? {}) as { of?: string; output?: string };
        return [key, of === undefined ? value : `\${${of}.${output}}`];
      });
      return [name, { type: `oidc-runner:${kind}`, properties: Object.fromEntries(properties) }];
    });
    this.write(Object.fromEntries(entries) as YamlProgram["resources"]);
  }

  /** @param resources of the program */
  write!: (resources: YamlProgram["resources"]) => void;
}

describe("an engine with the plugin that is killed", function () {
  // Against hangs only.
  this.timeout(MOMENTS.length * 200_000);
  let programs: YamlPrograms;
  let state: LabState;

  before(async function () {
    const started = await YamlPrograms.start(labStarted);
    if ("missing" in started) {
      return skip(this, `no language host for YAML: ${started.missing}`);
    }
    programs = started;
    state = await labStarted();
  });
  after(() => programs?.remove());

  it(`loses nothing and leaves nothing, at ${MOMENTS.length} moments`, async () => {
    const plugin: MakeStack = async (of, name, env) => {
      const project = programs.write(name, { resources: {} });
      const stack = new YamlTrustStack(of, { project, stack: name, env: { ...env, PATH: programs.path } });
      stack.write = (resources) => void programs.write(name, { resources });
      await stack.init();
      return stack;
    };
    await surviveAll(plugin, state, MOMENTS);
  });
});
