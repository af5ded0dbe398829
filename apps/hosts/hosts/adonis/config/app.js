import { defineConfig } from '@adonisjs/core/http'

export const appKey = 'a key that is long enough for an example'
export const http = defineConfig({})
