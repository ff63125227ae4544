import assert from "node:assert/strict";
import { readProvider } from "../../../../trust/parties/gcp/provider";
import { refused } from "../../../helpers/refused";

const NAME = "projects/1/locations/global/workloadIdentityPools/p/providers/x";
const PROVIDER = { issuerUri: "https://issuer.example.com", attributeMapping: { "google.subject": "assertion.sub" } };
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`attribute.a${i}`, "'a'"]));

describe("trust/parties/gcp/provider", () => {
  it("fills in what may be left out", () => {
    const expected = {
      ...PROVIDER,
      allowedAudiences: [],
      attributeCondition: undefined,
      members: [],
      name: undefined,
      disabled: false,
    };
    assert.deepEqual(readProvider(PROVIDER), expected);
    // Google's API leaves out texts that are empty.
    assert.deepEqual(readProvider({ ...PROVIDER, attributeCondition: "", displayName: "x" }), expected);
  });

  it("takes what is just within Google's limits", () => {
    const mapping = { ...PROVIDER.attributeMapping, ...many(49), [`attribute.${"a".repeat(100)}`]: "'a'" };
    const allowedAudiences = Array.from({ length: 10 }, () => "a".repeat(256));
    const provider = readProvider({
      ...PROVIDER,
      attributeMapping: mapping,
      allowedAudiences,
      name: NAME,
      disabled: true,
    });
    assert.equal(Object.keys(provider.attributeMapping).length, 51);
    assert.deepEqual([provider.name, provider.disabled, provider.allowedAudiences.length], [NAME, true, 10]);
  });

  const mapped = (mapping: unknown) => ({ attributeMapping: mapping });
  const subject = PROVIDER.attributeMapping;
  for (const [what, change, where] of [
    ["a key it doesn't know", { attributeConditions: "false" }, "attributeConditions"],
    ["Google's nested form", { oidc: {} }, "oidc"],
    ["no issuer", { issuerUri: undefined }, "issuerUri"],
    ["an issuer without https", { issuerUri: "http://issuer.example.com" }, "issuerUri"],
    ["one audience that is no list", { allowedAudiences: "a" }, "allowedAudiences"],
    ["an audience that is no text", { allowedAudiences: [1] }, "allowedAudiences"],
    ["11 audiences", { allowedAudiences: Array(11).fill("a") }, "allowedAudiences"],
    ["an audience of 257 characters", { allowedAudiences: ["a".repeat(257)] }, "allowedAudiences"],
    ["no mapping", mapped(undefined), "attributeMapping"],
    ["a mapping that is a list", mapped([]), "attributeMapping"],
    ["a mapping without a subject", mapped({ "attribute.a": "'a'" }), "attributeMapping"],
    ["51 custom attributes", mapped({ ...subject, ...many(51) }), "attributeMapping"],
    ["an attribute in capitals", mapped({ ...subject, "attribute.A": "'a'" }), 'attributeMapping["attribute.A"]'],
    ["an attribute without a name", mapped({ ...subject, "attribute.": "'a'" }), 'attributeMapping["attribute."]'],
    [
      "an attribute of workforces",
      mapped({ ...subject, "google.display_name": "'a'" }),
      'attributeMapping["google.display_name"]',
    ],
    ["a mapping that is no text", mapped({ "google.subject": true }), 'attributeMapping["google.subject"]'],
    ["a condition that is no text", { attributeCondition: true }, "attributeCondition"],
    ["members that are no list", { members: "principal://" }, "members"],
    ["a member that is no text", { members: [null] }, "members"],
    ["another name", { name: NAME.slice(1) }, "name"],
    ["a text for disabled", { disabled: "true" }, "disabled"],
  ] as const) {
    it(`refuses ${what}`, () => refused(() => readProvider({ ...PROVIDER, ...change }), "GCP_PROVIDER_INVALID", where));
  }

  it("refuses an attribute whose name has 101 characters, and what is no object", () => {
    const long = `attribute.${"a".repeat(101)}`;
    refused(
      () => readProvider({ ...PROVIDER, attributeMapping: { ...subject, [long]: "'a'" } }),
      "GCP_PROVIDER_INVALID",
    );
    for (const document of [null, [], "text", 7]) {
      refused(() => readProvider(document), "GCP_PROVIDER_INVALID");
    }
  });
});
