import { createHash, randomBytes } from 'node:crypto';
import { type Clock, secondsAfter } from '@praya/kernel/clock';
import type { DatabasePool } from '@praya/kernel/database';
import { newId } from '@praya/kernel/id';
import type { PortalClient } from './relying-party.ts';
import {
  endSession,
  forgetExpired,
  insertSession,
  insertSignIn,
  liveSession,
  type Session,
  takeSignIn,
} from './store.ts';

/** As long as an interaction may take. */
export const SIGN_IN_SECONDS = 18 * 60;
const SESSION_SECONDS = 60 * 60;

/** Signed-in browsers: the cookie carries a random token, everything else stays on the server. */
export type Sessions = {
  /** `browser` is a secret that the browser keeps: the sign-in comes back to it alone. */
  begin(about: { returnTo: string; language: string; browser: string }): Promise<URL>;
  finish(about: {
    url: URL;
    browser: string;
  }): Promise<{ token: string; seconds: number; returnTo: string } | undefined>;
  find(token: string | undefined): Promise<Session | undefined>;
  end(token: string): Promise<void>;
  forgetExpired(): Promise<void>;
};

export function createSessions(needs: {
  readonly db: DatabasePool;
  readonly now: Clock;
  readonly client: PortalClient;
}): Sessions {
  const { db, now, client } = needs;
  return {
    async begin({ returnTo, language, browser }) {
      const [state, nonce, codeVerifier] = [secret(), secret(), secret()];
      const expiresAt = secondsAfter(now(), SIGN_IN_SECONDS);
      await insertSignIn(db, {
        stateHash: hash(state),
        browserHash: hash(browser),
        codeVerifier,
        nonce,
        returnTo: ownPath(returnTo),
        expiresAt,
      });
      return client.begin({ state, nonce, codeVerifier, language });
    },
    async finish({ url, browser }) {
      const state = url.searchParams.get('state') ?? '';
      const begun = await takeSignIn(db, { stateHash: hash(state), browserHash: hash(browser), now: now() });
      if (begun === undefined) return undefined;
      const personId = await client.finish({
        url,
        state,
        nonce: begun.nonce,
        codeVerifier: begun.codeVerifier,
      });
      const token = secret();
      const createdAt = now();
      const expiresAt = secondsAfter(createdAt, SESSION_SECONDS);
      await insertSession(db, {
        tokenHash: hash(token),
        id: newId('ses', createdAt),
        personId,
        createdAt,
        expiresAt,
      });
      return { token, seconds: SESSION_SECONDS, returnTo: begun.returnTo };
    },
    async find(token) {
      return token === undefined ? undefined : liveSession(db, { tokenHash: hash(token), now: now() });
    },
    end: (token) => endSession(db, { tokenHash: hash(token), now: now() }),
    forgetExpired: () => forgetExpired(db, now()),
  };
}

/** A path of our own to come back to; anything else leads home. */
export function ownPath(returnTo: string): string {
  return /^\/(?![/\\])[\w\-./?=&%]*$/.test(returnTo) && returnTo.length <= 500 ? returnTo : '/';
}

/** 256 random bits. */
export function secret(): string {
  return randomBytes(32).toString('base64url');
}

function hash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
