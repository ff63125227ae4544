import type { Pair } from "./row";

/** Measures one side once. */
export type Measure = () => Promise<Record<string, number>>;

/**
 * Measures two sides in pairs, one right after the other, so that whatever else the machine does meets both. The order
 * changes with each pair. Each side runs once before, uncounted.
 *
 * @param done called after each pair with how many there are
 */
export async function measurePairs(
  count: number,
  sides: { subject: Measure; reference: Measure; warm?: boolean },
  done: (pairs: number) => void = () => undefined,
): Promise<Pair[]> {
  if (sides.warm !== false) {
    await sides.subject();
    await sides.reference();
  }
  const pairs: Pair[] = [];
  while (pairs.length < count) {
    if (pairs.length % 2 === 0) {
      const subject = await sides.subject();
      pairs.push({ subject, reference: await sides.reference() });
    } else {
      const reference = await sides.reference();
      pairs.push({ subject: await sides.subject(), reference });
    }
    done(pairs.length);
  }
  return pairs;
}
