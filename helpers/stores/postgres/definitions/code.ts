import { firstOwn, type Kind, ownerOf, ownMade, when } from './kind.ts';

const aggregate = `(SELECT concat_ws(' ', to_jsonb(a) - '{aggfnoid,aggtranstype,aggmtranstype,aggsortop}'::text[],
    aggtranstype::regtype, nullif(aggmtranstype, 0)::regtype, nullif(aggsortop, 0)::regoperator, proparallel)
  FROM pg_aggregate a WHERE aggfnoid = p.oid)`;

const functions: Kind = {
  kind: 'function',
  name: 'p.oid::regprocedure::text',
  parts: [
    `CASE WHEN p.prokind = 'a' THEN ${aggregate} ELSE pg_get_functiondef(p.oid) END`,
    'p.proacl::text',
    ownerOf('p.proowner'),
  ],
  from: `pg_proc p JOIN spaces s ON s.oid = p.pronamespace WHERE ${ownMade('pg_proc', 'p.oid')}`,
};

const types: Kind = {
  kind: 'type',
  name: 't.oid::regtype::text',
  parts: [
    't.typtype::text',
    "CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END",
    "CASE WHEN t.typtype = 'd' THEN 'COLLATE ' || nullif(t.typcollation, 0)::regcollation END",
    when('t.typnotnull', 'NOT NULL'),
    't.typdefault',
    '(SELECT array_agg(enumlabel ORDER BY enumsortorder)::text FROM pg_enum WHERE enumtypid = t.oid)',
    `(SELECT string_agg(concat_ws(' ', quote_ident(attname), format_type(atttypid, atttypmod),
        'COLLATE ' || nullif(attcollation, 0)::regcollation), ',' ORDER BY attnum)
      FROM pg_attribute WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped)`,
    `(SELECT concat_ws(' ', rngsubtype::regtype, opcname, nullif(rngcollation, 0)::regcollation,
        nullif(rngcanonical, 0)::regproc, nullif(rngsubdiff, 0)::regproc, rngmultitypid::regtype)
      FROM pg_range JOIN pg_opclass o ON o.oid = rngsubopc WHERE rngtypid = t.oid)`,
    `CASE WHEN t.typtype = 'b' THEN concat_ws(' ', typlen, typbyval, typcategory, typispreferred, typdelim,
      typelem::regtype, typinput, typoutput, typreceive, typsend, typmodin, typmodout, typanalyze, typsubscript,
      typalign, typstorage, typcollation) END`,
    't.typacl::text',
    ownerOf('t.typowner'),
  ],
  // A table has a type, and each type an array of it, of their own.
  from: `pg_type t JOIN spaces s ON s.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE (t.typtype IN ('e', 'd', 'r', 'p') OR (t.typtype = 'c' AND c.relkind = 'c')
        OR (t.typtype = 'b' AND t.oid NOT IN (SELECT typarray FROM pg_type)))
      AND ${ownMade('pg_type', 't.oid')}`,
};

const operators: readonly Kind[] = [
  {
    kind: 'operator',
    name: 'o.oid::regoperator::text',
    parts: [
      'oprcode::text',
      'oprcom::regoperator::text',
      'oprnegate::regoperator::text',
      'oprrest::text',
      'oprjoin::text',
      'oprcanmerge::text',
      'oprcanhash::text',
      ownerOf('oprowner'),
    ],
    from: 'pg_operator o JOIN spaces s ON s.oid = o.oprnamespace',
  },
  {
    kind: 'operator class',
    name: "concat(s.nspname, '.', opcname, ' USING ', amname)",
    parts: [
      'opcintype::regtype::text',
      'opcdefault::text',
      'opckeytype::regtype::text',
      '(SELECT quote_ident(opfname) FROM pg_opfamily f WHERE f.oid = opcfamily)',
      ownerOf('opcowner'),
    ],
    from: 'pg_opclass o JOIN pg_am m ON m.oid = opcmethod JOIN spaces s ON s.oid = o.opcnamespace',
  },
  {
    kind: 'operator family',
    name: "concat(s.nspname, '.', opfname, ' USING ', amname)",
    parts: [
      `(SELECT string_agg(concat_ws(' ', amopstrategy, amopopr::regoperator, amoppurpose), ', '
          ORDER BY amopstrategy, amopopr::regoperator::text) FROM pg_amop WHERE amopfamily = f.oid)`,
      `(SELECT string_agg(concat_ws(' ', amprocnum, amproc::regprocedure), ', '
          ORDER BY amprocnum, amproc::regprocedure::text) FROM pg_amproc WHERE amprocfamily = f.oid)`,
      ownerOf('opfowner'),
    ],
    from: 'pg_opfamily f JOIN pg_am m ON m.oid = opfmethod JOIN spaces s ON s.oid = f.opfnamespace',
  },
  {
    kind: 'cast',
    name: "concat(castsource::regtype, ' AS ', casttarget::regtype)",
    parts: ['castfunc::regprocedure::text', 'castcontext::text', 'castmethod::text'],
    from: `pg_cast WHERE oid >= ${firstOwn}`,
  },
  {
    kind: 'transform',
    name: "concat(trftype::regtype, ' FOR ', quote_ident(lanname))",
    parts: ['trffromsql::regproc::text', 'trftosql::regproc::text'],
    from: 'pg_transform t JOIN pg_language l ON l.oid = trflang',
  },
];

const textSearch: readonly Kind[] = [
  {
    kind: 'text search configuration',
    name: 'c.oid::regconfig::text',
    parts: [
      '(SELECT prsname FROM pg_ts_parser p WHERE p.oid = cfgparser)',
      `(SELECT string_agg(concat_ws(' ', maptokentype, mapdict::regdictionary), ',' ORDER BY maptokentype, mapseqno)
        FROM pg_ts_config_map WHERE mapcfg = c.oid)`,
      ownerOf('cfgowner'),
    ],
    from: 'pg_ts_config c JOIN spaces s ON s.oid = c.cfgnamespace',
  },
  {
    kind: 'text search dictionary',
    name: 'd.oid::regdictionary::text',
    parts: [
      '(SELECT tmplname FROM pg_ts_template t WHERE t.oid = dicttemplate)',
      'dictinitoption',
      ownerOf('dictowner'),
    ],
    from: 'pg_ts_dict d JOIN spaces s ON s.oid = d.dictnamespace',
  },
  {
    kind: 'text search parser',
    name: "s.nspname || '.' || quote_ident(prsname)",
    parts: ["concat_ws(' ', prsstart, prstoken, prsend, prsheadline, prslextype)"],
    from: 'pg_ts_parser p JOIN spaces s ON s.oid = prsnamespace',
  },
  {
    kind: 'text search template',
    name: "s.nspname || '.' || quote_ident(tmplname)",
    parts: ["concat_ws(' ', tmplinit, tmpllexize)"],
    from: 'pg_ts_template t JOIN spaces s ON s.oid = tmplnamespace',
  },
];

export const codeKinds: readonly Kind[] = [
  functions,
  types,
  ...operators,
  ...textSearch,
  {
    kind: 'collation',
    name: 'c.oid::regcollation::text',
    parts: ["(to_jsonb(c) - '{oid,collnamespace,collowner}'::text[])::text", ownerOf('collowner')],
    from: 'pg_collation c JOIN spaces s ON s.oid = c.collnamespace',
  },
  {
    kind: 'conversion',
    name: "s.nspname || '.' || quote_ident(conname)",
    parts: ["concat_ws(' ', conforencoding, contoencoding, conproc, condefault)", ownerOf('conowner')],
    from: 'pg_conversion c JOIN spaces s ON s.oid = c.connamespace',
  },
  {
    kind: 'language',
    name: 'quote_ident(lanname)',
    parts: [
      "concat_ws(' ', lanpltrusted, lanplcallfoid::regproc, laninline::regproc, lanvalidator::regproc)",
      'lanacl::text',
      ownerOf('lanowner'),
    ],
    from: `pg_language WHERE oid >= ${firstOwn} OR lanacl IS NOT NULL`,
  },
  {
    kind: 'access method',
    name: 'quote_ident(amname)',
    parts: ['amtype::text', 'amhandler::text'],
    from: `pg_am WHERE oid >= ${firstOwn}`,
  },
  {
    kind: 'event trigger',
    name: 'quote_ident(evtname)',
    parts: ['evtevent', 'evtfoid::regproc::text', 'evtenabled::text', 'evttags::text', ownerOf('evtowner')],
    from: 'pg_event_trigger',
  },
];
