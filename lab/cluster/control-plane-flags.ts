/** Files and addresses the components of one control plane share. */
export interface ControlPlaneLayout {
  /** Directory of `etcd`'s data. */
  dataDirectory: string;
  /** Directory of keys, certificates and tokens; see `control-plane-files.ts`. */
  pki: string;
  controllerManagerKubeconfig: string;
  etcdPort: number;
  etcdPeerPort: number;
  /** Port of the API server. */
  port: number;
  issuer: string;
  /** Audiences the API server itself accepts; also what a token without a wish for an audience gets. */
  apiAudiences: string[];
}

/** Controllers that run; the rest of Kubernetes' has nothing to do in a cluster of one made-up node. */
const CONTROLLERS = [
  "job-controller",
  "cronjob-controller",
  "deployment-controller",
  "replicaset-controller",
  "serviceaccount-controller",
  "namespace-controller",
  "garbage-collector-controller",
  "root-ca-certificate-publisher-controller",
  "ttl-after-finished-controller",
  "resourcequota-controller",
];

/** Flags of etcd: one member, every client with a certificate, no waiting for disks or for votes. */
export function etcdFlags({ dataDirectory, pki, etcdPort, etcdPeerPort }: ControlPlaneLayout): string[] {
  const client = `https://127.0.0.1:${etcdPort}`;
  const peer = `https://127.0.0.1:${etcdPeerPort}`;
  return [
    `--data-dir=${dataDirectory}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    `--cert-file=${pki}/etcd.crt`,
    `--key-file=${pki}/etcd.key`,
    `--trusted-ca-file=${pki}/etcd-ca.crt`,
    "--client-cert-auth",
    `--peer-cert-file=${pki}/etcd.crt`,
    `--peer-key-file=${pki}/etcd.key`,
    `--peer-trusted-ca-file=${pki}/etcd-ca.crt`,
    "--peer-client-cert-auth",
    "--unsafe-no-fsync",
    "--log-level=warn",
    // The default election alone takes a second of the boot.
    "--heartbeat-interval=10",
    "--election-timeout=100",
  ];
}

/** Flags of kube-apiserver. */
export function apiserverFlags({ pki, etcdPort, port, issuer, apiAudiences }: ControlPlaneLayout): string[] {
  return [
    `--etcd-servers=https://127.0.0.1:${etcdPort}`,
    `--etcd-cafile=${pki}/etcd-ca.crt`,
    `--etcd-certfile=${pki}/etcd.crt`,
    `--etcd-keyfile=${pki}/etcd.key`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${port}`,
    `--tls-cert-file=${pki}/apiserver.crt`,
    `--tls-private-key-file=${pki}/apiserver.key`,
    `--token-auth-file=${pki}/tokens.csv`,
    `--service-account-signing-key-file=${pki}/service-account.key`,
    `--service-account-key-file=${pki}/service-account.pub`,
    `--service-account-issuer=${issuer}`,
    `--service-account-jwks-uri=https://127.0.0.1:${port}/openid/v1/jwks`,
    `--api-audiences=${apiAudiences.join(",")}`,
    "--service-cluster-ip-range=10.0.0.0/24",
    "--authorization-mode=RBAC",
    "--endpoint-reconciler-type=none",
    "--allow-privileged=true",
    // Without this the server looks the node's name up in DNS to fetch a log.
    "--kubelet-preferred-address-types=InternalIP",
    `--kubelet-certificate-authority=${pki}/kubelet-ca.crt`,
    `--kubelet-client-certificate=${pki}/kubelet-client.crt`,
    `--kubelet-client-key=${pki}/kubelet-client.key`,
  ];
}

/** Flags of kube-controller-manager. */
export function controllerManagerFlags({ pki, controllerManagerKubeconfig }: ControlPlaneLayout): string[] {
  return [
    `--kubeconfig=${controllerManagerKubeconfig}`,
    "--bind-address=127.0.0.1",
    "--secure-port=0",
    "--leader-elect=false",
    "--use-service-account-credentials=true",
    `--service-account-private-key-file=${pki}/service-account.key`,
    `--root-ca-file=${pki}/ca.crt`,
    `--controllers=${CONTROLLERS.join(",")}`,
    // The defaults (20 and 30) make a hundred Jobs take half a minute.
    "--kube-api-qps=500",
    "--kube-api-burst=1000",
    "--concurrent-job-syncs=20",
  ];
}
