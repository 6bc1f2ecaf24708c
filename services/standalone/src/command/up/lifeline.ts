// Loaded first into each process that `fefaent up` starts: it stops, in order, when the channel to its supervisor closes. That is how the supervisor tells it to,
// and what the system does for a supervisor that was killed, so no process is left behind.
import { isMainThread } from 'node:worker_threads';

const stop = () => {
	// Nobody may be left to read what it still has to say.
	process.stdout.on('error', () => {});
	process.stderr.on('error', () => {});
	process.kill(process.pid, 'SIGTERM');
};

// Threads of the process are started with the same options.
if (isMainThread) {
	if (process.connected) process.once('disconnect', stop);
	else stop();
	process.channel?.unref();
}
