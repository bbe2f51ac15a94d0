-- Whether the counter issued a code, or whoever runs the register's own machine.
alter table enrolments add column issued_by text not null default 'counter'
  check (issued_by in ('counter', 'operator'));
