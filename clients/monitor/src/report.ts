import type { Alarm, AlarmKind } from './alarm.ts';
import { keepEvidence } from './evidence.ts';
import type { Look } from './look.ts';

/**
 * What a monitor tells. Each is one line of JSON, or one sentence.
 *
 * Shape   an alarm is told when it begins and when it is over
 */
export type MonitorEvent = { readonly at: string; readonly origin: string } & (
  | {
      readonly event: 'checkpoint';
      readonly size: number;
      readonly root: string;
      readonly cosigners: readonly string[];
    }
  | {
      readonly event: 'entry';
      readonly index: number;
      readonly hash: string;
      readonly name: string;
      readonly denied: boolean;
    }
  | {
      readonly event: 'alarm';
      readonly kind: AlarmKind;
      readonly subject: string;
      readonly detail: string;
      readonly evidence: readonly string[];
    }
  | { readonly event: 'cleared'; readonly kind: AlarmKind; readonly subject: string }
);

/** Turns looks into events; it knows which alarms were told. */
export type Reporter = { eventsOf(look: Look): readonly MonitorEvent[] };

export function createReporter(about: { readonly origin: string; readonly evidence: string }): Reporter {
  const { origin } = about;
  let open = new Map<string, Alarm>();
  let told = '';
  return {
    eventsOf: (look) => {
      const at = look.at.toISOString();
      const events: MonitorEvent[] = [];
      const head = headOf(look);
      if (head !== null && `${head.size} ${head.root}` !== told) {
        told = `${head.size} ${head.root}`;
        events.push({ at, origin, event: 'checkpoint', ...head });
      }
      for (const sighting of look.sightings) events.push({ at, origin, event: 'entry', ...sighting });
      const now = new Map(look.alarms.map((alarm) => [nameOf(alarm), alarm]));
      for (const [name, alarm] of now) {
        if (open.has(name)) continue;
        const { kind, subject, detail } = alarm;
        const evidence = keepEvidence(about.evidence, alarm);
        events.push({ at, origin, event: 'alarm', kind, subject, detail, evidence });
      }
      for (const [name, { kind, subject }] of open)
        if (!now.has(name)) events.push({ at, origin, event: 'cleared', kind, subject });
      open = now;
      return events;
    },
  };
}

/** An event as a person reads it. */
export function sentenceOf(event: MonitorEvent): string {
  switch (event.event) {
    case 'checkpoint':
      return `${event.at}  ${event.size} entries, root ${event.root}, cosigned by ${event.cosigners.join(', ') || 'nobody'}`;
    case 'entry':
      return `${event.at}  entry ${event.index}: ${event.name} (${event.hash})`;
    case 'alarm': {
      const kept = event.evidence.length === 0 ? '' : `\n  Evidence: ${event.evidence.join(' ')}`;
      return `${event.at}  ALARM ${event.kind}, ${event.subject}: ${event.detail}${kept}`;
    }
    case 'cleared':
      return `${event.at}  over: ${event.kind}, ${event.subject}`;
  }
}

/** The checkpoint, once it was found good. */
function headOf({ checkpoint, state }: Look) {
  if (checkpoint === null || checkpoint.note !== state?.note) return null;
  const { size, root, cosignatures } = checkpoint;
  const cosigners = [...new Set(cosignatures.map(({ key }) => key.name))];
  return { size, root: Buffer.from(root).toString('base64'), cosigners };
}

function nameOf({ kind, subject }: Alarm): string {
  return `${kind} ${subject}`;
}
