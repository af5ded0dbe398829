#!/usr/bin/env node
import { runCli } from './cli/run.js'

// Whoever reads may have had enough: `doctor | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
process.exitCode = runCli(process.argv.slice(2))
