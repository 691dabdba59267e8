-- What must hold of every object, asked of the catalogue. Each query begins with `-- rule` and
-- gives a row for each object that breaks it: the rule's sentence and the object. No rows is what
-- is wanted. tests/sql/run counts the rules and what they find.
\set ours '(''core''::regnamespace, ''desk''::regnamespace, ''paycore''::regnamespace)'

-- rule
select 'a security definer function pins its search_path and pg_temp is last', p.oid::regprocedure
from pg_proc p
where p.pronamespace in :ours and p.prosecdef
    and not coalesce('search_path=pg_catalog, pg_temp' = any (p.proconfig), false);

-- rule
-- A body in standard SQL is bound when it is made: what a path says later changes nothing.
select 'every other function pins it too', p.oid::regprocedure
from pg_proc p
where p.pronamespace in :ours and not p.prosecdef and p.prosqlbody is null
    and not coalesce('search_path=pg_catalog, pg_temp' = any (p.proconfig), false);

-- rule
-- The owners' own are named: partitions and figures, which take a day or nothing, and small readers
-- of what is everybody's.
select 'a security definer function belongs to a definer', p.oid::regprocedure
from pg_proc p
where p.pronamespace in :ours and p.prosecdef
    and p.proowner::regrole::text !~ '^def_(read|import|match|case|feed|enrol|end|core|audit)$'
    and p.oid::regprocedure::text not in (
        'core.payment_partition(date)', 'core.payment_figures(date)', 'core.journal_hold()',
        'desk.line_partition(date)',
        'desk.line_day_build(date,bigint,integer,integer,bigint)', 'desk.line_day_attach(date)',
        'desk.stage_analyze()',
        'desk.now()', 'desk.actor()', 'desk.sees_all()', 'desk.my_channels()',
        'desk.is_business_day(text,date)', 'desk.business_day_add(text,date,integer)',
        'desk.business_days(text,date,date)', 'desk.channel_has_lock()');

-- rule
select 'every function belongs to an owner or a definer', p.oid::regprocedure
from pg_proc p
where p.pronamespace in :ours
    and p.proowner::regrole::text !~ '^(own|def)_';

-- rule
select 'no function is everybody''s to call', p.oid::regprocedure
from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
where p.pronamespace in :ours and a.grantee = 0;

-- rule
select 'advisory locks and large objects are nobody''s to take or make',
    p.oid::regprocedure
from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
where p.pronamespace = 'pg_catalog'::regnamespace and a.grantee = 0
    and (p.proname ~ '^pg_(try_)?advisory_' or p.proname in ('lo_creat', 'lo_create',
        'lo_from_bytea'));

-- rule
select 'no function is strict: a null must not pass a check by', p.oid::regprocedure
from pg_proc p
where p.pronamespace in :ours and p.proisstrict;

-- rule
select 'every function says what it is for', p.oid::regprocedure
from pg_proc p
where p.pronamespace in :ours
    and coalesce(obj_description(p.oid, 'pg_proc'), '') = '';

-- rule
select 'every view says what it is for', c.oid::regclass
from pg_class c
where c.relnamespace in :ours and c.relkind = 'v'
    and coalesce(obj_description(c.oid, 'pg_class'), '') = '';

-- rule
-- match_now is read by definers alone, the owner's own view of the owner's tables.
select 'a view belongs to def_read', c.oid::regclass
from pg_class c
where c.relnamespace in :ours and c.relkind = 'v'
    and c.relowner::regrole::text <> 'def_read' and c.oid <> 'desk.match_now'::regclass;

-- rule
select 'a view runs with its owner''s rights, not the reader''s', c.oid::regclass
from pg_class c
where c.relnamespace in :ours and c.relkind = 'v'
    and c.reloptions::text ~ 'security_invoker=(true|on|1)';

-- rule
-- Either the view is a barrier with the scope in it, or every table under it that has a channel
-- carries the scope itself as a row policy.
select 'a view is a barrier or its tables carry the scope', format('%s over %s', v.oid::regclass,
    t.oid::regclass)
from pg_class v
join pg_rewrite r on r.ev_class = v.oid
join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    and d.refclassid = 'pg_class'::regclass
join pg_class t on t.oid = d.refobjid and t.relkind in ('r', 'p')
where v.relnamespace in :ours and v.relkind = 'v'
    and v.relowner::regrole::text = 'def_read'
    and not coalesce(v.reloptions::text ~ 'security_barrier=(true|on|1)', false)
    and not t.relrowsecurity
    and exists (select from pg_attribute a where a.attrelid = t.oid
                and a.attname in ('channel_id', 'file_id', 'exception_id', 'line_id'))
    and t.oid not in (
        -- Reached only through a row that is in scope: matches of a line, accounts of a channel,
        -- items of a request.
        'desk.request_item'::regclass,
        'desk.match'::regclass, 'desk.match_item'::regclass, 'desk.match_end'::regclass,
        'desk.channel_account'::regclass)
group by 2;

-- rule
select 'where there are row policies, def_read''s is the scope', t.oid::regclass
from pg_class t
where t.relnamespace in :ours and t.relrowsecurity
    and not exists (
        select from pg_policy p
        where p.polrelid = t.oid and p.polroles = array['def_read'::regrole::oid]
            and p.polcmd = 'r'
            and pg_get_expr(p.polqual, p.polrelid) ~ case t.oid when 'desk.audit_entry'::regclass
                then 'actor = SESSION_USER' else 'my_channels|statement_file' end);

-- rule
select 'no policy is everybody''s or a group''s', format('%s on %s', p.polname,
    p.polrelid::regclass)
from pg_policy p, unnest(p.polroles) r
where r = 0 or r::regrole::text !~ '^def_';

-- rule
select 'nobody but its owner has more than SELECT on a view', c.oid::regclass
from pg_class c, aclexplode(c.relacl) a
where c.relnamespace in :ours and c.relkind = 'v'
    and a.grantee <> c.relowner and a.privilege_type <> 'SELECT';

-- rule
select 'a table belongs to its schema''s owner', c.oid::regclass
from pg_class c
where c.relnamespace in :ours
    and c.relkind in ('r', 'p', 'S', 'm', 'f')
    and c.relowner::regrole::text <> 'own_' || c.relnamespace::regnamespace::text;

-- rule
-- The owner of lines reads a day's payments, and no more: it alone can make a large day's table.
select 'tables are granted to definers, groups may only put staged rows in',
    format('%s to %s', c.oid::regclass, a.grantee::regrole)
from pg_class c, aclexplode(c.relacl) a
where c.relnamespace in :ours
    and c.relkind in ('r', 'p', 'S') and a.grantee <> c.relowner
    and a.grantee::regrole::text !~ '^def_'
    and not (c.oid::regclass::text ~ '^core\.payment_[0-9]{8}$' and a.privilege_type = 'SELECT'
             and a.grantee::regrole::text = 'own_desk')
union all
select 'tables are granted to definers, groups may only put staged rows in',
    format('%s.%s to %s', c.oid::regclass, t.attname, a.grantee::regrole)
from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
where c.relnamespace in :ours
    and a.grantee::regrole::text !~ '^def_'
    and not (c.relname ~ '^stage(_|$)' and a.privilege_type = 'INSERT' and t.attname <> 'importer');

-- rule
select 'nobody may pass a right on', format('%s to %s', c.oid::regclass, a.grantee::regrole)
from pg_class c, aclexplode(c.relacl) a
where c.relnamespace in :ours and a.is_grantable
    and a.grantee <> c.relowner;

-- rule
select 'owners, definers and groups cannot log in', r.rolname
from pg_roles r where r.rolname ~ '^(own|def|g)_' and r.rolcanlogin;

-- rule
select 'no login and no owner is above the rules', r.rolname
from pg_roles r
where r.rolname !~ '^pg_' and r.rolname <> 'postgres'
    and (r.rolsuper or r.rolbypassrls or r.rolreplication or r.rolcreatedb
         or r.rolcreaterole and r.rolname <> 'def_enrol');

-- rule
select 'nobody is a member of an owner or a definer', format('%s in %s', m.member::regrole,
    m.roleid::regrole)
from pg_auth_members m where m.roleid::regrole::text ~ '^(own|def)_';

-- rule
select 'a login is in groups only, and has no option to pass them on', format('%s in %s',
    m.member::regrole, m.roleid::regrole)
from pg_auth_members m join pg_roles r on r.oid = m.member
where r.rolcanlogin and r.rolname <> 'postgres'
    and (m.roleid::regrole::text !~ '^g_' or m.admin_option);

-- rule
select 'a login owns nothing', format('%s %s', d.classid::regclass, d.refobjid::regrole)
from pg_shdepend d join pg_roles r on r.oid = d.refobjid
where d.refclassid = 'pg_authid'::regclass and d.deptype = 'o' and r.rolcanlogin
    and r.rolname <> 'postgres';

-- rule
select 'everybody has nothing on the database and no schema but the catalogue', n.nspname
from pg_namespace n, aclexplode(n.nspacl) a
where a.grantee = 0 and n.nspname not in ('pg_catalog', 'information_schema')
union all
select 'everybody has nothing on the database and no schema but the catalogue', d.datname
from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
where d.datname = current_database() and a.grantee = 0;

-- rule
select 'temporary tables are for the definers that keep work sets in them', a.grantee::regrole
from pg_database d, aclexplode(d.datacl) a
where d.datname = current_database() and a.privilege_type = 'TEMPORARY'
    and a.grantee::regrole::text not in ('postgres', 'def_match', 'def_import');

-- rule
select 'new functions of owners and definers are nobody''s to call', r.rolname
from pg_roles r
where r.rolname ~ '^(own|def)_' and not exists (
    select from pg_default_acl d
    where d.defaclrole = r.oid and d.defaclnamespace = 0 and d.defaclobjtype = 'f'
        and not exists (select from aclexplode(d.defaclacl) a where a.grantee = 0));

-- rule
select 'what is evidence is never changed: rows', t.name
from unnest(array['audit_entry', 'audit_chain', 'audit_head', 'match', 'match_item', 'match_end',
                  'exception_event', 'statement_bytes', 'statement_fault', 'statement_check',
                  'request_person', 'approval', 'request_event', 'request_receipt', 'evidence',
                  'evidence_approval', 'backup']) t (name)
where (select count(*) from pg_trigger g
       where g.tgrelid = ('desk.' || t.name)::regclass and g.tgenabled = 'O'
           and g.tgfoid = 'desk.deny_change()'::regprocedure) <> 2;

-- rule
select 'what the core keeps is never changed: rows', t.name
from unnest(array['core.payment_event', 'core.payment_query', 'core.journal', 'core.posting',
                  'paycore.idempotency', 'paycore.statement_receipt', 'paycore.statement_line',
                  'paycore.repaid', 'paycore.snapshot', 'paycore.request', 'paycore.request_item',
                  'paycore.request_word', 'paycore.signed_move', 'core.execution',
                  'core.execution_item', 'core.closed_day', 'paycore.audit_entry']) t (name)
where (select count(*) from pg_trigger g
       where g.tgrelid = t.name::regclass and g.tgenabled = 'O'
           and g.tgfoid in ('core.rows_stay()'::regprocedure,
               'paycore.rows_stay()'::regprocedure)) <> 2;

-- rule
select 'every table has a key', c.oid::regclass
from pg_class c
where c.relnamespace in :ours and c.relkind in ('r', 'p')
    and c.relpersistence = 'p' and not c.relispartition
    and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p');

-- rule
select 'every constraint holds for what is there', format('%s on %s', k.conname,
    k.conrelid::regclass)
from pg_constraint k
where k.connamespace in :ours and not k.convalidated;

-- rule
select 'money is a whole number of minor units', format('%s.%s', c.oid::regclass, a.attname)
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace in :ours
    and c.relkind in ('r', 'p', 'v') and a.attnum > 0 and not a.attisdropped
    and a.atttypid in ('float4'::regtype, 'float8'::regtype, 'numeric'::regtype, 'money'::regtype);

-- rule
select 'accounts of payees leave the desk masked', c.oid::regclass
from pg_class c
where c.relnamespace = 'desk'::regnamespace and c.relkind = 'v'
    and has_table_privilege('g_operator', c.oid, 'select')
    and exists (
        select from pg_rewrite w
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
        join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        where w.ev_class = c.oid and d.refclassid = 'pg_class'::regclass
            and d.refobjid in ('desk.line'::regclass, 'core.payment'::regclass)
            and a.attname in ('payee_account', 'party_account'))
    and regexp_replace(pg_get_viewdef(c.oid),
        'account_masked\(\w+\.\w+\) AS \w+', '', 'g') ~ '(payee|party)_account';
