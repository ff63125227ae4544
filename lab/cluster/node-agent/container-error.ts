/** A container can't be made or started; the reason and message go into its `waiting` state, as the kubelet's would. */
export class ContainerError extends Error {
  /** `ErrImagePull`, `CreateContainerConfigError`, `CreateContainerError` or `RunContainerError`. */
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.name = "ContainerError";
    this.reason = reason;
  }
}
