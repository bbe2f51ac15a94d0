import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Pending } from './sign-in.ts';

/** One browser at the bank. It lives in memory and ends with the process. */
export type Session = {
  readonly id: string;
  readonly csrf: string;
  pending: (Pending & { readonly startedAt: number }) | null;
  subject: string | null;
  /** what the last asking was answered with, until the next */
  problems: readonly ServiceProblem[];
  seenAt: number;
};

/** Why a service gave nothing; `title` is in the language of the asking. */
export type ServiceProblem = {
  readonly service: string;
  readonly status: number;
  readonly code: string;
  readonly title: string;
};

export type Sessions = {
  find(id: string | undefined): Session | undefined;
  begin(): Session;
  /** a new name for the same person, so that a name that somebody planted is worth nothing */
  renew(session: Session): Session;
  end(session: Session): void;
};

const IDLE_MS = 30 * 60_000;
const SESSIONS_MAX = 10_000;

/** Sessions by their cookie. */
export function createSessions(now: () => Date): Sessions {
  const sessions = new Map<string, Session>();
  const add = (about: Pick<Session, 'pending' | 'subject'>): Session => {
    const oldest = sessions.keys().next();
    if (sessions.size >= SESSIONS_MAX && !oldest.done) sessions.delete(oldest.value);
    const [id, csrf] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')];
    const session: Session = { id, csrf, ...about, problems: [], seenAt: now().getTime() };
    sessions.set(id, session);
    return session;
  };
  return {
    find(id) {
      const session = id === undefined ? undefined : sessions.get(id);
      if (session === undefined) return undefined;
      sessions.delete(session.id);
      if (now().getTime() - session.seenAt > IDLE_MS) return undefined;
      session.seenAt = now().getTime();
      sessions.set(session.id, session);
      return session;
    },
    begin: () => add({ pending: null, subject: null }),
    renew(session) {
      sessions.delete(session.id);
      return add({ pending: null, subject: session.subject });
    },
    end: (session) => sessions.delete(session.id),
  };
}

/** Whether a form came from a page that we gave to this session. */
export function formIsOurs(session: Session, csrf: unknown): boolean {
  const [given, own] = [Buffer.from(typeof csrf === 'string' ? csrf : ''), Buffer.from(session.csrf)];
  return given.length === own.length && timingSafeEqual(given, own);
}
