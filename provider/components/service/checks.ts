import { OidcRunnerError, secureUrl } from "../../../trust";
import { checkIssuerUrl, checkOwnIssuer } from "../../../trust/issuers";
import {
  type AllowedIdentity,
  checkServiceAccountEmails,
  checkServiceAudience,
  verifierDocument,
} from "../../../trust/parties/service";
import { checkNamespace, checkServiceAccountName } from "../../../trust/policy";
import { type Check, checkNow, checksOf, isKnown, isPending } from "../../resources";
import { checkDeploymentOptions, type DeploymentOptions } from "../../workload/kinds";
import { checkPodSecurity, checkTemplate, type PodTemplatePatch } from "../../workload/patch";
import { checkLabels, checkWork, kubernetesName } from "../../workload/pod";
import {
  checkImage,
  checkPort,
  checkProbe,
  checkServerEnv,
  checkServerEnvNames,
  checkServiceName,
  type ProbeOptions,
  SERVER,
  SERVER_MOUNTS,
} from "../../workload/service";
import { checkNewNamespace } from "../kubernetes";
import { atMostOne, exactlyOne } from "../lib";
import type { ServiceCaller, ServiceCluster, VerifiedServiceArgs } from "./args";

/** The ways to give a cluster. */
export const CLUSTERS = ["eks", "gke", "aks", "kubernetes"] as const;

/** The callers that a service admits, and the names of its objects. */
export interface ServiceInputs {
  issuerUrl?: string;
  allow?: AllowedIdentity[];
  discoveryUrl?: string;
  serviceAccountEmails?: string[];
  googleDiscoveryUrl?: string;
  audience?: string;
  cacheSeconds?: number;
  namespace: string;
  serviceName: string;
  serviceAccountName: string;
  servicePort?: number;
  tlsSecretName?: string;
  labels?: Record<string, string>;
  replicas?: number;
  strategy?: DeploymentOptions["strategy"];
}

/** The same as a program gives it, with defaults, and without the issuer. */
export function serviceInputs(name: string, args: VerifiedServiceArgs) {
  const own = kubernetesName(name);
  const { cluster, google, allow, audience, tokenReview, servicePort, tls, labels, replicas, strategy } = args;
  const { namespace = "default", serviceName = own, serviceAccountName = own } = args;
  return {
    ...{ allow, audience, servicePort, labels, replicas, strategy, namespace, serviceName, serviceAccountName },
    discoveryUrl: cluster?.discoveryUrl,
    serviceAccountEmails: google?.serviceAccountEmails,
    googleDiscoveryUrl: google?.discoveryUrl,
    cacheSeconds: tokenReview?.cacheSeconds,
    tlsSecretName: tls?.secretName,
  };
}

const check = checksOf<ServiceInputs>();

/** Stands for a cluster's issuer that is not known yet: what a list of its ServiceAccounts may say does not depend on which it is. */
const SOME_CLUSTER = "https://oidc.eks.us-east-1.amazonaws.com/id/0";

/** Checks of whom a service lets in, and of its objects' names and settings. */
export function serviceChecks(name: string, cluster: ServiceCluster | undefined): Check<ServiceInputs>[] {
  const callers = (allow: AllowedIdentity[]) =>
    verifierDocument({ audience: name, cluster: { issuer: SOME_CLUSTER, allow } });
  return [
    // The default issuer of clusters names none, unless the keys are those of the very cluster.
    check.one("issuerUrl", (url) =>
      cluster?.jwksFromApiServer ? checkIssuerUrl(url) : checkOwnIssuer(url, `${name}.cluster.issuerUrl`),
    ),
    check.one("allow", callers),
    check.each("allow", [], (entry) => callers([entry])),
    check.one("discoveryUrl", (url) => secureUrl(url, "cluster.discoveryUrl")),
    check.one("serviceAccountEmails", (emails) => checkServiceAccountEmails(emails)),
    check.one("googleDiscoveryUrl", (url) => secureUrl(url, "google.discoveryUrl")),
    check.one("audience", (audience) => checkServiceAudience(audience)),
    check.one("cacheSeconds", checkCacheSeconds),
    check.one("namespace", checkNamespace),
    check.one("serviceName", checkServiceName),
    check.one("serviceAccountName", checkServiceAccountName),
    check.one("servicePort", (port) => checkPort(port, "servicePort")),
    check.one("labels", (labels) => checkLabels(labels)),
    check.one("replicas", (replicas) => checkDeploymentOptions({ replicas }, name)),
    check.one("strategy", (strategy) => checkDeploymentOptions({ strategy }, name)),
  ];
}

function checkCacheSeconds(seconds: number): void {
  if (!(seconds >= 0 && seconds <= 300)) {
    throw new OidcRunnerError("OPTION_INVALID", `${seconds} is not a usable number of seconds`, {
      where: "tokenReview.cacheSeconds",
      fix: "give 0 to 300",
    });
  }
}

/** What a service's pod is made from, as far as it is checked. */
export interface ServerInputs {
  image: string;
  command?: string[];
  port?: number;
  env?: Record<string, string>;
  secretEnv?: Record<string, object>;
  readinessProbe?: ProbeOptions;
  livenessProbe?: ProbeOptions;
  podTemplate?: PodTemplatePatch;
  serviceAccountName: string;
  createNamespace?: boolean;
}

/** The same as a program gives it. */
export function serverInputs(name: string, args: VerifiedServiceArgs) {
  const { command, port, env, secretEnv, readinessProbe, livenessProbe, podTemplate } = args;
  // Programs run without a type check too, and `config.get` may give nothing.
  const { image = "", serviceAccountName = kubernetesName(name), createNamespace } = args;
  const own = { image, command, port, env, secretEnv, readinessProbe, livenessProbe };
  return { ...own, podTemplate, serviceAccountName, createNamespace };
}

const ofServer = checksOf<ServerInputs>();

/** What a pod template must leave alone in a service. */
export const RESERVED = { owner: "service", container: SERVER, checkEnv: checkServerEnvNames };

/** Checks of what a service's pod is made from. */
export const serverChecks: Check<ServerInputs>[] = [
  ofServer.one("image", checkImage),
  ofServer.one("command", (command) => checkWork({ command })),
  ofServer.one("port", (port) => checkPort(port, "port", 1024)),
  // Names are known even where a value is not.
  ofServer.options("env", ({ env, secretEnv }) => checkServerEnv(named(env), named(secretEnv))),
  ofServer.settings("readinessProbe", (probe) => checkProbe(probe, "readinessProbe")),
  ofServer.settings("livenessProbe", (probe) => checkProbe(probe, "livenessProbe")),
  ofServer.several(["podTemplate", "serviceAccountName"], ({ podTemplate = {}, serviceAccountName }) =>
    checkTemplate(podTemplate, { ...RESERVED, serviceAccountName, mounts: Object.values(SERVER_MOUNTS) }),
  ),
  ofServer.several(["podTemplate", "createNamespace"], ({ podTemplate = {}, createNamespace }) => {
    if (createNamespace) checkPodSecurity(podTemplate, SERVER);
  }),
];

function named(variables: unknown): object | undefined {
  return typeof variables === "object" && variables !== null && !isPending(variables) ? variables : undefined;
}

/** Refuses what can be refused before anything is registered. */
export function checkServiceArgs(name: string, args: VerifiedServiceArgs): void {
  const { cluster, allow, google, tokenReview, tls, networkPolicy } = args;
  if (allow === undefined && google === undefined) {
    throw new OidcRunnerError("OPTION_MISSING", "nothing says who may call the service", {
      where: name,
      fix: "give cluster and allow for pods, or google for Google service accounts",
    });
  }
  if (allow !== undefined || tokenReview !== undefined || cluster !== undefined) {
    exactlyOne(args, ["cluster"], name);
    exactlyOne(args, ["allow"], name);
    const where = `${name}.cluster`;
    const kind = exactlyOne(cluster as ServiceCluster, CLUSTERS, where);
    if (kind === "kubernetes") {
      exactlyOne(cluster?.kubernetes ?? ({} as { issuerUrl?: string }), ["issuerUrl"], `${where}.kubernetes`);
    }
    const { discoveryUrl, jwksFromApiServer } = cluster as ServiceCluster;
    atMostOne(
      { discoveryUrl, jwksFromApiServer: jwksFromApiServer || undefined },
      ["discoveryUrl", "jwksFromApiServer"],
      where,
    );
  }
  if (tls !== undefined) {
    exactlyOne(tls, ["secretName"], `${name}.tls`);
  }
  checkNewNamespace(args);
  if (args.createServiceAccount === false) {
    exactlyOne(args, ["serviceAccountName"], name);
  }
  if (networkPolicy !== undefined && networkPolicy.from === undefined && isKnown(allow)) {
    checkPeers(namespacesOf((allow ?? []) as { namespace?: string }[]), []);
  }
  const issuerUrl = cluster?.kubernetes?.issuerUrl;
  checkNow({ ...serviceInputs(name, args), issuerUrl }, serviceChecks(name, cluster));
  checkNow(serverInputs(name, args), serverChecks);
}

/** Namespaces that a list of callers names. */
export function namespacesOf(allow: readonly Pick<ServiceCaller, "namespace">[]): string[] {
  return allow.flatMap(({ namespace }) => (namespace === undefined ? [] : [namespace as string]));
}

/**
 * Refuses a network policy without peers, which would let everybody in.
 *
 * @throws OidcRunnerError `OPTION_MISSING`
 */
export function checkPeers(namespaces: readonly string[], from: readonly unknown[]): void {
  if (namespaces.length === 0 && from.length === 0) {
    throw new OidcRunnerError(
      "OPTION_MISSING",
      "no entry of allow names a namespace, so the network policy would let everybody in",
      {
        where: "networkPolicy.from",
        fix: "give the peers that may connect, such as those of an ingress controller, or leave networkPolicy out",
      },
    );
  }
}
