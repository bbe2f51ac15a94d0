-- The passkey that a code was redeemed for: who did not hear our answer asks again with the same one.
alter table enrolments add column redeemed_for text;
