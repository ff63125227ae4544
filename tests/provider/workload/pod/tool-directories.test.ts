import assert from "node:assert/strict";
import type { PodOptions } from "../../../../provider/workload/pod/options";
import { podTemplate } from "../../../../provider/workload/pod/template";
import { TOOL_DIRECTORIES } from "../../../../provider/workload/pod/tool-directories";
import { PULUMI_IMAGES } from "../../../helpers/pulumi-images";
import { OPTIONS, type Pod } from "./pod";

const container = (options: Partial<PodOptions> = {}) =>
  (podTemplate({ ...OPTIONS, ...options }) as unknown as Pod).spec.containers[0]!;

/** The environment as a container of the default image has it: the image's, and over it the pod's. */
function environment(options: Partial<PodOptions> = {}): Record<string, string> {
  const own = container(options).env.map(({ name, value }) => [name, value]);
  return { HOME: "/", ...PULUMI_IMAGES.nonroot.env, ...Object.fromEntries(own) };
}

describe("provider/workload/pod/tool-directories", () => {
  it("leaves no directory that tools write to outside of the writable volume [A4] [0.4]", () => {
    const { name, mountPath } = container().volumeMounts.find((mount) => mount.name === "home")!;
    const { volumes } = podTemplate(OPTIONS).spec as Pod["spec"];
    assert.deepEqual(volumes.find((volume) => volume.name === name)?.emptyDir, {});
    const seen = environment();
    for (const variable of ["HOME", "PULUMI_HOME", ...Object.keys(TOOL_DIRECTORIES)]) {
      assert.ok(`${seen[variable]}/`.startsWith(`${mountPath}/`), `${variable}=${seen[variable]}`);
    }
    // What an image sets itself, below the home of its own user, is covered too.
    const elsewhere = Object.entries(seen).filter(([, value]) => /^\/(home|root)\//.test(value));
    assert.deepEqual(elsewhere, []);
    for (const variable of ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "GOPATH"]) {
      assert.match(PULUMI_IMAGES.nonroot.env[variable] ?? "", /^\/home\/pulumi\//, "the image has them elsewhere");
    }
  });

  it("gives way to the user's own, from values and from Secrets", () => {
    const env = Object.fromEntries(Object.keys(TOOL_DIRECTORIES).map((name) => [name, `/mine/${name}`]));
    const seen = environment({ env });
    assert.deepEqual(Object.fromEntries(Object.keys(env).map((name) => [name, seen[name]])), env);
    const secretEnv = { GOPATH: { name: "go", key: "path" } };
    const entries = container({ secretEnv }).env.filter(({ name }) => name === "GOPATH");
    assert.deepEqual(entries, [{ name: "GOPATH", valueFrom: { secretKeyRef: { name: "go", key: "path" } } }]);
    assert.equal(environment({ env: { GOPATH: "/mine" } }).GOCACHE, "/tmp/.cache/go-build", "each by itself");
  });

  it("gives way to npm's variables in either case, which would be two values for npm", () => {
    const seen = environment({ env: { NPM_CONFIG_CACHE: "/mine" } });
    assert.deepEqual([seen.NPM_CONFIG_CACHE, seen.npm_config_cache], ["/mine", undefined]);
    assert.equal(environment({ env: { NPM_CONFIG_CACHES: "/mine" } }).npm_config_cache, "/tmp/.npm");
  });
});
