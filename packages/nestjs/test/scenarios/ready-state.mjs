// Says which functions of ours run for requests while nothing drains, whatever is done to Node's objects.
import { roughWays, sayWhatRuns, unzip } from '@lameduck/conformance/subject'
import { GracefulModule } from '@lameduck/nestjs'
import { Module } from '@nestjs/common'
import { createApplication } from './create-application.mjs'

class AppModule {}
Module({ imports: [GracefulModule.forRoot({ platform: 'none', logger: false })] })(AppModule)
const app = await createApplication(AppModule)
app.use((req, res) => {
  if (req.method === 'POST') return unzip(req, res)
  roughWays[req.url]?.(req, res)
  res.end('fine')
})
await app.listen(0, '127.0.0.1')
await sayWhatRuns(app.getHttpServer().address().port, Object.keys(roughWays))
