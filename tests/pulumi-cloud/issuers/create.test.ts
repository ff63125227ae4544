import assert from "node:assert/strict";
import { defaultSwitches } from "../../../lab/pulumi-cloud/switches";
import type { CloudClient } from "../../../pulumi-cloud/api/client";
import { PartialFailure } from "../../../pulumi-cloud/api/errors";
import { createIssuer, deleteIssuer, type IssuerInputs, readIssuer } from "../../../pulumi-cloud/issuers";
import { registeredName } from "../../../trust/issuers/registration/registered-name";
import type { TestIssuer } from "../../helpers/issuer";
import { refusedLater } from "../../helpers/refused";
import { LabClient } from "../support/lab-client";

const OURS = { organization: "acme", project: "infra", stack: "prod", urn: "urn:pulumi:prod::infra::t::one" };

/** What a failure says that exists. */
const stateOf = (error: unknown) => (error instanceof PartialFailure ? error.state : assert.fail("nothing is left"));

describe("pulumi-cloud/issuers/create", () => {
  const lab = new LabClient();
  let keys: TestIssuer;
  let inputs: IssuerInputs;
  let count = 0;

  before(async () => {
    await lab.begin();
    keys = await lab.issuer();
  });
  after(() => lab.stop());
  beforeEach(() => {
    count += 1;
    inputs = {
      name: registeredName("ours", OURS),
      issuerUrl: `https://create-${count}.example.com`,
      jwks: keys.jwks(),
    };
  });
  afterEach(() => {
    lab.cloud.faults.clear();
    Object.assign(lab.cloud.switches, defaultSwitches());
  });

  const register = (name: string, more: object = {}) =>
    lab.client.registerIssuer({ name, url: inputs.issuerUrl, jwks: keys.jwks(), ...more });
  const registered = async () => (await lab.client.listIssuers()).filter(({ url }) => url === inputs.issuerUrl);
  /** The client with some of its methods replaced. */
  const clientWith = (methods: Partial<CloudClient>): CloudClient =>
    new Proxy(lab.client, {
      get: (client, name) => {
        const method = (methods as Record<PropertyKey, unknown>)[name] ?? Reflect.get(client, name);
        return typeof method === "function" ? method.bind(client) : method;
      },
    });

  describe("after a conflict", () => {
    it("knows its own name under another label, or as an earlier version wrote it", async () => {
      for (const name of [registeredName("before", OURS), inputs.name.replace(/-[0-9a-f]{8}/, "-")]) {
        const { id } = await register(name);
        const state = await createIssuer(lab.client, inputs);
        assert.deepEqual([state.issuerId, state.adopted, state.name], [id, false, (await registered())[0]?.name]);
        await lab.client.deleteIssuer(id);
      }
    });

    it("gives it what is asked for now, and takes back what the lost create asked for", async () => {
      const { id } = await register(inputs.name, { maxExpiration: 3600 });
      await createIssuer(lab.client, {
        ...inputs,
        issuerUrl: inputs.issuerUrl,
        jwks: { keys: [{ ...inputs.jwks?.keys[0], kid: "2" }] },
      });
      const now = await lab.client.getIssuer(id);
      assert.deepEqual([now.maxExpiration, now.jwks?.keys[0]?.kid], [undefined, "2"]);
    });

    it("says of another resource of this stack that it was renamed or moved", async () => {
      const theirs = await register(registeredName("ours", { ...OURS, urn: `${OURS.urn}-2` }));
      const error = await refusedLater(createIssuer(lab.client, inputs), "ISSUER_EXISTS");
      assert.match(error.message, /another resource of this stack/);
      assert.match(error.fix ?? "", /aliases/);
      assert.ok(error.message.includes(theirs.id));
    });

    it("says nothing of the kind about another stack's, or a person's", async () => {
      for (const name of [registeredName("ours", { ...OURS, stack: "dev" }), "by hand"]) {
        const { id } = await register(name);
        const error = await refusedLater(createIssuer(lab.client, inputs), "ISSUER_EXISTS");
        assert.doesNotMatch(error.message, /this stack|aliases/);
        assert.match(
          error.fix ?? "",
          /adopt: true to this issuer's OidcTrustSetup or OidcIssuer.*a runner, which has no adopt, takes/,
        );
        await lab.client.deleteIssuer(id);
      }
    });

    it("passes on the service's words when there is no such issuer", async () => {
      for (const status of [409, 400]) {
        lab.cloud.faults.add({ method: "POST", path: "*/oidc/issuers", kind: "status", status });
        await refusedLater(createIssuer(lab.client, { ...inputs, adopt: true }), `PULUMI_CLOUD_${status}`);
      }
    });

    it("names issuerUrl, its final slash and what prints it when a registration is refused", async () => {
      for (const [given, other] of [
        [inputs.issuerUrl, `${inputs.issuerUrl}/`],
        [`${inputs.issuerUrl}/`, inputs.issuerUrl],
      ] as const) {
        lab.cloud.faults.add({ method: "POST", path: "*/oidc/issuers", kind: "status", status: 400 });
        const error = await refusedLater(createIssuer(lab.client, { ...inputs, issuerUrl: given }), "PULUMI_CLOUD_400");
        assert.match(error.where ?? "", /^issuerUrl, /);
        assert.ok(error.fix?.includes(`curl -s ${inputs.issuerUrl}/.well-known/openid-configuration`), error.fix);
        assert.ok(error.fix?.includes(`perhaps ${other}: a final slash counts`), error.fix);
      }
    });

    for (const status of [409, 400] as const) {
      it(`finds the issuer of a URL that the service refuses with ${status}, whatever its words`, async () => {
        lab.cloud.switches.duplicateUrlStatus = status;
        const { id } = await register("theirs");
        const error = await refusedLater(createIssuer(lab.client, inputs), "ISSUER_EXISTS");
        assert.ok(error.message.includes(id));
        assert.equal((await createIssuer(lab.client, { ...inputs, adopt: true })).issuerId, id);
        await lab.client.deleteIssuer(id);
        const own = await register(inputs.name);
        assert.equal((await createIssuer(lab.client, inputs)).issuerId, own.id);
      });
    }

    it("keeps a 400 that is about something else, although another spelling of the URL is registered", async () => {
      await register("theirs");
      const slash = { ...inputs, issuerUrl: `${inputs.issuerUrl}/`, thumbprints: ["xy"] };
      const error = await refusedLater(createIssuer(lab.client, slash), "PULUMI_CLOUD_400");
      assert.match(error.message, /a thumbprint is not the SHA-256/);
    });

    it("keeps a 400 when the list of issuers can't be read", async () => {
      lab.cloud.faults.add({ method: "GET", path: "*/oidc/issuers", kind: "status", status: 403 });
      const error = await refusedLater(
        createIssuer(lab.client, { ...inputs, thumbprints: ["xy"] }),
        "PULUMI_CLOUD_400",
      );
      assert.ok(!(error instanceof PartialFailure));
    });

    it("does not adopt an issuer of almost this URL, and names the one to write", async () => {
      await register("theirs");
      const slash = { ...inputs, issuerUrl: `${inputs.issuerUrl}/` };
      lab.cloud.faults.add({ method: "POST", path: "*/oidc/issuers", kind: "status", status: 409 });
      await refusedLater(createIssuer(lab.client, slash), "ISSUER_EXISTS");
      const error = await refusedLater(createIssuer(lab.client, { ...slash, adopt: true }), "ISSUER_MISMATCH");
      assert.equal(error.fix, `write issuerUrl: "${inputs.issuerUrl}"`);
    });
  });

  describe("with an issuerId", () => {
    it("adopts that issuer without reading the list", async () => {
      const { id } = await register("theirs", { maxExpiration: 60 });
      const lists = lab.requests("GET", /oidc\/issuers$/);
      const state = await createIssuer(lab.client, { ...inputs, jwks: undefined, issuerId: id });
      assert.deepEqual([state.issuerId, state.adopted], [id, true]);
      assert.equal(lab.requests("GET", /oidc\/issuers$/), lists);
      const { name, maxExpiration } = await lab.client.getIssuer(id);
      assert.deepEqual([name, maxExpiration], ["theirs", 60]);
    });

    it("owns it when told so: it gets our name, and keeps what is not mentioned", async () => {
      const { id } = await register("theirs", { maxExpiration: 60 });
      const state = await createIssuer(lab.client, { ...inputs, jwks: undefined, issuerId: id, own: true });
      assert.deepEqual([state.issuerId, state.adopted, state.name?.slice(0, -8)], [id, false, inputs.name]);
      const now = await lab.client.getIssuer(id);
      assert.deepEqual([now.name, now.maxExpiration, now.jwks], [state.name, 60, keys.jwks()]);
      await deleteIssuer(lab.client, state, false);
      assert.equal(await readIssuer(lab.client, id), undefined);
    });

    it("refuses another URL's issuer and one that is not there, and changes nothing", async () => {
      const theirs = await register("theirs");
      const other = { ...inputs, issuerUrl: "https://other.example.com", issuerId: theirs.id };
      for (const own of [true, false]) {
        const error = await refusedLater(createIssuer(lab.client, { ...other, own }), "ISSUER_MISMATCH");
        assert.ok(error.fix?.includes(inputs.issuerUrl));
        await refusedLater(createIssuer(lab.client, { ...inputs, own, issuerId: "none" }), "ISSUER_NOT_FOUND");
      }
      assert.deepEqual(await lab.client.getIssuer(theirs.id), theirs);
    });
  });

  describe("with an issuer that was registered with a final slash", () => {
    let plain: IssuerInputs;
    beforeEach(async () => {
      plain = { name: inputs.name, issuerUrl: (await lab.issuer()).issuer };
    });
    const byHand = (url: string) => lab.client.registerIssuer({ name: "by hand", url });

    it("adopts it for the iss of its tokens, also by its id and when imported [0.2]", async () => {
      const theirs = await byHand(`${plain.issuerUrl}/`);
      assert.deepEqual([theirs.url, theirs.issuer], [`${plain.issuerUrl}/`, plain.issuerUrl]);
      for (const more of [{ adopt: true }, { issuerId: theirs.id }, { issuerId: theirs.id, own: true }]) {
        const state = await createIssuer(lab.client, { ...plain, ...more });
        assert.deepEqual([state.issuerId, state.issuer], [theirs.id, plain.issuerUrl]);
      }
      assert.equal((await lab.client.listIssuers()).filter(({ issuer }) => issuer === plain.issuerUrl).length, 1);
    });

    it("adopts it as well where the service refuses a second URL of one issuer [0.2]", async () => {
      const theirs = await byHand(`${plain.issuerUrl}/`);
      lab.cloud.faults.add({ method: "POST", path: "*/oidc/issuers", kind: "status", status: 409 });
      await refusedLater(createIssuer(lab.client, plain), "ISSUER_EXISTS");
      assert.equal((await createIssuer(lab.client, { ...plain, adopt: true })).issuerId, theirs.id);
    });

    it("says which iss its tokens have when the slash is asked for, and then takes it [0.2]", async () => {
      const { id: issuerId } = await byHand(`${plain.issuerUrl}/`);
      for (const more of [{ adopt: true }, { issuerId }]) {
        const slash = { ...plain, issuerUrl: `${plain.issuerUrl}/`, ...more };
        const error = await refusedLater(createIssuer(lab.client, slash), "ISSUER_MISMATCH");
        assert.equal(error.fix, `write issuerUrl: "${plain.issuerUrl}"`);
        assert.equal((await createIssuer(lab.client, { ...slash, issuerUrl: plain.issuerUrl })).issuerId, issuerId);
      }
    });

    it("strips no slash that the tokens have, as those of AKS, nor asks for one", async () => {
      const aks = `https://eastus.oic.prod-aks.azure.com/tenant/${count}/`;
      const { url } = await lab.issuer({ issuer: aks });
      lab.resolve(aks.replace(/\/$/, ""), url);
      const theirs = await byHand(aks.replace(/\/$/, ""));
      assert.equal(theirs.issuer, aks);
      const error = await refusedLater(
        createIssuer(lab.client, { ...plain, issuerUrl: theirs.url, adopt: true }),
        "ISSUER_MISMATCH",
      );
      assert.equal(error.fix, `write issuerUrl: "${aks}"`);
      assert.equal((await createIssuer(lab.client, { ...plain, issuerUrl: aks, adopt: true })).issuerId, theirs.id);
    });

    it("compares the URL where the service does not tell the iss", async () => {
      const theirs = await byHand(plain.issuerUrl);
      const { issuer: _, ...untold } = theirs;
      const silent = clientWith({ listIssuers: async () => [untold] });
      const state = await createIssuer(silent, { ...plain, adopt: true });
      assert.deepEqual([state.issuerId, state.issuer], [theirs.id, plain.issuerUrl]);
      await refusedLater(
        createIssuer(silent, { ...plain, issuerUrl: `${plain.issuerUrl}/`, adopt: true }),
        "ISSUER_MISMATCH",
      );
    });

    it("meets none where a slash makes another issuer", async () => {
      lab.cloud.switches.trailingSlash = "exact";
      await refusedLater(byHand(`${plain.issuerUrl}/`), "PULUMI_CLOUD_400");
      const theirs = await byHand(plain.issuerUrl);
      assert.equal((await createIssuer(lab.client, { ...plain, adopt: true })).issuerId, theirs.id);
    });
  });

  describe("against the discovery document", () => {
    beforeEach(() => {
      inputs = { name: inputs.name, issuerUrl: `${keys.issuer}/` };
    });

    it("takes back a registration by almost the issuer's name", async () => {
      const error = await refusedLater(createIssuer(lab.client, inputs), "ISSUER_MISMATCH");
      assert.equal(error.fix, `write issuerUrl: "${keys.issuer}"`);
      assert.match(error.message, /a final slash counts/);
      assert.deepEqual(await registered(), []);
      assert.ok(!(error instanceof PartialFailure));
      // What the error says to write.
      const state = await createIssuer(lab.client, { ...inputs, issuerUrl: keys.issuer });
      await deleteIssuer(lab.client, state, false);
    });

    it("names what it could not take back, so that destroy does", async () => {
      lab.cloud.faults.add({ method: "DELETE", path: "*/oidc/issuers/*", kind: "status", status: 500 });
      const error = await refusedLater(createIssuer(lab.client, inputs), "ISSUER_MISMATCH");
      const [left] = await registered();
      const outputs = stateOf(error) as { issuerId: string; adopted: boolean; lease: string };
      assert.deepEqual([outputs.issuerId, outputs.adopted], [left?.id, false]);
      await deleteIssuer(lab.client, outputs, false);
      assert.deepEqual(await registered(), []);
    });

    it("takes back its own lost create too, but nobody else's", async () => {
      await lab.client.registerIssuer({ ...inputs, url: inputs.issuerUrl } as never);
      await refusedLater(createIssuer(lab.client, inputs), "ISSUER_MISMATCH");
      assert.deepEqual(await registered(), []);
      const theirs = await lab.client.registerIssuer({ name: "theirs", url: inputs.issuerUrl });
      await refusedLater(createIssuer(lab.client, { ...inputs, adopt: true }), "ISSUER_MISMATCH");
      await refusedLater(createIssuer(lab.client, { ...inputs, issuerId: theirs.id, own: true }), "ISSUER_MISMATCH");
      assert.deepEqual(await registered(), [theirs]);
      await lab.client.deleteIssuer(theirs.id);
    });

    it("refuses another host's as well, and accepts a service that does not tell", async () => {
      const stating = (issuer: string | undefined) =>
        clientWith({
          registerIssuer: async (body) => ({ ...(await lab.client.registerIssuer(body)), issuer: issuer as string }),
        });
      const plain = { ...inputs, issuerUrl: keys.issuer };
      const error = await refusedLater(createIssuer(stating("https://evil.example.com"), plain), "ISSUER_MISMATCH");
      assert.doesNotMatch(error.message, /final slash/);
      const { issuerId } = await createIssuer(stating(undefined), plain);
      await lab.client.deleteIssuer(issuerId);
    });
  });

  describe("when an answer is lost", () => {
    const left = async (error: unknown) => {
      assert.ok(error instanceof PartialFailure && !error.certain);
      return error.state as { issuerId?: string };
    };

    for (const kind of ["reset-after", "reset-before", "status"] as const) {
      it(`keeps in mind that there may be an issuer (${kind}), and delete finds it by its name`, async () => {
        lab.cloud.faults.add({ method: "POST", path: "*/oidc/issuers", kind });
        const error = await createIssuer(lab.client, inputs).catch((reason: unknown) => reason);
        assert.deepEqual(await left(error), {});
        assert.equal((await registered()).length, kind === "reset-after" ? 1 : 0);
        await deleteIssuer(lab.client, { ...inputs }, false);
        assert.deepEqual(await registered(), []);
      });
    }

    it("does so when the list can't be read after a conflict", async () => {
      await register(inputs.name);
      lab.cloud.faults.add({ method: "GET", path: "*/oidc/issuers", kind: "status", status: 403 });
      const error = await refusedLater(createIssuer(lab.client, inputs), "PULUMI_CLOUD_403");
      assert.deepEqual(await left(error), {});
    });

    it("leaves nothing after a plain refusal, and delete leaves others' issuers alone", async () => {
      const error = await refusedLater(
        createIssuer(lab.client, { ...inputs, jwks: undefined, thumbprints: ["00"] }),
        "PULUMI_CLOUD_400",
      );
      assert.ok(!(error instanceof PartialFailure));
      const theirs = await register("theirs");
      await deleteIssuer(lab.client, { name: inputs.name, issuerUrl: inputs.issuerUrl }, true);
      assert.deepEqual(await registered(), [theirs]);
    });

    it("names its own lost create when that can't be given its settings", async () => {
      const { id } = await register(inputs.name, { maxExpiration: 60 });
      lab.cloud.faults.add({ method: "PATCH", path: "*/oidc/issuers/*", kind: "status", status: 403 });
      const error = await refusedLater(
        createIssuer(lab.client, { ...inputs, maxExpirationSeconds: 600 }),
        "PULUMI_CLOUD_403",
      );
      const outputs = stateOf(error) as { issuerId: string; maxExpirationSeconds: number };
      assert.deepEqual([outputs.issuerId, outputs.maxExpirationSeconds], [id, 60]);
    });

    it("leaves nothing of an issuer that could not be adopted", async () => {
      await register("theirs");
      lab.cloud.faults.add({ method: "PATCH", path: "*/oidc/issuers/*", kind: "status", status: 403 });
      const error = await refusedLater(
        createIssuer(lab.client, { ...inputs, adopt: true, maxExpirationSeconds: 600 }),
        "PULUMI_CLOUD_403",
      );
      assert.ok(!(error instanceof PartialFailure));
    });
  });
});
