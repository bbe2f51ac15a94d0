import type { Language } from '@praya/kernel/language';
import { LANGUAGES, languageOf } from '@praya/kernel/language';
import type { Messages } from '@praya/kernel/messages';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { documentOf } from './pages/layout.ts';
import { NOTICES, type Notice, noticePage } from './pages/notice.ts';
import { type Speech, speechIn } from './pages/speech.ts';
import type { Markup } from './pages/template.ts';
import type { Session, Sessions } from './sessions.ts';

/** What every page of the bank needs. */
export type Front = {
  readonly origin: string;
  readonly messages: Messages;
  readonly sessions: Sessions;
};

const SESSION_COOKIE = 'bank_session';
const LANGUAGE_COOKIE = 'bank_language';
const YEAR_SECONDS = 31_536_000;

/** The session of this browser, where it has one that still lives. */
export function sessionOf(front: Front, request: FastifyRequest): Session | undefined {
  return front.sessions.find(request.cookies[SESSION_COOKIE]);
}

/** Gives the browser the name of its session; null takes it away. */
export function nameSession(front: Front, reply: FastifyReply, session: Session | null): void {
  const options = { ...cookieOptions(front), path: '/' };
  if (session === null) reply.clearCookie(SESSION_COOKIE, options);
  else reply.setCookie(SESSION_COOKIE, session.id, options);
}

/** Remembers the language that a visitor chose. */
export function rememberLanguage(front: Front, reply: FastifyReply, language: Language): void {
  reply.setCookie(LANGUAGE_COOKIE, language, { ...cookieOptions(front), path: '/', maxAge: YEAR_SECONDS });
}

/** The language that she chose, else the one that her browser asks for. */
export function speechFor(front: Front, request: FastifyRequest): Speech {
  const chosen = LANGUAGES.find((language) => language === request.cookies[LANGUAGE_COOKIE]);
  return speechIn(front.messages, chosen ?? languageOf(request.headers['accept-language']));
}

/** Sends a page. It is hers alone, so nobody on the way may keep it. */
export function sendPage(
  reply: FastifyReply,
  page: { speech: Speech; title: string; body: Markup; path: string; csrf?: string },
  status = 200,
): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-language', page.speech.language)
    .header('cache-control', 'no-store')
    .send(documentOf(page));
}

/** Sends a notice. Its language switch leads home: a notice is not a place to come back to. */
export function sendNotice(
  front: Front,
  reply: FastifyReply,
  about: { readonly notice: Notice; readonly code?: string; readonly title?: string | null },
): FastifyReply {
  const speech = speechFor(front, reply.request);
  const title = speech.say(`notice.${about.notice}.title`);
  const page = { speech, title, body: noticePage(speech, about), path: '/' };
  return sendPage(reply, page, NOTICES[about.notice]);
}

/** A path on this site; anything else leads home. */
export function ownPath(path: unknown): string {
  return typeof path === 'string' && /^\/[A-Za-z0-9/._-]*$/.test(path) && !path.startsWith('//') ? path : '/';
}

function cookieOptions(front: Front) {
  return { httpOnly: true, sameSite: 'lax', secure: front.origin.startsWith('https:') } as const;
}
