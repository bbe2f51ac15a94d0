-- Whose a consent is, signed by the consent key: the person beside it cannot be exchanged for another.
-- It never leaves the room; what the recipient gets names no person.
alter table consents add column holder text;
