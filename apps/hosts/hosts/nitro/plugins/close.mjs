import { defineNitroPlugin } from 'nitropack/runtime'

export default defineNitroPlugin(({ hooks }) => {
  hooks.hook('close', () => console.log('{"theirs":true}'))
})
