import assert from "node:assert/strict";
import * as azure from "@pulumi/azure-native";
import * as pulumi from "@pulumi/pulumi";
import { AksOidcRunner, type AksOidcRunnerArgs } from "../../../../provider/components/aks/aks-oidc-runner";
import { OidcTrustSetup } from "../../../../provider/components/trust/oidc-trust-setup";
import { type MockOptions, runProgram } from "../../../helpers/pulumi-mocks";
import { AKS_ISSUER, API, cloud } from "../cloud";
import { listed, only } from "../pick";
import { aksRunner, codesOf } from "./aks";

const NAMES = { name: "prod", resourceGroupName: "clusters" };
const access = { identity: { resourceGroupName: "site" } };

/** A cluster as a resource of the same program, and what its service says of the issuer. */
function clusterWith(oidcIssuerProfile: object | undefined): MockOptions {
  return {
    ...cloud,
    state: (resource) =>
      resource.type === "azure-native:containerservice:ManagedCluster"
        ? { name: "prod", oidcIssuerProfile }
        : cloud.state?.(resource),
  };
}
const makeCluster = () => {
  const { ManagedCluster } =
    require("@pulumi/azure-native/containerservice/managedCluster") as typeof import("@pulumi/azure-native/containerservice/managedCluster");
  return new ManagedCluster("prod", { resourceGroupName: "clusters" });
};

describe("the cluster of an AksOidcRunner", () => {
  it("can be a cluster resource", async () => {
    const run = await runProgram(
      () => void aksRunner({ cluster: makeCluster(), azure: access }),
      clusterWith({ enabled: true, issuerURL: AKS_ISSUER }),
    );
    assert.deepEqual(run.errors, []);
    assert.equal(only(run, "OidcIssuer").inputs.issuerUrl, AKS_ISSUER);
    const credential = only(run, "FederatedIdentityCredential");
    assert.equal(credential.inputs.issuer, AKS_ISSUER);
    assert.ok(credential.dependencies.includes("azure-native:containerservice:ManagedCluster prod"));
  });

  it("is one, though it is given to two runners", async () => {
    const run = await runProgram(
      () => {
        const cluster = makeCluster();
        aksRunner({ cluster });
        aksRunner({ cluster }, "other");
      },
      clusterWith({ issuerURL: AKS_ISSUER }),
    );
    assert.deepEqual(run.errors, []);
    only(run, "OidcIssuer");
  });

  it("needs its OIDC issuer, and its final slash", async () => {
    const cases: [object | undefined, string][] = [
      [undefined, "OIDC_ISSUER_OFF"],
      [{ enabled: false }, "OIDC_ISSUER_OFF"],
      [{ issuerURL: AKS_ISSUER.slice(0, -1) }, "ISSUER_URL_INVALID"],
    ];
    for (const [profile, code] of cases) {
      const program = () => void aksRunner({ cluster: makeCluster(), azure: access });
      const run = await runProgram(program, clusterWith(profile));
      assert.deepEqual(codesOf(run.errors), [code]);
      const kinds = listed(run).map((line) => line.split(" ")[0]);
      assert.deepEqual(kinds.sort(), ["AksOidcRunner", "ManagedCluster", "OidcTrustSetup"]);
    }
  });

  it("is looked up by its name", async () => {
    const asked: unknown[] = [];
    const call: MockOptions["call"] = (request) => {
      asked.push([request.token, request.inputs]);
      return cloud.call?.(request) ?? {};
    };
    const run = await runProgram(() => void aksRunner({ cluster: NAMES, azure: access }), { ...cloud, call });
    assert.deepEqual(run.errors, []);
    assert.equal(only(run, "OidcIssuer").inputs.issuerUrl, AKS_ISSUER);
    const inputs = { resourceName: "prod", resourceGroupName: "clusters" };
    assert.deepEqual(asked, [["azure-native:containerservice:getManagedCluster", inputs]]);
  });

  it("is looked up by the provider that the runner is given, and shared by those that have the same", async () => {
    const providers: (string | undefined)[] = [];
    const call: MockOptions["call"] = (request) => {
      providers.push(request.provider?.split("::")[3]);
      return cloud.call?.(request) ?? {};
    };
    const args: AksOidcRunnerArgs = {
      ...{ organization: "acme", accessToken: { organization: {} }, namespace: "pulumi", apiUrl: API, cluster: NAMES },
    };
    const run = await runProgram(
      () => {
        const other = new azure.Provider("other", {});
        new AksOidcRunner("one", args, { providers: [other] });
        new AksOidcRunner("two", args, { providers: [other] });
        new AksOidcRunner("three", args);
        new AksOidcRunner("four", { ...args, cluster: { ...NAMES, resourceGroupName: "others" } });
      },
      { ...cloud, call },
    );
    assert.deepEqual(run.errors, []);
    assert.deepEqual(providers.sort(), ["other", "other", undefined, undefined]);
    assert.equal(listed(run).filter((line) => line.startsWith("OidcIssuer ")).length, 3);
  });

  it("is not looked up for a runner that is refused", async () => {
    const asked: string[] = [];
    const call: MockOptions["call"] = ({ token }) => {
      asked.push(token);
      return {};
    };
    const bad = { clientId: "prod" };
    const run = await runProgram(() => void aksRunner({ cluster: NAMES, azure: bad }), { ...cloud, call });
    assert.deepEqual(codesOf(run.errors), ["AZURE_IDENTITY_INVALID"]);
    assert.deepEqual([run.resources, asked], [[], []]);
  });

  it("may be known only after the preview", async () => {
    const run = await runProgram(() => void aksRunner({ cluster: makeCluster(), azure: access }), {
      ...cloud,
      preview: true,
    });
    assert.deepEqual(run.errors, []);
    assert.ok(pulumi.isUnknown(only(run, "OidcIssuer").inputs.issuerUrl));
    only(run, "Job");
    only(run, "FederatedIdentityCredential");
  });

  it("can be all of that for a trust too", async () => {
    for (const aks of [
      makeCluster,
      () => NAMES,
      () => ({ issuerUrl: AKS_ISSUER }),
      () => ({ issuerUrl: pulumi.output(AKS_ISSUER) }),
    ]) {
      const run = await runProgram(
        () => ({ url: new OidcTrustSetup("prod", { organization: "acme", aks: aks(), apiUrl: API }).issuerUrl }),
        clusterWith({ issuerURL: AKS_ISSUER }),
      );
      assert.deepEqual(run.errors, []);
      assert.deepEqual(run.outputs, { url: AKS_ISSUER });
    }
  });

  it("is refused without the issuer's final slash by a trust too, now or later", async () => {
    const issuerUrl = AKS_ISSUER.slice(0, -1);
    for (const aks of [{ issuerUrl }, { issuerUrl: pulumi.output(issuerUrl) }]) {
      const run = await runProgram(() => void new OidcTrustSetup("prod", { organization: "acme", aks, apiUrl: API }), {
        ...cloud,
      });
      assert.deepEqual(codesOf(run.errors), ["ISSUER_URL_INVALID"]);
      assert.ok(!listed(run).some((line) => line.startsWith("OidcIssuer ")));
    }
  });
});
