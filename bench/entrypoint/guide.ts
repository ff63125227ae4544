import { spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { isolatedCommand } from "../../lab/isolation";
import type { Benchmark } from "../measure/benchmark";
import { scratchDirectory } from "../scratch";
import { type Exchange, startExchange } from "./exchange";
import { type Command, emptyPod, podProcess } from "./pod-process";
import { timed } from "./timed";
import { trustBundle } from "./trust-bundle";

const READY = "ready";

/** A command in a fresh copy of this machine's file system without the JSON tool; it waits for a line before it starts. */
function inFreshImage({ argv, env }: Command): Command {
  const script = join(__dirname, "fresh-image.sh");
  const [program, ...args] = isolatedCommand(["sh", script, scratchDirectory("image"), ...argv]);
  return { argv: [program as string, ...args], env: { ...env, PATH: env.PATH ?? "" } };
}

function guide({ apiUrl, audience, tokenFile, caFile }: Exchange, directory: string, mode: string): Command {
  const script = join(directory, "guide.sh");
  copyFileSync(join(__dirname, "guide.sh"), script);
  return {
    argv: ["/bin/sh", script, mode],
    env: {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      HOME: directory,
      DEBIAN_FRONTEND: "noninteractive",
      API_URL: apiUrl,
      AUDIENCE: audience,
      TOKEN_FILE: tokenFile,
      CURL_CA_BUNDLE: trustBundle(caFile, directory),
    },
  };
}

/** Why the guide's script can't be run with its installation here; undefined when it can. */
function obstacle(directory: string): string | undefined {
  const install = "apt-get update >/dev/null && apt-get install -y jq >/dev/null && jq --version";
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", DEBIAN_FRONTEND: "noninteractive" };
  const { argv } = inFreshImage({ argv: ["sh", "-c", install], env });
  const { status, stderr } = spawnSync(argv[0], argv.slice(1), { env, input: "\n", encoding: "utf8", cwd: directory });
  return status === 0 ? undefined : `apt-get can't install jq here: ${stderr.trim().split("\n").at(-1)}`;
}

const SUBJECT = "the runner's entrypoint, from start to token, in a copy of this machine's file system";

/** From the start of the runner's container to its usable token, against a script as guides have it. */
export const guides: Benchmark[] = [
  {
    name: "entrypoint/guide",
    pairs: 3,
    rows: [
      {
        name: "entrypoint/guide",
        metric: "time",
        unit: "ms",
        target: 0.05,
        subject: SUBJECT,
        reference: "a guide's script there, which installs jq at each start",
      },
    ],
    notes: ["how long installing takes depends on the mirror of Debian's packages and the way to it"],
    async start() {
      const other = scratchDirectory("guide");
      const absent = obstacle(other);
      if (absent !== undefined) {
        return absent;
      }
      const exchange = await startExchange();
      const pod = scratchDirectory("pod");
      const command = podProcess(exchange, pod, []);
      return {
        warm: false,
        async subject() {
          emptyPod(pod);
          return { time: await timed(inFreshImage(command), READY) };
        },
        reference: async () => ({ time: await timed(inFreshImage(guide(exchange, other, "install")), READY) }),
        close: () => exchange.close(),
      };
    },
  },
  {
    name: "entrypoint/guide-installed",
    pairs: 21,
    rows: [
      {
        name: "entrypoint/guide-installed",
        metric: "time",
        unit: "ms",
        subject: "the runner's entrypoint, from start to token, without pulumi",
        reference: "a guide's script without its installation of jq",
      },
    ],
    notes: ["what is left of the guide's script where jq is in the image: it checks and explains nothing"],
    async start() {
      if (spawnSync("jq", ["--version"]).status !== 0) {
        return "this machine has no jq";
      }
      const exchange = await startExchange();
      const [pod, other] = [scratchDirectory("pod"), scratchDirectory("guide")];
      const command = podProcess(exchange, pod, ["pulumi"]);
      const script = guide(exchange, other, "installed");
      return {
        async subject() {
          emptyPod(pod);
          return { time: await timed(command) };
        },
        reference: async () => ({ time: await timed(script) }),
        close: () => exchange.close(),
      };
    },
  },
];
