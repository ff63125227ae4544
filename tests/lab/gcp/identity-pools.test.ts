import assert from "node:assert/strict";
import { IdentityPools, type NewProvider } from "../../../lab/gcp/identity-pools";
import { projectNumber } from "../../../lab/gcp/project-number";

const PROJECT = "lab-project";
const SETTINGS = { project: PROJECT, displayName: "", description: "", disabled: false };
const PROVIDER: NewProvider = {
  ...{ ...SETTINGS, poolId: "pool", providerId: "provider" },
  issuerUri: "https://api.pulumi.com/oidc",
  allowedAudiences: ["gcp:acme"],
  attributeMapping: { "google.subject": "assertion.sub" },
  attributeCondition: "assertion.org == 'acme'",
};

describe("the lab's workload identity pools", () => {
  let pools: IdentityPools;
  beforeEach(() => {
    pools = new IdentityPools();
    pools.createPool({ ...SETTINGS, poolId: "pool" });
  });
  const refused = (code: string) => ({ code });

  it("have names with the project's number, and are found by its id too", () => {
    const name = `projects/${projectNumber(PROJECT)}/locations/global/workloadIdentityPools/pool`;
    assert.equal(pools.pool(name).name, name);
    assert.equal(pools.pool(`projects/${PROJECT}/locations/global/workloadIdentityPools/pool`).name, name);
    assert.throws(() => pools.pool(name.replace(/pool$/, "pool2")), refused("notFound"));
    assert.equal(pools.createProvider(PROVIDER).name, `${name}/providers/provider`);
    assert.throws(() => pools.createProvider({ ...PROVIDER, poolId: "pool2" }), refused("notFound"));
  });

  it("have ids of 4 to 32 characters, each once, also after they were deleted", () => {
    for (const poolId of ["abc", "a".repeat(33), "gcp-pool", "Pool"]) {
      assert.throws(() => pools.createPool({ ...SETTINGS, poolId }), refused("badRequest"), poolId);
    }
    for (const poolId of ["abcd", "a".repeat(32)]) pools.createPool({ ...SETTINGS, poolId });
    assert.throws(() => pools.createPool({ ...SETTINGS, poolId: "pool" }), refused("alreadyExists"));
    const { name } = pools.createProvider(PROVIDER);
    pools.deletePool(`projects/${PROJECT}/locations/global/workloadIdentityPools/pool`);
    assert.throws(() => pools.provider(name), refused("notFound"));
    assert.throws(() => pools.createPool({ ...SETTINGS, poolId: "pool" }), refused("alreadyExists"));
  });

  it("take no provider whose mapping or condition can't be read", () => {
    const changes: Partial<NewProvider>[] = [
      { attributeMapping: {} },
      { attributeMapping: { "google.subject": "assertion." } },
      { attributeCondition: "assertion.sub ==" },
      { issuerUri: "" },
      { allowedAudiences: Array.from({ length: 11 }, (_, index) => `a${index}`) },
    ];
    for (const change of changes) {
      assert.throws(() => pools.createProvider({ ...PROVIDER, ...change }), refused("badRequest"));
    }
    const { name } = pools.createProvider(PROVIDER);
    assert.throws(() => pools.updateProvider(name, { attributeMapping: {} }), refused("badRequest"));
    assert.deepEqual(pools.provider(name).attributeMapping, PROVIDER.attributeMapping);
  });

  it("are usable while neither pool nor provider is disabled", () => {
    const { name } = pools.createProvider(PROVIDER);
    assert.equal(pools.usable(name)?.name, name);
    pools.updateProvider(name, { disabled: true });
    assert.equal(pools.usable(name), undefined);
    pools.updateProvider(name, { disabled: false });
    pools.updatePool(name.replace(/\/providers.*/, ""), { disabled: true });
    assert.equal(pools.usable(name), undefined);
  });
});
