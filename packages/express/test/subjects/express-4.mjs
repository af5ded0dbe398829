import express from 'express4'
import { startApplication } from './standard-application.mjs'

startApplication(express)
