import { createServer, type Server } from 'node:http';
import { ALARMS } from './alarm.ts';
import { newestCosignature } from './checked-checkpoint.ts';
import type { Look } from './look.ts';

/** The figures of a monitor, in Prometheus' text format. */
export type Figures = {
  note(look: Look): void;
  page(): string;
};

export function createFigures(origin: string): Figures {
  let last: Look | null = null;
  let looks = 0;
  return {
    note: (look) => {
      last = look;
      looks += 1;
    },
    page: () => {
      const label = `{origin="${escaped(origin)}"}`;
      const lines = [
        `# TYPE praya_monitor_looks_total counter`,
        `praya_monitor_looks_total${label} ${looks}`,
      ];
      const gauge = (name: string, value: number | null | undefined) => {
        if (typeof value !== 'number') return;
        lines.push(`# TYPE ${name} gauge`, `${name}${label} ${value}`);
      };
      gauge('praya_monitor_log_size', last?.state?.size);
      gauge('praya_monitor_looked_seconds', last === null ? null : last.at.getTime() / 1000);
      gauge('praya_monitor_grew_seconds', last?.state ? Date.parse(last.state.grewAt) / 1000 : null);
      gauge('praya_monitor_cosigned_seconds', last?.checkpoint ? newestCosignature(last.checkpoint) : null);
      gauge('praya_monitor_cosignatures', last?.checkpoint?.cosignatures.length);
      lines.push('# TYPE praya_monitor_alarms gauge');
      for (const kind of Object.keys(ALARMS)) {
        const count = last?.alarms.filter((alarm) => alarm.kind === kind).length ?? 0;
        lines.push(`praya_monitor_alarms{origin="${escaped(origin)}",kind="${kind}"} ${count}`);
      }
      return `${lines.join('\n')}\n`;
    },
  };
}

/** Serves the figures at `/metrics`. */
export async function serveFigures(figures: Figures, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    response.end(figures.page());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return server;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
