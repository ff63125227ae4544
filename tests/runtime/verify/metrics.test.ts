import assert from "node:assert/strict";
import { metrics as openTelemetry } from "@opentelemetry/api";
import { createVerifier, type Meter } from "../../../runtime";
import { createSigningKey, type SigningKey } from "../../helpers/issuer";
import { AUDIENCE, type LoopbackIssuer, NOW, podClaims, signed, startIssuer } from "../support";

describe("metrics of a verifier", () => {
  let key: SigningKey;
  let issuer: LoopbackIssuer;
  let counts: Record<string, number>;
  let observe: (() => void) | undefined;
  let now: number;
  before(async () => {
    key = await createSigningKey("ES256");
  });
  beforeEach(async () => {
    counts = {};
    now = NOW;
    issuer = await startIssuer(key);
  });
  afterEach(async () => {
    openTelemetry.disable();
    await issuer.close();
  });

  const count = (name: string, value: number, attributes: object = {}) => {
    const label = [name, ...Object.values(attributes)].join(" ").replace(issuer.url, "ISSUER");
    counts[label] = name.endsWith("age") ? value : (counts[label] ?? 0) + value;
  };
  /** The part of a meter that is used, as the SDK's has it. */
  const meter = {
    createCounter: (name) => ({ add: (value, attributes) => count(name, value, attributes) }),
    createObservableGauge: (name) => ({
      addCallback(callback) {
        observe = () => callback({ observe: (value, attributes) => count(name, value, attributes) });
      },
    }),
  } satisfies Meter;
  const make = (given?: Meter) =>
    createVerifier({
      issuers: [issuer.url],
      audience: AUDIENCE,
      allow: [{ namespace: "shop" }],
      clock: () => now,
      ...(given && { meter: given }),
    });

  async function use(verifier: ReturnType<typeof make>): Promise<void> {
    observe?.();
    const claims = podClaims({ iss: issuer.url, exp: NOW / 1000 + 3600 });
    const token = signed(key, claims);
    for (let round = 0; round < 3; round++) await verifier.verify(token);
    await verifier.verify(signed(key, { ...claims, aud: "other" }));
    await verifier.verify(signed(key, { ...claims, sub: "other" }));
    await verifier.verify(`${token}=`);
    await verifier.verify("x".repeat(9000));
    now += 30_000;
    observe?.();
  }
  const EXPECTED = {
    "oidc_runner.tokens.verified ISSUER": 3,
    "oidc_runner.tokens.cache_hits": 2,
    "oidc_runner.tokens.refused AUDIENCE_REFUSED": 1,
    "oidc_runner.tokens.refused NOT_ALLOWED": 1,
    "oidc_runner.tokens.refused NON_CANONICAL": 1,
    "oidc_runner.tokens.refused TOO_LONG": 1,
    "oidc_runner.keys.age ISSUER": 30,
  };

  it("count what was verified, refused and remembered, and the age of keys", async () => {
    await use(make(meter));
    assert.deepEqual(counts, EXPECTED);
  });

  it("go to the meter that OpenTelemetry's API has, under the package's name", async () => {
    const names: string[] = [];
    const provider = {
      getMeter(name: string) {
        names.push(name);
        return meter;
      },
    };
    openTelemetry.setGlobalMeterProvider(provider as never);
    await use(make());
    assert.deepEqual(counts, EXPECTED);
    assert.deepEqual(names, ["oidc-runner-runtime"]);
  });

  it("go nowhere without one", async () => {
    observe = undefined;
    await use(make());
    assert.deepEqual(counts, {});
  });
});
