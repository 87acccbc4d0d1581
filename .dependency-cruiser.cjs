'use strict';
/*
 * The architecture, as `npm run layers` keeps it. Arrows point one way; imports of types and dynamic imports count:
 *
 *   specs → fixtures → helpers ← reporters
 *
 *   in helpers     commands, testing → faults, clients → app, platform → cloud, stores, orchestration, terraform
 *                  → run → lib; app knows stores alone of these
 *   in platform    experiments, sessions, deployments → kernel
 *   in reporters   each → history; another's index.ts at most
 */
const tests = '[.](test|spec)[.]ts$';
const ours = '^(helpers|fixtures|specs|reporters)/';
const helpers = (...names) => `^helpers/(${names.join('|')})/`;

/** No file of `from` imports one of `to`. A test may import what it needs. */
const forbid = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { ...from, pathNot: [tests, from.pathNot ?? []].flat() },
  to,
});

/** A layer of helpers knows itself and what is below it. */
const layer = (name, comment, ...below) =>
  forbid(
    `${name}-stays-in-its-layer`,
    comment,
    { path: helpers(name) },
    { path: ours, pathNot: helpers(name, ...below) },
  );

module.exports = {
  forbidden: [
    { name: 'no-circles', comment: 'Not even of types.', severity: 'error', from: {}, to: { circular: true } },

    layer('lib', 'Knows only packages and Node.'),
    layer('run', 'Servers, folders and processes: what runs in them is passed in.', 'lib'),
    layer('stores', 'Databases know no platform.', 'run', 'lib'),
    layer('orchestration', 'Durable stores know neither platform nor other databases.', 'run', 'lib'),
    layer('terraform', 'A client of providers, and what one is made with, knows no platform.', 'run', 'lib'),
    layer('cloud', 'The control plane could serve any platform.', 'run', 'lib'),
    layer('app', 'Speaks to any platform, and knows none of ours.', 'stores', 'run', 'lib'),
    layer(
      'platform',
      'Can be swapped for the real one: knows no fixture and no fault.',
      'cloud',
      'terraform',
      'stores',
      'run',
      'lib',
    ),
    layer(
      'clients',
      'Speak to a platform and know its contract.',
      'app',
      'platform',
      'cloud',
      'terraform',
      'stores',
      'run',
      'lib',
    ),

    forbid(
      'kernel-is-told-what-it-starts',
      'The kernel knows no platform.',
      { path: '^helpers/platform/kernel/' },
      { path: '^helpers/platform/', pathNot: '^helpers/platform/kernel/' },
    ),
    forbid(
      'platforms-are-apart',
      'No platform knows another.',
      { path: '^helpers/platform/(experiments|sessions|deployments)/' },
      { path: '^helpers/platform/(experiments|sessions|deployments)/', pathNot: '^helpers/platform/$1/' },
    ),

    forbid(
      'faults-decorate-parts',
      'A fault knows the parts of what it breaks, a reporter’s too.',
      { path: helpers('faults') },
      {
        path: ['^(fixtures|specs|reporters)/', helpers('clients', 'commands', 'testing')],
        pathNot: '^reporters/[^/]+/parts[.]ts$',
      },
    ),
    forbid(
      'faults-come-from-outside',
      'Only commands, and what assembles a run, know that there are faults.',
      {
        pathNot: [
          helpers('faults', 'commands', 'testing'),
          '^fixtures/(masking|open-run|parts|app-parts)[.]ts$',
          '^playwright[.]config[.]ts$',
        ],
      },
      { path: helpers('faults') },
    ),
    forbid(
      'commands-are-started',
      'Nothing imports what an npm script starts.',
      { pathNot: helpers('commands') },
      { path: helpers('commands') },
    ),
    forbid(
      'testing-helps-tests-only',
      'Product code needs no test support.',
      { pathNot: helpers('testing') },
      { path: helpers('testing') },
    ),
    forbid(
      'helpers-know-no-playwright',
      'Only commands and testing do.',
      { path: '^helpers/', pathNot: helpers('commands', 'testing') },
      { path: '(^|/)node_modules/(@playwright/test|playwright|playwright-core)/' },
    ),

    forbid(
      'reporters-read-what-a-run-left',
      'They know measurements, the run, lib, and the inventory of what runs have on servers.',
      { path: '^reporters/' },
      { path: ours, pathNot: ['^reporters/', helpers('run', 'lib', 'stores/inventory')] },
    ),
    {
      name: 'reporters-keep-their-insides',
      comment: 'Another reporter’s index.ts alone, in tests too.',
      severity: 'error',
      from: { path: '^reporters/([^/]+)/' },
      to: { path: '^reporters/', pathNot: ['^reporters/$1/', '^reporters/[^/]+/index[.]ts$'] },
    },
    {
      name: 'specs-know-no-reporter',
      comment: 'Specs say what must hold of a platform.',
      severity: 'error',
      from: { path: '^specs/' },
      to: { path: '^reporters/' },
    },
    {
      name: 'specs-come-last',
      comment: 'Nothing imports a spec.',
      severity: 'error',
      from: {},
      to: { path: '^specs/.*[.]spec[.]ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true, // imports of types count
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
