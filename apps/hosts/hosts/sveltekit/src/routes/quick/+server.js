export const GET = () => new Response('quick')
