import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ClusterShape,
  LAB_PROJECT,
  LAB_RESOURCE_GROUP,
  LAB_SUBSCRIPTION_ID,
  type LabOptions,
  type LabState,
} from "../lab";
import type { CiKey } from "../lab/ci";
import { freePorts } from "../lab/cluster";
import { OidcRunnerError } from "../trust";
import type { DeploymentOperation } from "../trust/issuers";
import type { CiInitOptions } from "./ci";

/** An example program, and what a user would configure for it. */
export interface Example {
  /** Directory of its Pulumi.yaml, from the package's root. */
  directory: string;
  /** Whose cluster it wants. */
  shape: ClusterShape;
  /** Its stack configuration on a lab. */
  config(state: LabState): Record<string, string>;
  /** Further configuration, which the machine is asked for. Default: none. */
  machineConfig?: () => Promise<Record<string, string>>;
  /** Images of its own that the lab must have, of files below what its paths are relative to. Default: none. */
  images?: (root: string) => LabOptions["images"];
  /** The pipeline beside the program. Default: the program has a Job, or environments. */
  pipeline?: PipelineExample;
  /** The environments of Pulumi ESC that the program is about. Default: the program has a Job, or a pipeline. */
  environments?: EnvironmentExample;
  /** The deployments that the program is about. Default: the program has a Job, a pipeline or environments. */
  deployments?: DeploymentExample;
  /** The requests that its Jobs make. Default: the program has a Job that logs in, or one of the above. */
  requests?: RequestsExample;
}

/** Clients of a service, which print what they asked for and what they got. */
export interface RequestsExample {
  /** Namespace of the clients. */
  namespace: string;
  rows: RequestRow[];
}

/** One request: who makes it, and what it should be answered with. */
export interface RequestRow {
  /** Name of the client's Job. */
  caller: string;
  /** What it is, in the client's words. */
  request: string;
  /** Who asks, for people. */
  as: string;
  expected: { status: number; msg?: string };
}

/** A stack whose deployments clouds trust, and stacks and operations that they must not. */
export interface DeploymentExample {
  /** Directories of programs that are run as well, with the same configuration. Each has the output `settingsCommand`. */
  besides: string[];
  /** Directory of the program that is deployed. */
  source: string;
  /** `PROJECT/STACK` that is trusted. */
  stack: string;
  /** Operations to run, one after the other. */
  operations: DeploymentOperation[];
  /** Outputs of the program that is deployed: who it is, to each cloud. */
  identities: string[];
  /** Default: the trusted stack, and a preview. */
  nearMisses: { name: string; stack?: string; operation?: DeploymentOperation }[];
}

/** An environment of Pulumi ESC that logs in to clouds, and others that must not. */
export interface EnvironmentExample {
  /** `PROJECT/ENVIRONMENT`, which the program's output `environmentDefinition` is for. */
  environment: string;
  /** Environments with the same definition. */
  nearMisses: { name: string; environment: string }[];
}

/** A pipeline that `ci init` makes together with its program, and jobs to run it for. */
export interface PipelineExample {
  issuer: CiKey;
  /** Options of `oidc-runner ci init`. */
  options: CiInitOptions;
  /** Claims of the job that the program trusts, as for `oidc-runner lab token --claim`. */
  job: string[];
  /** Jobs that resemble it: what they are, and the claims that differ. */
  nearMisses: { name: string; claims: string[] }[];
}

const SITE = `/subscriptions/${LAB_SUBSCRIPTION_ID}/resourceGroups/site`;
const common = (state: LabState) => ({ organization: state.pulumiCloud.organization });
const outbound = (state: LabState) => ({
  ...{ organization: state.pulumiCloud.organization, project: LAB_PROJECT },
  ...{ resourceGroup: "pulumi", scope: SITE },
});
const cluster = (state: LabState) => state.clusters[0] ?? { name: "", issuer: "" };

/** The organization in the examples' programs. */
export const EXAMPLE_ORGANIZATION = "acme";

const initOptions: CiInitOptions = {
  organization: EXAMPLE_ORGANIZATION,
  branch: "main",
  tokenType: "organization",
  apiUrl: "https://api.pulumi.com",
  directory: ".",
  run: "pulumi env ls",
};
/** The numbers that the lab's CI systems give to these names. */
const [REPOSITORY_ID, OWNER_ID] = ["2195262071", "2183869357"];
const GITHUB = { repository: "acme/infra", repositoryId: REPOSITORY_ID, ownerId: OWNER_ID };
const GITLAB = { project: "acme/infra", projectId: REPOSITORY_ID, namespaceId: OWNER_ID };

const EXAMPLES: Record<string, Example> = {
  quickstart: {
    directory: ".",
    shape: "kubernetes",
    config: (state) => ({ ...common(state), issuerUrl: cluster(state).issuer }),
  },
  eks: {
    directory: join("examples", "eks"),
    shape: "eks",
    config: (state) => ({ ...common(state), clusterName: cluster(state).name }),
  },
  gke: {
    directory: join("examples", "gke"),
    shape: "gke",
    config: (state) => ({
      ...common(state),
      project: LAB_PROJECT,
      location: "europe-west1",
      clusterName: cluster(state).name,
    }),
  },
  aks: {
    directory: join("examples", "aks"),
    shape: "aks",
    config: (state) => ({
      ...common(state),
      clusterName: cluster(state).name,
      clusterResourceGroup: LAB_RESOURCE_GROUP,
      resourceGroup: "site",
      scope: SITE,
      authorityHost: state.azure.authority,
    }),
  },
  "github-actions": {
    directory: join("examples", "github-actions"),
    shape: "kubernetes",
    config: () => ({}),
    pipeline: {
      issuer: "githubActions",
      options: { ...initOptions, ...GITHUB },
      job: [`repository=${GITHUB.repository}`],
      nearMisses: [
        { name: "another repository", claims: ["repository=acme/site"] },
        { name: "the pull request of a fork", claims: ["event_name=pull_request"] },
        { name: "another branch", claims: ["ref=refs/heads/feature"] },
        { name: "an owner whose name begins alike", claims: ["repository=acme2/infra"] },
        { name: "an audience of GitHub's own", claims: ["aud=https://github.com/acme"] },
        {
          name: "another owner's, with ids in the subject",
          claims: ["sub=repo:acme@7/infra@8:ref:refs/heads/main", ...["repository_id=8", "repository_owner_id=7"]],
        },
        { name: "made again under the same name", claims: ["repository_id=8"] },
      ],
    },
  },
  "gitlab-ci": {
    directory: join("examples", "gitlab-ci"),
    shape: "kubernetes",
    config: () => ({}),
    pipeline: {
      issuer: "gitlab",
      options: { ...initOptions, ...GITLAB },
      job: [`project_path=${GITLAB.project}`],
      nearMisses: [
        { name: "another project", claims: ["project_path=acme/site"] },
        { name: "the merge request of a fork", claims: ["project_path=stranger/infra"] },
        { name: "another branch", claims: ["ref=feature"] },
        { name: "a tag with the branch's name", claims: ["ref_type=tag"] },
        { name: "a group whose name begins alike", claims: ["project_path=acme2/infra"] },
        { name: "another audience", claims: ["aud=https://gitlab.com"] },
        { name: "made again under the same path", claims: ["project_id=8"] },
      ],
    },
  },
  deployments: {
    directory: join("examples", "deployments-aws"),
    shape: "eks",
    config: outbound,
    deployments: {
      besides: [join("examples", "deployments-azure"), join("examples", "deployments-gcp")],
      source: join("examples", "site"),
      stack: "site/prod",
      operations: ["preview", "update"],
      identities: ["aws", "azure", "google"],
      nearMisses: [
        { name: "another stack of the project", stack: "site/dev" },
        { name: "one whose name begins alike", stack: "site/prod2" },
        { name: "the same name in another project", stack: "other/prod" },
        { name: "destroying the stack", operation: "destroy" },
      ],
    },
  },
  "verified-service": {
    directory: join("examples", "verified-service"),
    shape: "gke",
    images: helloImages,
    // Pods of a lab share its machine's network: a port that is free there, and no names of Services.
    machineConfig: async () => {
      const [port] = await freePorts(1);
      return { port: String(port), url: `http://127.0.0.1:${port}` };
    },
    config: (state) => ({
      project: LAB_PROJECT,
      location: "europe-west1",
      clusterName: cluster(state).name,
      image: HELLO_IMAGE,
      caCertificates: readFileSync(state.ca, "utf8"),
      discoveryUrl: `${state.clusters[0]?.server}/.well-known/openid-configuration`,
      googleDiscoveryUrl: new URL("/.well-known/openid-configuration", state.gcp.jwksUrl).href,
    }),
    requests: { namespace: "id-namespace", rows: helloRows() },
  },
  esc: {
    directory: join("examples", "esc"),
    shape: "eks",
    config: outbound,
    environments: {
      environment: "site/prod",
      nearMisses: [
        { name: "another environment of the project", environment: "site/dev" },
        { name: "one whose name begins alike", environment: "site/prod2" },
        { name: "the same name in another project", environment: "other/prod" },
      ],
    },
  },
};

/** Image with the server of examples/verified-service and its client. */
const HELLO_IMAGE = "registry.example.com/hello-server:1";

/** What a `docker build` of examples/verified-service/server would put together. */
function helloImages(root: string): NonNullable<LabOptions["images"]> {
  const runtime = "/app/node_modules/oidc-runner-runtime";
  // In the clone the package is what its build makes.
  const built = existsSync(join(root, "runtime")) ? "" : "node_modules/oidc-runner-runtime/";
  const binds = [
    ...["server.mjs", "client.mjs"].map((file) => [`examples/verified-service/server/${file}`, `/app/${file}`]),
    [`${built || "runtime/"}package.json`, `${runtime}/package.json`],
    [`${built}dist`, `${runtime}/dist`],
    ["node_modules/jose", "/app/node_modules/jose"],
  ].map(([source = "", target = ""]) => ({ source: join(root, source), target }));
  return [
    {
      match: HELLO_IMAGE,
      binds: [...binds, { source: process.execPath, target: "/usr/local/bin/node" }],
      entrypoint: ["node", "/app/server.mjs"],
    },
  ];
}

/** The table: what each client asks for, with each kind of identity. */
function helloRows(): RequestRow[] {
  const open = { status: 200, msg: "hello-exposed" };
  return ["cluster", "google"].flatMap((identity) => {
    const [listed = "", stranger = ""] = identity === "cluster" ? ["gke-sa", "other-sa"] : ["gke-gsa", "other-gsa"];
    const row = (who: string, request: string, expected: RequestRow["expected"]): RequestRow => ({
      caller: `${who}-${identity}`,
      as: who === "listed" ? listed : stranger,
      request,
      expected,
    });
    const [good, bad] = ["with its token", "with a token for another audience"];
    return [
      row("listed", "GET /", open),
      row("listed", "GET /private without a token", { status: 401 }),
      row("listed", `GET /private ${good}`, { status: 200, msg: "hello-private" }),
      row("listed", `GET /private ${bad}`, { status: 401 }),
      row("stranger", `GET /private ${good}`, { status: 403 }),
      ...(identity === "cluster"
        ? []
        : [
            row("listed", "Cloud Run without a token", { status: 403 }),
            row("listed", `Cloud Run ${good}`, open),
            row("listed", `Cloud Run ${bad}`, { status: 401 }),
            row("stranger", `Cloud Run ${good}`, { status: 403 }),
          ]),
    ];
  });
}

/**
 * The example of that name.
 *
 * @throws OidcRunnerError `EXAMPLE_UNKNOWN`
 */
export function exampleNamed(name: string): Example {
  const example = Object.hasOwn(EXAMPLES, name) ? EXAMPLES[name] : undefined;
  if (example === undefined) {
    throw new OidcRunnerError("EXAMPLE_UNKNOWN", `there is no example "${name}"`, {
      fix: `use one of ${Object.keys(EXAMPLES).join(", ")}; without a name it is quickstart`,
    });
  }
  return example;
}
