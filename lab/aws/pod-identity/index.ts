export { AGENT_URLS, type PodIdentityAgent, startPodIdentityAgent } from "./agent";
export { type PodIdentityAssociation, PodIdentityAssociations } from "./associations";
