/** Major, minor and patch of the first version in a text (`v3.250.0`, `Kubernetes v1.36.3`, `go1.27rc1`), if any. */
export function parseVersion(text: string): [number, number, number] | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

/** Whether the version in `text` is `minimum` or later. A text without a version is not. */
export function isAtLeast(text: string, minimum: string): boolean {
  const [found, wanted] = [parseVersion(text), parseVersion(minimum)];
  if (!found || !wanted) {
    return false;
  }
  for (let i = 0; i < 3; i++) {
    if (found[i] !== wanted[i]) {
      return found[i]! > wanted[i]!;
    }
  }
  return true;
}
