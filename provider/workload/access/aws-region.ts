import { OidcRunnerError } from "../../../trust";

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

/** Every region of every partition is named after a place, a direction and a number (boto/botocore, botocore/data/partitions.json at c870f2c). */
const REGION = /^[a-z]{2,}(-[a-z]+)*-(north|south)?(east|west|central|north|south)-\d+$/;

/**
 * Refuses a text that is not a region: the pod's AWS clients would ask a host that does not exist.
 *
 * @throws OidcRunnerError `REGION_INVALID`
 */
export function checkRegion(region: string): void {
  if (!REGION.test(region)) {
    throw new OidcRunnerError("REGION_INVALID", `"${region}" is not an AWS region`, {
      where: "aws.region",
      fix: "give a region's code such as eu-west-1, or leave it out",
    });
  }
}
