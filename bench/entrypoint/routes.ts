import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Benchmark } from "../measure/benchmark";
import { scratchDirectory } from "../scratch";
import { type Exchange, startExchange } from "./exchange";
import { type Command, emptyPod, podProcess } from "./pod-process";
import { type Program, programPath } from "./programs";
import { timed } from "./timed";
import { trustBundle } from "./trust-bundle";

interface Route {
  name: string;
  target?: number;
  /** What the image does not have. */
  without: Program[];
  /** The program the reference is made of. */
  needs: Program;
  reference: string;
  /** The bare command; its files go into the directory. */
  bare(exchange: Exchange, directory: string): Command;
}

const ROUTES: Route[] = [
  {
    name: "cli",
    target: 1.2,
    without: [],
    needs: "pulumi",
    reference: "`pulumi login --oidc-token` alone",
    bare: ({ apiUrl, organization, tokenFile, pulumiCli, caFile }, directory) => {
      const flags = ["--oidc-token", `file://${tokenFile}`, "--oidc-org", organization, "--oidc-expiration", "7200s"];
      const env = {
        PATH: "/usr/bin:/bin",
        HOME: directory,
        PULUMI_HOME: join(directory, ".pulumi"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        SSL_CERT_FILE: trustBundle(caFile, directory),
      };
      return { argv: [pulumiCli, "login", apiUrl, ...flags, "--non-interactive"], env };
    },
  },
  {
    name: "curl",
    target: 1.5,
    without: ["pulumi"],
    needs: "curl",
    reference: "one request by curl",
    bare: (exchange, directory) => {
      const body = join(directory, "body");
      writeFileSync(body, form(exchange), { mode: 0o600 });
      const flags = ["--silent", "--fail", "--output", join(directory, "answer"), "--data", `@${body}`];
      const env = { PATH: "/usr/bin:/bin", CURL_CA_BUNDLE: trustBundle(exchange.caFile, directory) };
      return { argv: [programPath("curl") as string, ...flags, tokenUrl(exchange)], env };
    },
  },
];

const tokenUrl = ({ apiUrl }: Exchange) => `${apiUrl}/api/oauth/token`;

/** The body of the request, encoded beforehand. */
function form({ audience, tokenFile }: Exchange): string {
  return new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    audience,
    subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
    subject_token: readFileSync(tokenFile, "utf8"),
    requested_token_type: "urn:pulumi:token-type:access_token:organization",
    scope: "",
    expiration: "7200",
  }).toString();
}

/** From the start of the runner's container to its usable token, against the bare request, by each route. */
export const routes: Benchmark[] = ROUTES.map(({ name, target, without, needs, reference, bare }) => ({
  name: `entrypoint/${name}`,
  pairs: 21,
  rows: [
    {
      name: `entrypoint/${name}`,
      metric: "time",
      unit: "ms",
      target,
      subject: `the runner's entrypoint, from start to token${without.length === 0 ? "" : `, without ${without.join(" and ")}`}`,
      reference,
    },
  ],
  async start() {
    if (needs !== "pulumi" && programPath(needs) === undefined) {
      return `this machine has no ${needs}`;
    }
    const exchange = await startExchange();
    const [pod, other] = [scratchDirectory(name), scratchDirectory(`bare-${name}`)];
    const command = podProcess(exchange, pod, without);
    const alone = bare(exchange, other);
    return {
      async subject() {
        emptyPod(pod);
        return { time: await timed(command) };
      },
      async reference() {
        rmSync(join(other, ".pulumi"), { recursive: true, force: true });
        return { time: await timed(alone) };
      },
      close: () => exchange.close(),
    };
  },
}));
