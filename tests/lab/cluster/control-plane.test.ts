import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startControlPlane } from "../../../lab/cluster/control-plane";
import { createCertificateAuthority } from "../../../lab/cluster/pki";

describe("lab/cluster/control-plane", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "oidc-runner-plane-"));
  after(() => rmSync(directory, { recursive: true, force: true }));

  const shell = (script: string) => ["sh", "-c", script];
  const start = async (etcd: string[], more: object = {}) =>
    await startControlPlane({
      directory,
      ca: await createCertificateAuthority(),
      nodeName: "node",
      binaries: { etcd, kubeApiserver: shell("exec sleep 600"), kubeControllerManager: ["true"] },
      ...more,
    });

  it("quotes the log of a component that dies", async () => {
    const dying = start(shell("echo no such flag >&2; exit 4"));
    await assert.rejects(dying, {
      code: "CONTROL_PLANE_FAILED",
      message: /(etcd) ended with exit code 4.*\n {2}no such flag/,
    });
  });

  it("says which program is missing", async () => {
    await assert.rejects(start(["/nowhere/etcd"]), {
      code: "CONTROL_PLANE_FAILED",
      message: /etcd ended.*\n.*\/nowhere\/etcd/,
    });
  });

  it("gives up at the deadline", async () => {
    const late = start(shell("exec sleep 600"), { deadlineMs: 50 });
    await assert.rejects(late, {
      code: "CONTROL_PLANE_TIMEOUT",
      message: /kube-apiserver is not ready after 0\.05 s: .*no answer from the API server: connect ECONNREFUSED/,
    });
  });

  it("refuses an issuer no verifier would accept, before anything is started", async () => {
    for (const issuer of ["http://example.com", "example.com", "https://example.com/?a=b", "https://u@example.com"]) {
      await assert.rejects(start(["true"], { issuer }), { code: "CLUSTER_ISSUER_INVALID" }, issuer);
    }
  });
});
