/**
 * Ends this process in order, once, when it is told to (SIGTERM, SIGINT) or when its parent has gone
 * (the IPC channel closed). `close` settles when nothing is left to finish; what then still holds the process is cut.
 */
export function endWith(close: () => Promise<void>): void {
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), 10_000).unref();
    try {
      await close();
      process.exitCode = 0;
    } catch (error) {
      console.error(error);
      process.exitCode = 1;
    }
    process.exit();
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  process.once('disconnect', end);
}
