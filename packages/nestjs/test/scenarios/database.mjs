// A provider owns a real database and closes it when Nest destroys it; every request asks it something, late.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { say, testOptions } from '@lameduck/conformance/subject'
import { GracefulModule, LIFECYCLE } from '@lameduck/nestjs'
import { Controller, Get, Inject, Module, Param } from '@nestjs/common'
import sqlite from 'node-sqlite3-wasm'
import { decorate, parameters } from '../subjects/decorate.mjs'
import { createApplication, listen } from './create-application.mjs'

const rows = 200

class Database {
  onModuleInit() {
    this.folder = mkdtempSync(join(tmpdir(), 'lameduck-sqlite-'))
    this.connection = new sqlite.Database(join(this.folder, 'database.sqlite'))
    this.connection.exec('CREATE TABLE fruit (id INTEGER PRIMARY KEY, name TEXT)')
    for (let id = 0; id < rows; id++) {
      this.connection.run('INSERT INTO fruit VALUES (?, ?)', [id, `fruit ${id}`])
    }
  }

  nameOf(id) {
    return this.connection.get('SELECT name FROM fruit WHERE id = ?', [id]).name
  }

  onModuleDestroy() {
    this.connection.close()
    rmSync(this.folder, { recursive: true })
    say({ event: 'closed' })
  }
}
decorate(Database, [])

class Fruits {
  waiting = 0

  constructor(lifecycle, database) {
    this.lifecycle = lifecycle
    this.database = database
  }

  async find(id) {
    if (++this.waiting === rows) say({ waiting: rows })
    await new Promise((resolve) => {
      this.lifecycle.onDrain(() => void setTimeout(resolve, 300 + 3 * Number(id)))
    })
    const name = this.database.nameOf(Number(id))
    say({ event: 'asked' })
    return { name, state: this.lifecycle.state }
  }
}
parameters(Fruits, undefined, [Inject(LIFECYCLE), Inject(Database)])
parameters(Fruits, 'find', [Param('id')])
decorate(Fruits, [Controller('fruits')], { find: [Get(':id')] })

class App {}
decorate(App, [
  Module({ imports: [GracefulModule.forRoot(testOptions())], controllers: [Fruits], providers: [Database] }),
])

await listen(await createApplication(App))
