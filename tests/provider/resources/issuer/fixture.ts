import assert from "node:assert/strict";
import { issuer } from "../../../../provider/resources/dynamic";
import type { TestIssuer } from "../../../helpers/issuer";
import { LabClient } from "../../../pulumi-cloud/support/lab-client";

export type Inputs = Parameters<typeof issuer.create>[0];
export type Outputs = Parameters<typeof issuer.update>[1];

/** An error of a create or an update after which something exists. */
export interface Kept extends Error {
  id: string;
  properties: Outputs;
  reasons: string[];
}

/** What the engine puts in place of a value that is not known yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A resource of a stack, for the name of its issuer. */
export const OURS = { organization: "acme", project: "infra", stack: "prod", urn: "urn:pulumi:prod::infra::t::one" };

/** A thumbprint as openssl prints it. */
export const COLONS = (thumbprint: string) => (thumbprint.toUpperCase().match(/../g) ?? []).join(":");

/** The lab's Pulumi Cloud for the tests of a suite, one is logged in to, and what they do with issuers. */
export function issuerFixture() {
  const lab = new LabClient();
  const saved = { ...process.env };
  const fixture = {} as {
    keys: TestIssuer;
    connection: { organization: string; apiUrl: string; caCertificates: string };
  };
  let count = 0;

  before(async () => {
    await lab.begin();
    fixture.keys = await lab.issuer();
    const { certificatePem: caCertificates } = lab.authority;
    fixture.connection = { organization: "acme", apiUrl: lab.cloud.url, caCertificates };
    process.env.PULUMI_BACKEND_URL = lab.cloud.url;
    process.env.PULUMI_ACCESS_TOKEN = lab.cloud.adminToken;
  });
  after(async () => {
    for (const name of ["PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"]) {
      delete process.env[name];
      Object.assign(process.env, saved[name] === undefined ? {} : { [name]: saved[name] });
    }
    await lab.stop();
  });
  afterEach(() => lab.cloud.faults.clear());

  return Object.assign(fixture, {
    lab,
    /** Inputs for an issuer that nobody serves. */
    withKeys(more: object = {}): Inputs {
      count += 1;
      const issuerUrl = `https://provider-${count}.example.com`;
      return { ...fixture.connection, name: "mine", issuerUrl, jwks: fixture.keys.jwks(), ...more };
    },
    /** Inputs for an issuer that Pulumi Cloud reaches. */
    async served(more: object = {}): Promise<Inputs> {
      const { issuer: issuerUrl } = await lab.issuer();
      return { ...fixture.connection, name: "mine", issuerUrl, ...more };
    },
    /** How many requests there were. */
    calls: () => lab.cloud.journal.list().length,
    async changes(id: string, olds: object, news: Inputs): Promise<boolean> {
      return (await issuer.diff(id, olds as Outputs, news)).changes;
    },
    async read(id: string, outs: object): Promise<Outputs> {
      return (await issuer.read(id, outs)).props as Outputs;
    },
    /** What Pulumi Cloud has. */
    record: (outs: { issuerId?: string }) => lab.client.getIssuer(outs.issuerId ?? ""),
    fails: (action: Promise<unknown>): Promise<Kept> =>
      action.then(
        () => assert.fail("not refused"),
        (error: unknown) => error as Kept,
      ),
  });
}
