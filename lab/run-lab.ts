import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { OidcRunnerError } from "../trust";
import { writeAuthorities } from "./authorities";
import { awsControlRoutes, startAws } from "./aws";
import { azureControlRoutes, startAzure } from "./azure";
import { type Ci, ciControlRoutes, startCi } from "./ci";
import {
  type Cluster,
  createCertificateAuthority,
  makePrivateDirectory,
  startCluster,
  writePrivateFile,
} from "./cluster";
import type { PodEnvironment } from "./cluster/node-agent";
import { LabClock, startControl } from "./control";
import { environmentFile, execute } from "./engine";
import { gcpControlRoutes, startGcp } from "./gcp";
import type { LabOptions } from "./options";
import type { ProcessIdentity } from "./process-identity";
import { installOfficialKubernetes, installProviders, resourceRoutes } from "./providers";
import { type CloudAddresses, startPulumiCloud } from "./pulumi-cloud";
import { pulumiImages } from "./pulumi-images";
import type { LabState } from "./types";

/** A lab that is up, seen from inside. */
export interface RunningLab {
  state: LabState;
  /** Resolves when a part ends without being stopped. */
  failed: Promise<OidcRunnerError>;
  stop(): Promise<void>;
}

/** Starts all parts of a lab in this process and its children. */
export async function runLab(options: LabOptions, outermost: ProcessIdentity): Promise<RunningLab> {
  const { directory, organization, pulumiCli } = options;
  const members = options.members ?? { teams: [], users: [], pools: [] };
  const ca = await createCertificateAuthority();
  const caFile = join(directory, "ca.crt");
  writePrivateFile(caFile, ca.certificatePem);
  const authorities = writeAuthorities(directory, ca.certificatePem);
  const certificate = await ca.issue({ commonName: "oidc-runner lab" });
  const clock = new LabClock();
  const log = (line: string) => console.log(line);

  const clusters: Cluster[] = [];
  let ci: Ci | undefined;
  let clouds: CloudAddresses | undefined;
  const resolveIssuer = (url: string): string | undefined =>
    clusters.find(({ state }) => state.issuer === url)?.state.server ??
    ci?.resolveIssuer(url) ??
    pulumiCloud.resolveIssuer(url);
  const pulumiCloud = await startPulumiCloud({
    organization: {
      ...{ name: organization, teams: members.teams, users: members.users },
      runners: members.pools.map((name) => ({ id: randomUUID(), name })),
    },
    certificate,
    ca: ca.certificatePem,
    clock: clock.now,
    log,
    resolveIssuer,
    escEvaluator: options.escEvaluator,
    clouds: () => clouds,
    execute: (work) => execute(state, work),
  });
  const aws = await startAws({
    certificate,
    ca: ca.certificatePem,
    clock: clock.now,
    log,
    resolveIssuer,
    clusters: options.clusters,
  });
  const gcp = await startGcp({
    certificate,
    ca: ca.certificatePem,
    clock: clock.now,
    log,
    resolveIssuer,
    clusters: () => clusters,
  });
  const azure = await startAzure({ certificate, ca: ca.certificatePem, clock: clock.now, log, resolveIssuer });
  clouds = {
    awsStsUrl: aws.sts.url,
    azureAuthority: azure.entra.url,
    gcpStsUrl: gcp.sts.url,
    gcpIamCredentialsUrl: gcp.iamCredentials.url,
  };
  const images = [...(options.images ?? []), ...pulumiImages(dirname(pulumiCli.path), directory)];
  const startedClusters = Promise.all(
    options.clusters.map(({ name, issuer, tokenRenewalSpeed }) =>
      startCluster({
        name,
        issuer,
        tokenRenewalSpeed,
        ca,
        directory: join(directory, "clusters", name),
        binaries: options.binaries,
        images,
        hiddenDirectories: [directory],
        log,
        nodeBinds: authorities.binds,
        ...withEnvironment(authorities.environment, { ...aws.nodeHooks({ name }), ...gcp.nodeHooks(issuer) }),
      }),
    ),
  );
  // While the API servers come up, so that the lab is not ready later for it.
  const startedCi = startCi({
    certificate,
    caFile,
    directory: join(directory, "ci"),
    audience: `urn:pulumi:org:${organization}`,
    clock: clock.now,
  });
  const [started, runningCi] = await Promise.all([startedClusters, startedCi]);
  ci = runningCi;
  clusters.push(...started);

  const states = clusters.map((cluster) => cluster.state);
  const controlToken = randomBytes(24).toString("hex");
  const resources = resourceRoutes({
    iam: aws.iam,
    associations: aws.associations,
    gcp: gcp.iam,
    azure: azure.directory,
    clusters: () => states,
  });
  const control = await startControl({
    token: controlToken,
    certificate,
    clock,
    pulumiCloud,
    mounts: {
      "/": resources,
      "/aws": awsControlRoutes(aws),
      "/gcp": gcpControlRoutes(gcp),
      "/azure": azureControlRoutes(azure),
      "/ci": ciControlRoutes(runningCi),
    },
  });

  const pulumiHome = join(directory, "pulumi-home");
  await installPlugins(options, pulumiHome);
  mkdirSync(join(directory, "state"), { recursive: true, mode: 0o700 });
  const state: LabState = {
    pulumiCloud: { url: pulumiCloud.url, organization, ...members, adminToken: pulumiCloud.adminToken },
    kubeconfig: states[0]?.kubeconfig ?? "",
    ca: caFile,
    authorities: authorities.file,
    directory,
    pid: outermost.pid,
    started: outermost.started,
    control: { url: control.url, token: controlToken },
    aws: aws.describe(),
    gcp: await gcp.describe(),
    azure: azure.describe(),
    ci: runningCi.describe(),
    pulumiIssuer: pulumiCloud.issuer.describe(),
    clusters: states,
    pulumiHome,
    pulumiCli,
    environmentFile: join(directory, "env.sh"),
  };
  writePrivateFile(state.environmentFile, environmentFile(state));
  writePrivateFile(join(directory, "lab.json"), `${JSON.stringify(state, undefined, 2)}\n`);
  return {
    state,
    failed: Promise.race(clusters.map((cluster) => cluster.failed)),
    async stop() {
      await Promise.all([control.stop(), pulumiCloud.stop(), ...clusters.map((cluster) => cluster.stop())]);
      await Promise.all([aws.stop(), gcp.stop(), azure.stop(), runningCi.stop()]);
    },
  };
}

/** Adds variables to what a node gives its containers. */
function withEnvironment<T extends { podEnvironment?: PodEnvironment }>(variables: Record<string, string>, hooks: T) {
  const podEnvironment: PodEnvironment = async (pod) => ({ ...variables, ...(await hooks.podEnvironment?.(pod)) });
  return { ...hooks, podEnvironment };
}

async function installPlugins(options: LabOptions, pulumiHome: string): Promise<void> {
  const { nodeModules, kubernetesPlugin } = options;
  makePrivateDirectory(pulumiHome);
  await installProviders({ pulumiHome, nodeModules, useOfficialKubernetes: kubernetesPlugin !== undefined });
  if (kubernetesPlugin !== undefined) {
    installOfficialKubernetes(kubernetesPlugin, pulumiHome);
  }
}
