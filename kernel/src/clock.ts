/** Where now comes from. It is an argument everywhere, so that a test can hold it still. */
export type Clock = () => Date;

/** The machine's clock. */
export function systemClock(): Date {
  return new Date();
}

/** The instant so many seconds after another. */
export function secondsAfter(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}
