/** The directory of the lab's Azure, and the subscription in it. */
export const LAB_TENANT_ID = "5b1f0c6e-2f0a-4d0b-9b7e-6c1a3f9e0001";

/** The lab's one subscription. */
export const LAB_SUBSCRIPTION_ID = "5b1f0c6e-2f0a-4d0b-9b7e-6c1a3f9e0002";

/** Resource group of the lab's AKS-shaped clusters. */
export const LAB_RESOURCE_GROUP = "lab-clusters";
