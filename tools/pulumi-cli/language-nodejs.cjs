#!/usr/bin/env node
// The engine's `pulumi-language-nodejs`: runs Node programs and plugins. It stands beside a CLI built from Go modules,
// which has no official host to come with. Started as `pulumi-language-nodejs [FLAGS] ENGINE_ADDRESS`; serves the
// LanguageRuntime service and prints its port as the first line. What is not implemented here (code generation,
// packing, templates) answers UNIMPLEMENTED.
//
// It has no dependencies of its own: gRPC and the protocol come from the @pulumi/pulumi of the project.
"use strict";
const { spawn } = require("node:child_process");
const { existsSync, readFileSync } = require("node:fs");
const { dirname, join, resolve } = require("node:path");
const { dieWithParent } = require("./die-with-parent.cjs");

/** A program ends with it after it has shown its error itself. */
const ALREADY_REPORTED = 32;
/** Time a program has to end by itself when it is cancelled. */
const GRACE_MS = 2000;

const flags = process.argv.slice(2, -1);
const engine = process.argv[process.argv.length - 1];
const projectRoot = flags.find((flag) => /^--?root=/.test(flag))?.replace(/^--?root=/, "");
const children = new Set();

dieWithParent(() => stopAll("SIGKILL"));
process.once("SIGTERM", leave).once("SIGINT", leave);

function leave() {
  stopAll("SIGKILL");
  process.exit(1);
}

function stopAll(signal) {
  for (const child of children) {
    child.kill(signal);
  }
}

/** Where node_modules may be, nearest to the program first. */
function resolutionPaths(info) {
  const own = info ? [info.getProgramDirectory(), info.getRootDirectory()] : [];
  return [...own, projectRoot, process.cwd(), process.env.OIDC_RUNNER_NODE_ROOT].filter(Boolean);
}

function locate(module, paths) {
  try {
    return require.resolve(module, { paths });
  } catch {
    const hint = "run npm install in the project, or set OIDC_RUNNER_NODE_ROOT to a directory with node_modules";
    throw new Error(`${module} was not found from ${paths.join(", ")}: ${hint}`);
  }
}

function loadSdk() {
  const paths = resolutionPaths();
  const service = locate("@pulumi/pulumi/proto/language_grpc_pb", paths);
  const near = [dirname(service)];
  return {
    grpc: require(locate("@grpc/grpc-js", near)),
    service: require(service).LanguageRuntimeService,
    messages: require(locate("@pulumi/pulumi/proto/language_pb", paths)),
    plugin: require(locate("@pulumi/pulumi/proto/plugin_pb", paths)),
    empty: require(locate("google-protobuf/google/protobuf/empty_pb.js", near)),
    version: require(locate("@pulumi/pulumi/package.json", paths)).version,
  };
}

let sdk;
try {
  sdk = loadSdk();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const { grpc, messages } = sdk;

/** Starts Node on one of the SDK's entry points; it ends with this process. */
function start(info, args, options) {
  const settings = info.getOptions()?.toJavaScript() ?? {};
  const nodeArgs = typeof settings.nodeargs === "string" ? settings.nodeargs.split(/\s+/).filter(Boolean) : [];
  const env = { ...process.env, PULUMI_NODEJS_TYPESCRIPT: String(settings.typescript ?? true), ...options.env };
  if (typeof settings.tsconfig === "string") {
    env.PULUMI_NODEJS_TSCONFIG_PATH = settings.tsconfig;
  }
  // In one word: for `--require` as a word the SDK would take the program's loader for the user's own, and not run TypeScript in
  // ES modules (pulumi/pulumi, sdk/nodejs/cmd/run/run.ts at v3.248.0, `hasLoaders`).
  const watch = `--require=${join(__dirname, "die-with-parent.cjs")}`;
  return track(spawn(process.execPath, [watch, ...nodeArgs, ...args], { ...options, env }));
}

function track(child) {
  children.add(child);
  child.once("error", () => children.delete(child)).once("close", () => children.delete(child));
  return child;
}

/** Ends a child: asked first, then made to. */
function cancel(child) {
  child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), GRACE_MS).unref();
}

function run(call, done) {
  const request = call.request;
  const info = request.getInfo();
  const program = [locate("@pulumi/pulumi/cmd/run", resolutionPaths(info))];
  const option = (name, value) => value && program.push(`--${name}`, String(value));
  option("monitor", request.getMonitorAddress());
  option("engine", engine);
  option("organization", request.getOrganization());
  option("project", request.getProject());
  option("stack", request.getStack());
  option("pwd", request.getPwd());
  option("root-directory", info.getRootDirectory());
  option("parallel", request.getParallel());
  if (request.getDryrun()) {
    program.push("--dry-run");
  }
  const config = Object.fromEntries(request.getConfigMap().getEntryList());
  const child = start(info, [...program, info.getEntryPoint(), ...request.getArgsList()], {
    cwd: info.getProgramDirectory(),
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      PULUMI_CONFIG: JSON.stringify(config),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
  });
  call.on("cancelled", () => cancel(child));
  child.once("error", (error) => done(internal(error)));
  child.once("close", (code, signal) => {
    const response = new messages.RunResponse();
    if (code === ALREADY_REPORTED) {
      response.setBail(true);
    } else if (code !== 0) {
      response.setError(code === null ? `the program was ended by ${signal}` : `the program exited with code ${code}`);
    }
    done(null, response);
  });
}

function runPlugin(call) {
  const request = call.request;
  const info = request.getInfo();
  const directory = info.getProgramDirectory();
  const env = Object.fromEntries(
    request.getEnvList().map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]),
  );
  const entry = resolve(directory, info.getEntryPoint());
  const args = [locate("@pulumi/pulumi/cmd/run-plugin", resolutionPaths(info)), entry, ...request.getArgsList()];
  const child = start(info, args, { cwd: request.getPwd() || directory, stdio: ["ignore", "pipe", "pipe"], env });
  call.on("cancelled", () => cancel(child));
  relay(child, call, messages.RunPluginResponse);
  child.once("close", (code) => {
    call.write(new messages.RunPluginResponse().setExitcode(code ?? 1));
    call.end();
  });
}

function installDependencies(call) {
  const info = call.request.getInfo();
  const directory = info?.getProgramDirectory() || call.request.getDirectory();
  const manifest = readManifest(directory);
  // A plugin inside a package takes its dependencies from the package's node_modules: nothing to install.
  if (Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).length === 0) {
    return call.end();
  }
  const wanted = info?.getOptions()?.toJavaScript().packagemanager;
  const manager = ["npm", "pnpm", "yarn", "bun"].includes(wanted) ? wanted : "npm";
  const child = track(spawn(manager, ["install"], { cwd: directory, stdio: ["ignore", "pipe", "pipe"] }));
  call.on("cancelled", () => cancel(child));
  relay(child, call, messages.InstallDependenciesResponse);
  child.once("close", (code) => {
    if (code === 0) {
      call.end();
    } else {
      call.emit("error", internal(new Error(`${manager} install in ${directory} failed with exit code ${code}`)));
    }
  });
}

/** Passes a child's output on to the engine. */
function relay(child, call, Message) {
  child.stdout.on("data", (bytes) => call.write(new Message().setStdout(bytes)));
  child.stderr.on("data", (bytes) => call.write(new Message().setStderr(bytes)));
  child.once("error", (error) => call.emit("error", internal(error)));
}

function readManifest(directory) {
  const file = join(directory, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

/** Direct dependencies with their installed versions, for `pulumi about`. */
function getProgramDependencies(call) {
  const info = call.request.getInfo();
  const names = Object.keys(readManifest(info.getProgramDirectory()).dependencies ?? {});
  const list = names.map((name) => {
    const manifest = resolutionPaths(info)
      .map((place) => join(place, "node_modules", name))
      .find((place) => existsSync(place));
    const { version = "" } = manifest ? readManifest(manifest) : {};
    return new messages.DependencyInfo().setName(name).setVersion(version);
  });
  return new messages.GetProgramDependenciesResponse().setDependenciesList(list);
}

function internal(error) {
  return { code: grpc.status.UNKNOWN, message: error.message };
}

/** A call with one answer, made by `answer` at once. */
function unary(answer) {
  return (call, done) => {
    try {
      done(null, answer(call));
    } catch (error) {
      done(internal(error));
    }
  };
}

/** A call that may throw before it has started anything. */
function guarded(method) {
  return (call, done) => {
    try {
      method(call, done);
    } catch (error) {
      if (done) {
        done(internal(error));
      } else {
        call.emit("error", internal(error));
      }
    }
  };
}

const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
server.addService(sdk.service, {
  handshake: unary(() => new messages.LanguageHandshakeResponse()),
  getPluginInfo: unary(() => new sdk.plugin.PluginInfo().setVersion(sdk.version)),
  // Empty: the engine finds the plugins of resources when they are registered.
  getRequiredPackages: unary(() => new messages.GetRequiredPackagesResponse()),
  getRequiredPlugins: unary(() => new messages.GetRequiredPluginsResponse()),
  runtimeOptionsPrompts: unary(() => new messages.RuntimeOptionsResponse()),
  getProgramDependencies: unary(getProgramDependencies),
  about: unary(() => new messages.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
  cancel: unary(() => {
    for (const child of children) {
      cancel(child);
    }
    return new sdk.empty.Empty();
  }),
  run: guarded(run),
  runPlugin: guarded(runPlugin),
  installDependencies: guarded(installDependencies),
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    console.error(error.message);
    process.exit(1);
  }
  process.stdout.write(`${port}\n`);
});
