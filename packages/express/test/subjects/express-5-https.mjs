import { createServer } from 'node:https'
import { selfSigned } from '@lameduck/conformance/subject'
import express from 'express'
import { startApplication } from './standard-application.mjs'

startApplication(express, (app, ...where) => createServer(selfSigned, app).listen(...where))
