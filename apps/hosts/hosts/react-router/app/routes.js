import { route } from '@react-router/dev/routes'

export default [route('quick', './quick.js'), route('slow', './slow.js')]
