import type { Cases } from './case.js'
import { deployment, dockerfile, probes, service } from './manifests.js'

const tcp = (comment: string) => ({
  's.yaml': service(),
  'd.yaml': deployment({ container: `readinessProbe:\n  ${comment}\n  tcpSocket: { port: http }` }),
})

export const metaCases: Cases = {
  M01: [
    {
      name: 'a template of Helm',
      says: 'unknown',
      severity: 'info',
      at: 't/d.yaml:4',
      files: { 't/d.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Values.name }}\n' },
    },
    {
      name: 'a patch that is not said to be one',
      says: 'unknown',
      files: {
        'd.yaml':
          'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: shop }\nspec: { template: { spec: { containers: [{ name: shop }] } } }\n',
      },
    },
    {
      name: 'braces in a text',
      says: 'nothing',
      files: {
        'c.yaml': `${deployment({ env: '- { name: TEXT, value: "{{ name }}" }' })}---\napiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    {{ b }}\n`,
      },
    },
  ],
  M02: [
    {
      name: 'two Dockerfiles, and neither is it',
      says: 'unknown',
      files: { 'd.yaml': deployment(), 'a/Dockerfile': dockerfile(), 'b/Dockerfile': dockerfile() },
    },
    { name: 'one Dockerfile', says: 'nothing', files: { 'd.yaml': deployment(), Dockerfile: dockerfile() } },
  ],
  M05: [
    {
      name: 'YAML that is none',
      says: 'unknown',
      at: 'd.yaml:4',
      files: { 'd.yaml': 'apiVersion: v1\nkind: Pod\nspec: [a, b\n' },
    },
    {
      name: 'one document of two',
      says: 'unknown',
      files: { 'd.yaml': `apiVersion: v1\nkind: Pod\nspec: ]\n---\n${deployment()}` },
    },
    { name: 'binary', says: 'unknown', files: { Dockerfile: 'FROM\0\0' } },
    {
      name: 'JSON that is none',
      says: 'unknown',
      at: 'package.json:1',
      files: { 'package.json': '{ "scripts": ' },
    },
    { name: 'a Dockerfile without a stage', says: 'unknown', files: { Dockerfile: 'RUN true\n' } },
    { name: 'a file of unknown kind that was named', says: 'unknown', files: { 'x.yaml': 'a: [b\n' } },
    { name: 'all is well', says: 'nothing', files: { 'd.yaml': deployment() } },
  ],
  M06: [
    {
      name: 'no reason',
      says: 'fail',
      severity: 'warning',
      at: 'd.yaml:20',
      files: tcp('# doctor-ignore K02'),
    },
    {
      name: 'a reason that does not stand behind two dashes',
      says: 'fail',
      computed: 'K02',
      files: tcp('# doctor-ignore K02: the mesh probes it'),
    },
    { name: 'a reason', says: 'nothing', files: tcp('# doctor-ignore K02 -- the mesh probes it') },
  ],
  M07: [
    {
      name: 'no such rule',
      says: 'fail',
      severity: 'warning',
      computed: 'K99',
      files: tcp('# doctor-ignore K99 -- the mesh probes it'),
    },
    {
      name: 'no rule at all',
      says: 'fail',
      computed: 'ALL -- THE MESH PROBES IT',
      files: tcp('# doctor-ignore all -- the mesh probes it'),
    },
  ],
  M08: [
    {
      name: 'nothing to suppress',
      says: 'fail',
      severity: 'warning',
      files: {
        's.yaml': service(),
        'd.yaml': deployment({ container: `# doctor-ignore K02 -- the mesh\n${probes}` }),
      },
    },
    { name: 'it suppresses', says: 'nothing', files: tcp('# doctor-ignore K02 -- the mesh probes it') },
  ],
}
