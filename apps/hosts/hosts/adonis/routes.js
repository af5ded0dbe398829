import router from '@adonisjs/core/services/router'
import { slow } from '../slow.mjs'

router.get('/quick', () => 'quick')
router.get('/slow', slow)
