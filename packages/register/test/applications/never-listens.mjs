// A program that never listens: nothing of lameduck is in it.
process.exitCode = process.listenerCount('SIGTERM') + process.listenerCount('SIGINT') === 0 ? 7 : 1
