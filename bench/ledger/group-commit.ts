/** Hands over what has gathered while the last batch was being written: one wait for the disk serves all of it. */
export function groupCommit<T>(
  write: (batch: readonly T[]) => Promise<void>,
  limits: { readonly most: number; readonly inFlight: number },
): (items: readonly T[]) => Promise<void> {
  let waiting: T[] = [];
  let callers: { resolve(): void; reject(error: unknown): void; count: number }[] = [];
  let writing = 0;
  const turn = (): void => {
    while (writing < limits.inFlight && callers.length > 0) void send();
  };
  const send = async (): Promise<void> => {
    const [batch, answered] = cut();
    writing += 1;
    try {
      await write(batch);
      for (const caller of answered) caller.resolve();
    } catch (error) {
      for (const caller of answered) caller.reject(error);
    } finally {
      writing -= 1;
      turn();
    }
  };
  // Whole calls only, at least one.
  const cut = () => {
    let [calls, items] = [0, 0];
    while (calls < callers.length && (calls === 0 || items + (callers[calls]?.count ?? 0) <= limits.most)) {
      items += callers[calls]?.count ?? 0;
      calls += 1;
    }
    const [batch, answered] = [waiting.slice(0, items), callers.slice(0, calls)];
    waiting = waiting.slice(items);
    callers = callers.slice(calls);
    return [batch, answered] as const;
  };
  return (items) =>
    new Promise((resolve, reject) => {
      for (const item of items) waiting.push(item);
      callers.push({ resolve, reject, count: items.length });
      // What arrives in the same turn of the event loop goes together.
      if (callers.length === 1) setImmediate(turn);
    });
}
