import express from 'express'
import { startApplication } from './standard-application.mjs'

startApplication(express)
