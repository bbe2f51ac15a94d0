import type { KoaContextWithOIDC } from 'oidc-provider';

/** An error that a person meets goes to the portal's page; only the code travels, never words of somebody else. */
export function renderError(
  ctx: KoaContextWithOIDC,
  out: { error: string; error_description?: string },
): void {
  const code = /^[a-z_]{1,60}$/.test(out.error) ? out.error : 'server_error';
  if (ctx.accepts('json', 'html') === 'html') {
    ctx.status = 303;
    ctx.redirect(`/error?code=oauth.${code}`);
    return;
  }
  ctx.type = 'application/json';
  ctx.body = out;
}

/** The page that asks whether to sign out, for whoever sends a browser to the end-session endpoint. */
export function logoutPage(ctx: KoaContextWithOIDC, form: string): void {
  const words = WORDS[ctx.acceptsLanguages('en', 'zh-Hant', 'zh-HK', 'zh-TW', 'zh-Hans', 'zh-CN') || 'en'];
  const { lang, question, yes } = words ?? EN;
  ctx.type = 'html';
  ctx.body = `<!doctype html><html lang="${lang}"><meta charset="utf-8"><title>${question}</title>
<h1>${question}</h1>${form}
<button type="submit" form="op.logoutForm" name="logout" value="yes">${yes}</button></html>`;
}

const EN = { lang: 'en', question: 'Sign out?', yes: 'Sign out' };
const HANT = { lang: 'zh-Hant', question: '要登出嗎？', yes: '登出' };
const HANS = { lang: 'zh-Hans', question: '要退出登录吗？', yes: '退出登录' };
const WORDS: Readonly<Record<string, typeof EN>> = {
  en: EN,
  'zh-Hant': HANT,
  'zh-HK': HANT,
  'zh-TW': HANT,
  'zh-Hans': HANS,
  'zh-CN': HANS,
};
