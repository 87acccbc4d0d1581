import { resetSchema } from '../reset/index.ts';
import { firstOwn, type Kind, ownerOf } from './kind.ts';

/** Rights to what PostgreSQL or an extension has made, where they are not those that it was made with. */
const granted = (kind: string, catalogue: string, name: string, acl: string): Kind => ({
  kind,
  name: `g.oid::${name}::text`,
  parts: [`${acl}::text`],
  from: `${catalogue} g
    LEFT JOIN pg_init_privs i ON i.objoid = g.oid AND i.classoid = '${catalogue}'::regclass AND i.objsubid = 0
    LEFT JOIN members m ON m.objid = g.oid AND m.classid = '${catalogue}'::regclass
    WHERE (g.oid < ${firstOwn} OR m.objid IS NOT NULL) AND ${acl} IS DISTINCT FROM i.initprivs`,
});

export const databaseKinds: readonly Kind[] = [
  {
    kind: 'database',
    isElsewhere: true,
    name: "'rights, comment and limit'",
    // Whoever has granted a right makes no difference.
    parts: [
      `(SELECT string_agg(concat_ws(' ', CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
        privilege_type,
          CASE WHEN is_grantable THEN 'WITH GRANT OPTION' END), ', ' ORDER BY grantee::regrole::text, privilege_type)
        FROM aclexplode(datacl))`,
      "shobj_description(d.oid, 'pg_database')",
      "'CONNECTION LIMIT ' || datconnlimit",
    ],
    from: 'pg_database d WHERE d.oid = (SELECT oid FROM this)',
  },
  { kind: 'schema', name: 'quote_ident(nspname)', parts: ['nspacl::text', ownerOf('nspowner')], from: 'spaces' },
  {
    kind: 'extension',
    name: 'quote_ident(extname)',
    parts: ['extversion', "CASE WHEN nspname <> 'public' THEN quote_ident(nspname) END"],
    from: `pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE nspname <> '${resetSchema}'`,
  },
  granted('function', 'pg_proc', 'regprocedure', 'proacl'),
  granted('table', 'pg_class', 'regclass', 'relacl'),
  {
    kind: 'publication',
    name: 'quote_ident(pubname)',
    parts: [
      "(to_jsonb(p) - '{oid,pubname,pubowner}'::text[])::text",
      `(SELECT string_agg(to_jsonb(t)::text, ',' ORDER BY schemaname, tablename)
        FROM pg_publication_tables t WHERE t.pubname = p.pubname)`,
      ownerOf('pubowner'),
    ],
    from: 'pg_publication p',
  },
  {
    kind: 'published schema',
    name: "concat(quote_ident(pubname), ' ', pnnspid::regnamespace)",
    parts: ["''"],
    from: 'pg_publication_namespace JOIN pg_publication p ON p.oid = pnpubid',
    since: 150_000,
  },
  {
    kind: 'subscription',
    isElsewhere: true,
    name: 'quote_ident(subname)',
    parts: ['subenabled::text', 'subslotname::text', 'subsynccommit', 'subpublications::text', ownerOf('subowner')],
    from: 'pg_subscription WHERE subdbid = (SELECT oid FROM this)',
  },
  {
    kind: 'foreign data wrapper',
    name: 'quote_ident(fdwname)',
    parts: [
      "concat_ws(' ', fdwhandler::regproc, fdwvalidator::regproc)",
      'fdwoptions::text',
      'fdwacl::text',
      ownerOf('fdwowner'),
    ],
    from: 'pg_foreign_data_wrapper',
  },
  {
    kind: 'server',
    name: 'quote_ident(srvname)',
    parts: ['quote_ident(fdwname)', 'srvtype', 'srvversion', 'srvoptions::text', 'srvacl::text', ownerOf('srvowner')],
    from: 'pg_foreign_server JOIN pg_foreign_data_wrapper w ON w.oid = srvfdw',
  },
  {
    kind: 'user mapping',
    isElsewhere: true,
    name: "concat(quote_ident(usename), ' ', quote_ident(srvname))",
    parts: ['umoptions::text'],
    from: 'pg_user_mappings',
  },
  {
    kind: 'default privileges',
    name: "concat(defaclrole::regrole, ' ', nullif(defaclnamespace, 0)::regnamespace, ' ', defaclobjtype)",
    parts: ['defaclacl::text'],
    from: 'pg_default_acl',
  },
  {
    kind: 'large object',
    isElsewhere: true,
    name: 'oid::text',
    parts: ['md5(lo_get(oid))', 'lomacl::text', ownerOf('lomowner')],
    from: 'pg_largeobject_metadata',
  },
  {
    kind: 'dependency on an extension',
    name: 'pg_describe_object(classid, objid, objsubid)',
    parts: ["string_agg(pg_describe_object(refclassid, refobjid, refobjsubid), ', ' ORDER BY refobjid)"],
    from: "pg_depend WHERE deptype = 'x' GROUP BY classid, objid, objsubid",
  },
  {
    kind: 'comment',
    name: 'pg_describe_object(classoid, objoid, objsubid)',
    parts: ['description'],
    from: `pg_description
      WHERE objoid >= ${firstOwn} OR objoid = to_regnamespace('public') OR classoid = 'pg_extension'::regclass`,
  },
  {
    kind: 'security label',
    name: "concat(provider, ' ', pg_describe_object(classoid, objoid, objsubid))",
    parts: ['label'],
    from: 'pg_seclabel',
  },
  {
    kind: 'settings',
    isElsewhere: true,
    name: "CASE setrole WHEN 0 THEN 'database' ELSE 'role ' || setrole::regrole END",
    parts: ["array_to_string(setconfig, ', ')"],
    from: 'pg_db_role_setting WHERE setdatabase = (SELECT oid FROM this)',
  },
];
