import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fixture } from "../../lab/pulumi-cloud/fixture";
import { Lane } from "./lane";
import { laneTimes } from "./lane-time";

/** What says where to log in. */
const VARIABLES = [
  "PULUMI_HOME",
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_BACKEND_URL",
  "PULUMI_API",
  "PULUMI_CREDENTIALS_PATH",
] as const;

/** Lanes for the tests of a suite, each with a Pulumi Cloud that this process is logged in to; filled before the first. */
export function lanesOf(count: number): Lane[] {
  const fixture = new Fixture();
  const saved = new Map(VARIABLES.map((name) => [name, process.env[name]]));
  const lanes: Lane[] = [];
  const { warn } = console;
  let home: string;
  let realTime: () => void;

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "oidc-runner-faults-"));
    await fixture.start();
    const keys = await fixture.issuer();
    for (let index = 0; index < count; index += 1) {
      lanes.push(new Lane(fixture, await fixture.start(), keys));
    }
    const accounts = Object.fromEntries(lanes.map(({ cloud }) => [cloud.url, { accessToken: cloud.adminToken }]));
    writeFileSync(join(home, "credentials.json"), JSON.stringify({ accounts }));
    for (const name of VARIABLES) {
      delete process.env[name];
    }
    process.env.PULUMI_HOME = home;
    // That something was gone already is no news here.
    console.warn = () => undefined;
    realTime = laneTimes();
  });
  after(async () => {
    realTime();
    console.warn = warn;
    for (const [name, value] of saved) {
      delete process.env[name];
      Object.assign(process.env, value !== undefined && { [name]: value });
    }
    await fixture.stop();
    rmSync(home, { recursive: true, force: true });
  });
  return lanes;
}

/** Plays each case in the next lane that is free. Returns what failed, in words. */
export async function playAll<T extends object>(
  lanes: readonly Lane[],
  cases: readonly T[],
  play: (lane: Lane, one: T) => Promise<void>,
): Promise<string[]> {
  const waiting = [...cases];
  const failures: string[] = [];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        try {
          await play(lane, one);
        } catch (error) {
          failures.push(`${Object.values(one).join(" ")}: ${(error as Error).message}`);
        }
      }
    }),
  );
  return failures;
}
