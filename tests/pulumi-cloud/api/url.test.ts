import assert from "node:assert/strict";
import { normalApiUrl } from "../../../pulumi-cloud/api/url";

describe("pulumi-cloud/api/url", () => {
  const same = ["https://api.example.com", "https://api.example.com/", "https://API.example.com:443//"];
  it("writes one address in one way [A18]", () => {
    assert.deepEqual(same.map(normalApiUrl), Array(3).fill("https://api.example.com"));
    assert.equal(normalApiUrl("https://api.example.com/pulumi/"), "https://api.example.com/pulumi");
  });

  it("keeps another port, path or scheme apart, and what is no address as it is", () => {
    for (const url of ["https://api.example.com:8443", "https://api.example.com/Pulumi", "http://api.example.com"]) {
      assert.equal(normalApiUrl(url), url);
    }
    assert.equal(normalApiUrl("api.example.com/"), "api.example.com/");
  });
});
