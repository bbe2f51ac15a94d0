create table residents (
  identity_number text primary key,
  name_en         text not null,
  name_zh         text,
  date_of_birth   date not null,
  points          bigint not null,
  secret_note     text not null default 'never asked for'
);
create table doubles (identity_number text not null, name_en text not null);

insert into residents (identity_number, name_en, name_zh, date_of_birth, points) values
  ('QZ000001(1)', 'CHAN, Siu Ming', '陳小明', '1985-04-12', 7),
  ('QZ000002(2)', 'LEE, Ka Yan', null, '1990-01-31', 8),
  ('QZ000003(3)', 'WONG, Bad Points', null, '1991-02-03', -1);
insert into doubles values ('QZ000001(1)', 'One'), ('QZ000001(1)', 'Two');

grant usage on schema connector_source to praya_connector;
grant select on residents, doubles to praya_connector;
