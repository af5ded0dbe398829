process.on('sveltekit:shutdown', () => console.log('{"theirs":true}'))
