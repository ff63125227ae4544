export { type GoogleIdTokenOptions, googleIdToken } from "./google-id-token";
export { type KubernetesApi, type KubernetesApiOptions, kubernetesApi } from "./kubernetes-api";
export { type PulumiAccessTokenOptions, pulumiAccessToken } from "./pulumi-access-token";
export { type TokenFetchOptions, tokenFetch } from "./token-fetch";
export { type TokenFileOptions, tokenFile } from "./token-file";
export type { TokenSource } from "./token-source";
