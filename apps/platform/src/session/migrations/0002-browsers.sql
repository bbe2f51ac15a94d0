-- A sign-in comes back to the browser that began it, and to no other. The browser's secret is only in its cookie.
alter table sign_ins add column browser_hash bytea not null default '';
alter table sign_ins alter column browser_hash drop default;
