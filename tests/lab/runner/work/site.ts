import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createCertificateAuthority } from "../../../../lab/cluster/pki";
import { listenOnLoopback } from "../../../../lab/http/listen";
import { findOnPath } from "../shell-run";
import { zip } from "./zip";

/** User and password of the private repository. */
export const GIT_USER = "x-access-token";
export const GIT_TOKEN = "a-token-of-the-private-repository";

/** A server on loopback with what pods get from the internet: a package for each package manager, and git repositories. */
export interface Site {
  url: string;
  /** PEM of the authority its certificate is from. */
  ca: string;
  /** `integrity` of the npm package, as a lock file has it. */
  integrity: string;
  /** Requests so far, as `GET /path`. */
  requests: string[];
  stop(): Promise<void>;
}

const METADATA = "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0.0\n";
const WHEEL = "greeting-1.0.0-py3-none-any.whl";

/** Starts the server. Without git on this machine it has no repositories. */
export async function startSite(): Promise<Site> {
  const root = mkdtempSync(join(tmpdir(), "oidc-runner-site-"));
  const files = join(root, "files");
  const write = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(files, path)), { recursive: true });
    writeFileSync(join(files, path), content);
  };
  const module = "module example.com/greeting\n\ngo 1.21\n";
  write("go/example.com/greeting/@v/list", "v1.0.0\n");
  write("go/example.com/greeting/@v/v1.0.0.info", '{"Version":"v1.0.0"}');
  write("go/example.com/greeting/@v/v1.0.0.mod", module);
  const inModule = (name: string) => `example.com/greeting@v1.0.0/${name}`;
  const source = 'package greeting\n\nconst Hello = "hello from a module"\n';
  write(
    "go/example.com/greeting/@v/v1.0.0.zip",
    zip({ [inModule("go.mod")]: module, [inModule("greeting.go")]: source }),
  );
  write(
    `simple/greeting/${WHEEL}`,
    zip({
      "greeting.py": 'HELLO = "hello from a wheel"\n',
      "greeting-1.0.0.dist-info/METADATA": METADATA,
      "greeting-1.0.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
      "greeting-1.0.0.dist-info/RECORD": "greeting.py,,\n",
    }),
  );
  write("simple/greeting/index.html", `<!DOCTYPE html><a href="${WHEEL}">${WHEEL}</a>`);
  const archive = (name: string, contents: Record<string, string>) => {
    for (const [path, text] of Object.entries(contents)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const packed = execFileSync("tar", ["-C", root, "-cz", ...Object.keys(contents)]);
    write(name, packed);
    return packed;
  };
  const packed = archive("npm/greeting-1.0.0.tgz", {
    "package/package.json": '{"name":"greeting","version":"1.0.0","main":"index.js"}',
    "package/index.js": 'module.exports = "hello from npm";',
  });
  archive("charts/greeting-1.0.0.tgz", { "greeting/Chart.yaml": "apiVersion: v2\nname: greeting\nversion: 1.0.0\n" });
  const entry = "- apiVersion: v2\n    name: greeting\n    version: 1.0.0\n    urls: [greeting-1.0.0.tgz]";
  write("charts/index.yaml", `apiVersion: v1\nentries:\n  greeting:\n  ${entry}\n`);
  if (findOnPath("git") !== undefined) {
    makeRepositories(join(root, "git"));
  }

  const requests: string[] = [];
  const authority = await createCertificateAuthority({ commonName: "a site's authority" });
  const { certificatePem: cert, privateKeyPem: key } = await authority.issue({ commonName: "a site" });
  const server = createServer({ cert, key }, (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "https://site");
    requests.push(`${request.method} ${pathname}`);
    if (pathname.startsWith("/git/")) {
      return serveGit(join(root, "git"), request, response);
    }
    const file = join(files, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    if (!existsSync(file)) {
      return void response.writeHead(404).end();
    }
    response.writeHead(200, file.endsWith(".html") ? { "Content-Type": "text/html" } : {}).end(readFileSync(file));
  });
  const { url, close } = await listenOnLoopback(server, "https");
  return {
    url,
    ca: authority.certificatePem,
    integrity: `sha512-${createHash("sha512").update(packed).digest("base64")}`,
    requests,
    async stop() {
      await close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** `infra.git` and `private.git`, bare, with one commit. */
function makeRepositories(directory: string): void {
  const work = join(directory, "work");
  mkdirSync(work, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync("git", args, {
      cwd: work,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
    });
  git("init", "--quiet");
  writeFileSync(join(work, "README.md"), "hello from a repository\n");
  git("add", ".");
  git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "first");
  for (const name of ["infra.git", "private.git"]) {
    git("clone", "--quiet", "--bare", ".", join(directory, name));
  }
}

/** git's own server program, by CGI (git-http-backend(1)). */
function serveGit(root: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? "/", "https://site");
  const basic = `Basic ${Buffer.from(`${GIT_USER}:${GIT_TOKEN}`).toString("base64")}`;
  if (pathname.startsWith("/git/private.git/") && request.headers.authorization !== basic) {
    return void response.writeHead(401, { "WWW-Authenticate": 'Basic realm="git"' }).end();
  }
  const child = spawn("git", ["http-backend"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      // The repositories belong to who runs the tests, who may be another than git's own idea of it in a container.
      ...{ GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: "*" },
      PATH_INFO: pathname.slice("/git".length),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers["content-type"],
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
      GIT_PROTOCOL: request.headers["git-protocol"] as string | undefined,
    },
  });
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.once("close", () => {
    const answer = Buffer.concat(chunks);
    const end = answer.indexOf("\r\n\r\n");
    const headers = answer.subarray(0, end).toString().split("\r\n");
    for (const [name, value] of headers.map((line) => line.split(/: (.*)/s))) {
      if (name === "Status") response.statusCode = Number.parseInt(value ?? "", 10);
      else response.setHeader(name as string, value as string);
    }
    response.end(answer.subarray(end + 4));
  });
}
