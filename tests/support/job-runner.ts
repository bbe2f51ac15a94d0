import { startJobs } from '../../kernel/src/jobs.ts';
import { silentLog } from '../../kernel/src/log.ts';

// A job runner in a process of its own, to be killed in the middle of a job.
await startJobs({
  url: process.argv[2] ?? '',
  handlers: {
    slow: () => {
      process.stdout.write('began\n');
      return new Promise(() => {});
    },
  },
  listeners: {},
  log: silentLog(),
});
