console.error('no configuration')
process.exitCode = 3
