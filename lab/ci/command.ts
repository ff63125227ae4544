// Stand-in of the command with which a job of a CI system gets a token: `circleci`, `buildkite-agent`. Prints the token.
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { type CiKey, ciSystem, type TokenAsked } from "./systems";

const [issuer, ...words] = process.argv.slice(2);
const {
  OIDC_RUNNER_LAB_CI_URL: url = "",
  OIDC_RUNNER_LAB_CI_TOKEN: token,
  OIDC_RUNNER_LAB_CI_CA: ca = "",
} = process.env;

function read(): TokenAsked {
  const { delivery } = ciSystem(issuer as CiKey);
  if (delivery.by === "command" && delivery.words.every((word, at) => words[at] === word)) {
    const asked = delivery.read(words.slice(delivery.words.length));
    if (asked !== undefined) {
      return asked;
    }
  }
  throw new Error(`the lab's stand-in does not know these arguments: ${words.join(" ")}`);
}

function fail(error: Error): void {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function main(): void {
  const asked = read();
  const options = { method: "POST", ca: readFileSync(ca), headers: { Authorization: `Bearer ${token}` } };
  const call = request(url, options, (answer) => {
    let text = "";
    answer.setEncoding("utf8");
    answer.on("data", (chunk: string) => {
      text += chunk;
    });
    answer.on("end", () => {
      const { value, message } = JSON.parse(text) as { value?: string; message?: string };
      value === undefined ? fail(new Error(`the lab answered ${answer.statusCode}: ${message}`)) : console.log(value);
    });
  });
  call.on("error", fail);
  call.end(JSON.stringify(asked));
}

try {
  main();
} catch (error) {
  fail(error as Error);
}
