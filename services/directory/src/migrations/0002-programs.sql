-- A client without redirect URIs is a program of its organisation.
alter table clients drop constraint clients_redirect_uris_check;
