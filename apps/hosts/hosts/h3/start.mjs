import { serve } from 'h3'
import { app } from './app.mjs'

serve(app, { port: process.env.PORT })
