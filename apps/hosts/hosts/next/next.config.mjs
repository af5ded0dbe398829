// Two builds of one application: `next start` wants another than the standalone server does.
export default process.env.STANDALONE ? { distDir: '.standalone', output: 'standalone' } : {}
