/** Loaded into the programs that `npm start` runs: they end when the process that started them ends, for any reason. */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
