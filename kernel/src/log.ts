import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

/**
 * Structured logs, one JSON object a line. Bodies are logged only through `redact` (see personal.ts);
 * header and query values that carry secrets are never logged at all.
 */
export function createLog(
  about: { readonly service: string; readonly level?: string },
  destination?: DestinationStream,
): Log {
  const options = {
    level: about.level ?? 'info',
    base: { service: about.service, pid: process.pid },
    timestamp: () => `,"at":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: errorOf },
  };
  return pino(options, destination ?? standardOutput());
}

// pino's own writer waits for ever, at the end of a process, for a reader that has gone.
function standardOutput(): DestinationStream {
  const { stdout } = process;
  if (!stdout.listeners('error').includes(nobodyReads)) stdout.on('error', nobodyReads);
  return { write: (line) => void stdout.write(line) };
}

function nobodyReads(): void {
  // Whoever started us has gone; there is nobody left to tell.
}

/** A log that says nothing, for tests. */
export function silentLog(): Log {
  return pino({ level: 'silent' });
}

// A database error's detail quotes the row, so it is left out: names, codes and the stack stay.
function errorOf(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error ? { code: String(error.code) } : {};
  const cause = error.cause === undefined ? {} : { cause: errorOf(error.cause) };
  return { name: error.name, message: error.message, ...code, stack: error.stack, ...cause };
}
