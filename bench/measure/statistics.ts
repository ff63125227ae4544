/** What many measurements of one thing come to. */
export interface Summary {
  median: number;
  /** Lower and upper quartile: half of the measurements lie between them. */
  quartiles: [number, number];
  minimum: number;
  maximum: number;
}

/**
 * The value below which a share of the values lies, between neighbours in proportion.
 *
 * @param share from 0 to 1
 */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) {
    throw new RangeError("there is no quantile of nothing");
  }
  const sorted = [...values].sort((left, right) => left - right);
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.ceil(position)] as number;
  return low + (high - low) * (position - below);
}

export function summarize(values: readonly number[]): Summary {
  return {
    median: quantile(values, 0.5),
    quartiles: [quantile(values, 0.25), quantile(values, 0.75)],
    minimum: Math.min(...values),
    maximum: Math.max(...values),
  };
}
