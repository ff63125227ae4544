import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { CodedError } from "./coded-error.mjs";
import { run } from "./run.mjs";

/** Time for the registry to accept a connection, milliseconds. */
const CONNECT_TIMEOUT = 5000;

/** Makes node_modules what package-lock.json says, if it is not. */
export async function install(root) {
  const lockFile = readFileSync(join(root, "package-lock.json"), "utf8");
  const hash = createHash("sha256").update(lockFile).digest("hex");
  const stamp = join(root, "node_modules", ".oidc-runner-install");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  if (!matches(root, JSON.parse(lockFile))) await npmInstall(root);
  writeFileSync(stamp, hash);
}

/** Whether npm's own record of node_modules lists what the lock file wants: someone ran npm by hand. */
function matches(root, wanted) {
  const record = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, "utf8")).packages;
  return Object.entries(wanted.packages).every(
    ([path, { version, optional }]) => path === "" || (optional ? true : installed[path]?.version === version),
  );
}

async function npmInstall(root) {
  const npm = npmCommand();
  const registry = (await run(npm[0], [...npm.slice(1), "config", "get", "registry"], { cwd: root })).output
    .split("\n")
    .find((line) => line.startsWith("http"));
  const target = proxyFor(registry) ?? registry;
  const online = target === undefined || (await accepts(target));
  console.log(`Installing the npm packages of package-lock.json${online ? " (about a minute)" : " from npm's cache"}`);
  // Install scripts are not needed by any dependency, and `prepare` (our build) comes next anyway.
  const flags = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=30000"];
  const retry = ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=3000", ...(online ? [] : ["--offline"])];
  const heartbeat = (seconds) => console.log(`  npm ci: ${seconds} s`);
  const result = await run(npm[0], [...npm.slice(1), ...flags, ...retry], { cwd: root, heartbeat });
  if (result.code === 0) return;
  if (!online) {
    const what = `npm packages are missing and ${new URL(target).host} cannot be reached`;
    throw new CodedError("INSTALL_NO_REGISTRY", what, "connect to the internet, or set npm's registry or proxy");
  }
  console.error(result.output.trim().split("\n").slice(-20).join("\n"));
  throw new CodedError("INSTALL_FAILED", "npm ci failed, see the lines above", "put that right and start again");
}

/** The npm that started us, else the one on PATH. */
function npmCommand() {
  const path = process.env.npm_execpath;
  return path?.endsWith("npm-cli.js") ? [process.execPath, path] : ["npm"];
}

/** npm honours these; then it is the proxy that must answer. */
function proxyFor(registry = "") {
  const { env } = process;
  const exempt = (env.no_proxy ?? env.NO_PROXY ?? "").split(",").filter(Boolean);
  if (registry !== "" && exempt.some((name) => new URL(registry).hostname.endsWith(name.trim()))) return undefined;
  const proxy = env.npm_config_https_proxy || env.https_proxy || env.HTTPS_PROXY || env.http_proxy || env.HTTP_PROXY;
  return proxy?.includes("://") ? proxy : proxy && `http://${proxy}`;
}

function accepts(address) {
  const url = new URL(address);
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ""), port, timeout: CONNECT_TIMEOUT });
    const end = (answer) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
    // A silent name server is not covered by the socket's timeout.
    setTimeout(end(false), CONNECT_TIMEOUT).unref();
  });
}
