/** What a measured program is to make; both programs get the same. */
export interface Wanted {
  organization: string;
  namespace: string;
  /** PEM of the authority of the lab's servers. */
  caCertificates: string;
  clusters: WantedCluster[];
  /** Whether the runners of a cluster rely on one definition, instead of having one each. */
  shared: boolean;
  /** Whether the Jobs start no pods, and nobody waits for them. */
  suspended: boolean;
}

/** A cluster's issuer, and the names of the runners on it. */
export interface WantedCluster {
  issuerUrl: string;
  /** Keys to upload, where nobody serves the issuer. */
  jwks?: { keys: { kty: string }[] };
  runners: string[];
}
