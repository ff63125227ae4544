import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { secret } from "../../plugin/server/values";
import { packageRoot } from "../../tools/toolchain/package-root";
import { type PluginError, PluginProcess } from "../helpers/plugin-process";
import { allow as labAllow } from "../lab/pulumi-cloud/fixture";
import { LabClient } from "../pulumi-cloud/support/lab-client";

type Fields = Record<string, unknown>;

const env = { PULUMI_ACCESS_TOKEN: "", PULUMI_HOME: "/nowhere", OIDC_RUNNER_QUIET_WINDOW_MS: "500" };

const MAIN = join(packageRoot(), "dist", "plugin", "main.js");
const ISSUER = "urn:pulumi:prod::infra::oidc-runner:index:OidcIssuer::main";
const POLICY = "urn:pulumi:prod::infra::oidc-runner:index:OidcPolicy::main";
/** `PropertyDiff.Kind` of the protocol. */
const KIND = { add: 0, updateReplace: 5 };
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("plugin", () => {
  const lab = new LabClient();
  let plugin: PluginProcess;
  let jwks: object;
  let defaults: Fields;
  let count = 0;

  before(async () => {
    await lab.begin();
    jwks = (await lab.issuer()).jwks();
    defaults = {
      ...{ organization: "acme", apiUrl: `${lab.cloud.url}/`, accessToken: secret(lab.cloud.adminToken) },
      caCertificates: lab.authority.certificatePem,
    };
    plugin = await PluginProcess.run([process.execPath, MAIN], env, defaults);
  });
  after(async () => {
    await plugin?.close();
    await lab.stop();
  });

  const call = (method: string, type: string, fields: Fields) => plugin.call(method, type, fields);
  const check = async (urn: string, news: Fields, olds: Fields = {}) => {
    const answer = await call("check", "CheckRequest", { Urn: urn, News: news, Olds: olds });
    const failures = (answer.getFailuresList as () => { getProperty(): string; getReason(): string }[])
      .call(answer)
      .map((failure) => [failure.getProperty(), failure.getReason()]);
    return { inputs: PluginProcess.struct(answer, "Inputs"), failures };
  };
  const create = async (urn: string, inputs: Fields, preview = false) => {
    const answer = await call("create", "CreateRequest", { Urn: urn, Properties: inputs, Preview: preview });
    return { id: (answer.getId as () => string).call(answer), outputs: PluginProcess.struct(answer, "Properties") };
  };
  const diff = async (urn: string, id: string, olds: Fields, news: Fields) => {
    const answer = await call("diff", "DiffRequest", { Urn: urn, Id: id, Olds: olds, News: news });
    const list = (name: string) => (answer[`get${name}List`] as () => string[]).call(answer);
    const kinds: [string, number][] = [];
    (answer.getDetaileddiffMap as () => Map<string, { getKind(): number }>).call(answer).forEach((detail, path) => {
      kinds.push([path, detail.getKind()]);
    });
    const changes = (answer.getChanges as () => number).call(answer);
    return { changes, diffs: list("Diffs"), replaces: list("Replaces"), kinds };
  };
  const issuerArgs = (more: Fields = {}) => {
    count += 1;
    return { issuerUrl: `https://plugin-${count}.example.com`, jwks, ...more };
  };
  /** An issuer that is made, with its inputs as they were checked. */
  const made = async (more?: Fields) => {
    const { inputs, failures } = await check(ISSUER, issuerArgs(more));
    assert.deepEqual(failures, []);
    return { inputs, ...(await create(ISSUER, inputs)) };
  };

  it("introduces itself by the package's version, and has its schema", async () => {
    const schema = readFileSync(join(packageRoot(), "schema.json"), "utf8");
    const info = await call("getPluginInfo", "Empty", {});
    assert.equal((info.getVersion as () => string).call(info), (JSON.parse(schema) as { version: string }).version);
    const answer = await call("getSchema", "GetSchemaRequest", {});
    assert.equal((answer.getSchema as () => string).call(answer), schema);
  });

  describe("configuration", () => {
    const refused = async (news: Fields) => {
      const answer = await call("checkConfig", "CheckRequest", { News: news });
      return (answer.getFailuresList as () => { getReason(): string }[])
        .call(answer)
        .map((failure) => failure.getReason().split(":")[0]);
    };

    it("is refused with a code", async () => {
      assert.deepEqual(await refused(defaults), []);
      assert.deepEqual(await refused({}), []);
      assert.deepEqual(await refused({ organization: UNKNOWN, apiUrl: UNKNOWN }), []);
      assert.deepEqual(await refused({ organization: "a b", apiUrl: "http://cloud.example.com" }), [
        ...["ORGANIZATION_INVALID", "API_URL_INSECURE"],
      ]);
    });

    it("never asks for new resources", async () => {
      const differs = async (olds: Fields, news: Fields) => {
        const answer = await call("diffConfig", "DiffRequest", { OldInputs: olds, News: news });
        const list = (name: string) => (answer[`get${name}List`] as () => string[]).call(answer);
        return [list("Diffs").sort(), list("Replaces")];
      };
      assert.deepEqual(await differs({ version: "0.1.0" }, { version: "0.2.0", pluginDownloadURL: "u" }), [[], []]);
      assert.deepEqual(await differs({ organization: "a" }, { organization: "b" }), [["organization"], []]);
      // What the provider of dynamic resources has is of another package.
      assert.deepEqual(await differs({}, defaults), [Object.keys(defaults).sort(), []]);
    });

    it("stands for arguments that are left out, and a token for its own address alone", async () => {
      const { inputs } = await check(ISSUER, issuerArgs());
      assert.equal(inputs.organization, "acme");
      assert.equal(inputs.apiUrl, lab.cloud.url);
      assert.equal(inputs.caCertificates, defaults.caCertificates);
      const elsewhere = await check(ISSUER, issuerArgs({ apiUrl: "https://cloud.example.com" }));
      await assert.rejects(create(ISSUER, elsewhere.inputs), /NOT_LOGGED_IN/);
    });
  });

  describe("OidcIssuer", () => {
    it("is made, read, changed and deleted", async () => {
      const { id, inputs, outputs } = await made();
      assert.match(String(inputs.name), /^main-[0-9a-f]{16}$/);
      assert.equal(id, `acme/${String(outputs.issuerId)}`);
      assert.deepEqual(await diff(ISSUER, id, outputs, inputs), { changes: 1, diffs: [], replaces: [], kinds: [] });
      const { inputs: news } = await check(ISSUER, { ...inputs, maxExpirationSeconds: "1h" }, inputs);
      assert.deepEqual((await diff(ISSUER, id, outputs, news)).kinds, [["maxExpirationSeconds", KIND.add]]);
      const request = { Urn: ISSUER, Id: id, Olds: outputs, News: news };
      const updated = PluginProcess.struct(await call("update", "UpdateRequest", request), "Properties");
      assert.equal(updated.maxExpirationSeconds, 3600);
      const read = await call("read", "ReadRequest", { Urn: ISSUER, Id: id, Properties: updated, Inputs: news });
      assert.equal(PluginProcess.struct(read, "Properties").maxExpirationSeconds, 3600);
      assert.equal((read.getInputs as () => unknown).call(read), undefined, "the inputs that were stay");
      await call("delete", "DeleteRequest", { Urn: ISSUER, Id: id, Properties: updated });
      const gone = await call("read", "ReadRequest", { Urn: ISSUER, Id: id, Properties: updated, Inputs: news });
      assert.equal((gone.getId as () => string).call(gone), "");
    });

    it("says what replaces it", async () => {
      const { id, inputs, outputs } = await made();
      const moved = { ...inputs, issuerUrl: "https://moved.example.com" };
      const { replaces, kinds } = await diff(ISSUER, id, outputs, moved);
      assert.deepEqual([replaces, kinds], [["issuerUrl"], [["issuerUrl", KIND.updateReplace]]]);
    });

    it("is previewed with what is known, and without a request", async () => {
      const before = lab.cloud.journal.list().length;
      const { inputs } = await check(ISSUER, issuerArgs());
      const { id, outputs } = await create(ISSUER, inputs, true);
      assert.deepEqual([id, outputs.issuerId, outputs.issuerUrl], ["", UNKNOWN, inputs.issuerUrl]);
      assert.equal(lab.cloud.journal.list().length, before);
    });

    it("takes what is unknown in a preview", async () => {
      const { inputs, failures } = await check(ISSUER, { issuerUrl: UNKNOWN, organization: UNKNOWN });
      assert.deepEqual([failures, inputs.name], [[], "main"]);
    });

    it("is refused with a code", async () => {
      for (const [more, code] of [
        [{ organization: "a b" }, "ORGANIZATION_INVALID"],
        [{ issuerUrl: "http://issuer.example.com" }, "ISSUER_URL_INVALID"],
        [{ maxExpirationSeconds: 1 }, "EXPIRATION_INVALID"],
      ] as const) {
        const { failures } = await check(ISSUER, issuerArgs(more));
        assert.match(String(failures[0]?.[1]), new RegExp(`^${code}: .* Fix: `));
      }
      const { inputs } = await made();
      const other = await check(`${ISSUER}-2`, { ...inputs, name: "other" });
      await assert.rejects(create(`${ISSUER}-2`, other.inputs), (error: PluginError) =>
        /^ISSUER_EXISTS: /.test(error.details),
      );
    });

    it("is known as its own where the answer of its registration was lost", async () => {
      const { name, ...given } = (await made()).inputs;
      // As after a kill: it is in no state, and the process is another one.
      const next = await PluginProcess.run([process.execPath, MAIN], env, defaults);
      const checked = async (urn: string) => {
        const answer = await next.call("check", "CheckRequest", { Urn: urn, News: given, Olds: {} });
        const failures = (answer.getFailuresList as () => { getReason(): string }[]).call(answer);
        return { name: PluginProcess.struct(answer, "Inputs").name, reasons: failures.map((one) => one.getReason()) };
      };
      assert.deepEqual(await checked(ISSUER), { name, reasons: [] });
      const { reasons } = await checked(ISSUER.replace(":prod::", ":other::"));
      assert.match(String(reasons[0]), /^ISSUER_EXISTS: /);
      await next.close();
    });

    it("keeps what is secret secret", async () => {
      const { outputs } = await made({ name: secret("hidden") });
      assert.match(JSON.stringify(outputs.name), /1b47061264138c4ac30d75fd1eb44270/);
    });

    it("is imported by its id, with all its inputs, and differs in nothing", async () => {
      const { outputs } = await made({ maxExpirationSeconds: 600 });
      const id = `acme/${String(outputs.issuerId)}`;
      const read = await call("read", "ReadRequest", { Urn: ISSUER, Id: id, Properties: {}, Inputs: {} });
      const [state, inputs] = [PluginProcess.struct(read, "Properties"), PluginProcess.struct(read, "Inputs")];
      assert.equal(inputs.issuerUrl, outputs.issuerUrl);
      const program = { issuerUrl: outputs.issuerUrl, jwks, maxExpirationSeconds: 600 };
      const checked = await check(ISSUER, program, inputs);
      assert.equal((await diff(ISSUER, id, state, checked.inputs)).changes, 1);
      await assert.rejects(
        call("read", "ReadRequest", { Urn: ISSUER, Id: "acme/none", Properties: {}, Inputs: {} }),
        /ISSUER_NOT_FOUND/,
      );
    });
  });

  describe("OidcPolicy", () => {
    const policies = [
      { decision: "allow", accessToken: { team: { name: "platform" } }, rules: { aud: "a", sub: "repo:acme/infra:*" } },
    ];

    it("is made, imported and deleted", async () => {
      const { outputs: issuer } = await made();
      const { issuerId } = issuer;
      const { inputs, failures } = await check(POLICY, { issuerId, policies });
      assert.deepEqual(failures, []);
      const { id, outputs } = await create(POLICY, inputs);
      assert.equal(id, `acme/${String(issuerId)}/${String(outputs.policyId)}`);
      const read = await call("read", "ReadRequest", { Urn: POLICY, Id: id, Properties: {}, Inputs: {} });
      const imported = PluginProcess.struct(read, "Inputs");
      assert.deepEqual(imported.policies, policies, "in the words of programs");
      const checked = await check(POLICY, { issuerId, policies }, imported);
      assert.equal((await diff(POLICY, id, PluginProcess.struct(read, "Properties"), checked.inputs)).changes, 1);
      await assert.rejects(
        call("read", "ReadRequest", { Urn: POLICY, Id: `acme/${String(issuerId)}/other`, Properties: {}, Inputs: {} }),
        /IMPORT_ID_INVALID/,
      );
      await call("delete", "DeleteRequest", { Urn: POLICY, Id: id, Properties: outputs });
      assert.deepEqual(
        (await lab.policies(String(issuerId))).map(({ decision }) => decision),
        ["deny"],
      );
    });

    it("is refused with a code", async () => {
      const { failures } = await check(POLICY, { issuerId: "i", policies: [{ ...policies[0], rules: { sub: "*" } }] });
      assert.match(String(failures[0]?.[1]), /^PATTERN_WITHOUT_LITERAL: /);
    });
  });

  describe("a cancelled update", () => {
    const policies = [
      // An allow that is added would be answered at once.
      { decision: "deny", accessToken: { team: { name: "web" } }, rules: { aud: "a", sub: "repo:acme/site:*" } },
    ];
    let other: PluginProcess;
    beforeEach(async () => {
      // Each has its whole window: the shorter one of tests is not taken.
      other = await PluginProcess.run([process.execPath, MAIN], { ...env, OIDC_RUNNER_QUIET_WINDOW_MS: "" }, defaults);
    });
    afterEach(() => other.close());

    const cancelAfter = async (method: string, path: RegExp, begin: () => Promise<unknown>) => {
      const before = lab.requests(method, path);
      const done = begin().then(
        () => assert.fail("it was not cancelled"),
        (error: unknown) => error as PluginError,
      );
      while (lab.requests(method, path) === before) await sleep(10);
      await other.call("cancel", "Empty", {});
      return done;
    };

    it("ends the wait for a policy, which the next one confirms from its state", async () => {
      const { issuerId } = (await made()).outputs;
      const { inputs } = await check(POLICY, { issuerId, policies });
      const create = () => other.call("create", "CreateRequest", { Urn: POLICY, Properties: inputs });
      const { details, initFailed } = await cancelAfter("PATCH", /auth\/policies/, create);
      assert.match(details, /^POLICY_WRITE_UNCERTAIN: .*CANCELLED/);
      assert.ok(initFailed);
      const { id, properties } = initFailed;
      assert.deepEqual(properties.policies, inputs.policies);
      await call("update", "UpdateRequest", { Urn: POLICY, Id: id, Olds: properties, News: inputs });
      assert.equal((await lab.policies(String(issuerId))).length, 1);
      await call("delete", "DeleteRequest", { Urn: POLICY, Id: id, Properties: properties });
    });

    it("has what was answered confirmed all the same: an engine says it at the end of every update", async () => {
      const { issuerId } = (await made()).outputs;
      const allow = { ...policies[0], decision: "allow" };
      const { inputs } = await check(POLICY, { issuerId, policies: [allow] });
      await other.call("create", "CreateRequest", { Urn: POLICY, Properties: inputs });
      await other.call("cancel", "Empty", {});
      // Another writer, who had read the policy before.
      await lab.setPolicy(String(issuerId), [labAllow({ sub: "theirs" })]);
      while ((await lab.policies(String(issuerId))).length < 2) await sleep(50);
    });

    it("ends the pauses before requests that are sent again", async () => {
      const { id, outputs } = await made();
      const busy = createServer((_request, response) => response.writeHead(429, { "retry-after": "25" }).end("{}"));
      await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
      const { port } = busy.address() as AddressInfo;
      const apiUrl = `http://127.0.0.1:${port}`;
      await other.call("configure", "ConfigureRequest", { Args: { ...defaults, apiUrl } });
      const asked = once(busy, "request");
      const request = { Urn: ISSUER, Id: id, Properties: { ...outputs, apiUrl } };
      const read = assert.rejects(other.call("read", "ReadRequest", request), /PULUMI_CLOUD_429: /);
      await asked;
      await other.call("cancel", "Empty", {});
      await read;
      busy.close();
    });
  });
});
