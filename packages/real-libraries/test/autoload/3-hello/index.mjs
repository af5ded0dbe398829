export default async function hello(app) {
  app.get('/', async () => 'hello')
}
