/** Where a pod finds AWS. */
export interface AwsRegion {
  /** Region of the AWS clients in the pod; undefined leaves it to the image and the user. */
  region?: string;
}

/**
 * The variables that AWS's clients take their region from, and that let them ask the region's own STS: outside of the partition
 * `aws` there is no other (AWS SDKs and Tools Reference Guide, "AWS STS Regional endpoints"). EKS's webhook adds whichever
 * is missing.
 */
export function awsRegion({ region }: AwsRegion): Record<string, string> {
  return {
    AWS_STS_REGIONAL_ENDPOINTS: "regional",
    ...(region !== undefined && { AWS_REGION: region, AWS_DEFAULT_REGION: region }),
  };
}
