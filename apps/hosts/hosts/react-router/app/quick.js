export const loader = () => new Response('quick')
