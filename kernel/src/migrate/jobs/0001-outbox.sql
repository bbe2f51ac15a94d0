-- The rooms' only way into the job queue. Runs as praya_jobs, which owns the queue; a room may call it, no more.
create function kernel.enqueue(job text, payload jsonb, run_at timestamptz, key text, max_attempts int)
returns void
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  select graphile_worker.add_job(
    identifier => job,
    payload => payload::json,
    run_at => run_at,
    max_attempts => max_attempts,
    -- A key belongs to the room that chose it: no room replaces a neighbour's job.
    job_key => session_user || ':' || key
  );
$$;
revoke all on function kernel.enqueue(text, jsonb, timestamptz, text, int) from public;

create function kernel.emit(event jsonb)
returns void
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  select graphile_worker.add_job(identifier => 'event', payload => event::json);
$$;
revoke all on function kernel.emit(jsonb) from public;

-- Who is working. A runner that has not beaten its drum for a while is gone, and its jobs are free again.
-- Unlogged: after a crash of the database everyone signs in anew.
create unlogged table kernel.job_runners (
  id uuid primary key,
  lockers text[] not null,
  seen_at timestamptz not null default clock_timestamp()
);
