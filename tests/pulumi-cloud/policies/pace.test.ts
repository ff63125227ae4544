import assert from "node:assert/strict";
import { paceFor } from "../../../pulumi-cloud/policies/pace";
import { QUIET_WINDOW_MS } from "../../../pulumi-cloud/policies/types";

const LAB = "https://127.0.0.1:8443";
const windowOf = (apiUrl: string, asked?: string) =>
  paceFor(apiUrl, { OIDC_RUNNER_QUIET_WINDOW_MS: asked }).quietWindowMs;

describe("pulumi-cloud/policies/pace", () => {
  it("waits the quiet window when nothing is asked for", () => {
    for (const url of [LAB, "https://api.pulumi.com"]) assert.equal(windowOf(url), QUIET_WINDOW_MS);
  });

  it("waits a shorter window where the API is on loopback", () => {
    for (const url of [LAB, "http://localhost:8080", "https://[::1]/"]) {
      assert.equal(windowOf(url, "500"), 500);
      assert.equal(windowOf(url, "100"), 100);
    }
  });

  it("waits the whole window everywhere else, whatever is asked for", () => {
    for (const url of [
      ...["https://api.pulumi.com", "https://pulumi.acme.internal", "https://10.0.0.1", "https://127.example.com"],
      ...[
        "https://localhost.example.com",
        "https://127.0.0.1.example.com",
        "https://127.0.0.1@example.com",
        "no address",
      ],
    ]) {
      assert.equal(windowOf(url, "500"), QUIET_WINDOW_MS, url);
    }
  });

  it("takes no value that is shorter, longer or not a number", () => {
    for (const asked of ["", "0", "99", "2001", "-500", "1e3", "500ms", " 500"]) {
      assert.equal(windowOf(LAB, asked), QUIET_WINDOW_MS, asked);
    }
  });
});
