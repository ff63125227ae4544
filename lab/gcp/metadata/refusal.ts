/** A refusal of the metadata server: plain text, with a status. */
export class MetadataRefusal extends Error {
  constructor(
    readonly httpStatus: 400 | 403 | 404 | 405 | 500 | 503,
    message: string,
  ) {
    super(message);
  }

  /**
   * What the metadata server makes of another service's refusal. For a denial by IAM its words are known from users'
   * reports (camunda/camunda#31106); that everything else is 500, or 503 where the service said so, is the lab's reading.
   */
  static of(service: string, status: number, statusText: string, answer: Record<string, unknown>): MetadataRefusal {
    const { error, error_description: description } = answer;
    const message = typeof error === "object" && error !== null ? (error as { message?: unknown }).message : undefined;
    const reason = [description, message].find((text) => typeof text === "string") ?? "no reason given";
    const said = `${service} returned ${status} ${statusText}: ${reason}`;
    const hint =
      status === 403
        ? "\nThis error could be caused by a missing IAM policy binding on the target IAM service account."
        : "";
    const own = status === 403 || status === 404 || status === 503 ? status : 500;
    return new MetadataRefusal(own, `Unable to generate access token; ${said}${hint}`);
  }
}
