/** One thing that was done, and how long it took. */
export type Step = { readonly name: string; readonly ms: number };

/** The steps of a play, timed as they are made. */
export type Steps = {
  readonly done: readonly Step[];
  timed<T>(name: string, act: () => Promise<T>): Promise<T>;
};

/** A play that has not begun. `note` hears of each step once it is done. */
export function createSteps(note: (step: string, ms: number) => void = () => undefined): Steps {
  const done: Step[] = [];
  return {
    done,
    timed: async (name, act) => {
      const beganAt = performance.now();
      const value = await act();
      const ms = Math.round(performance.now() - beganAt);
      done.push({ name, ms });
      note(name, ms);
      return value;
    },
  };
}

/** Ends the play where something is not as it should be. */
export function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`Not so: ${what}`);
}
