/**
 * Runs a check for each item at once, and waits for all of them even if one fails: a CLI that goes on would write into the
 * lab's directory after its removal. Throws the first failure, with the item's name before its message.
 */
export async function together<T>(
  items: [string, T][],
  check: (item: T, name: string) => Promise<void>,
): Promise<void> {
  const results = await Promise.allSettled(items.map(([name, item]) => check(item, name)));
  results.forEach((result, index) => {
    if (result.status === "rejected") {
      const error = result.reason as Error;
      error.message = `${items[index]?.[0]}: ${error.message}`;
      throw error;
    }
  });
}
