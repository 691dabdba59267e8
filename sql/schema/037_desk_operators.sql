-- Claims go from one to another, and an operator ends: what he claimed is handed over, what he
-- proposed and nobody approved is withdrawn (rules B4, B19).

create function desk.handover_take(p_id bigint, p_version integer, p_to text, p_text text)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    x constant desk.exception := desk.exception_take(p_id, p_version);
    heir desk.operator;
begin
    select * into heir from desk.operator o where o.login = p_to and o.ended_at is null;
    if x.claimed_by is distinct from session_user::text
        and not pg_has_role(session_user, 'g_supervisor', 'member')
        and not pg_has_role(session_user, 'g_sysadmin', 'member') then
        perform desk.refuse('DB403', 'not-yours',
            format('id=X-%s owner=%s', p_id, coalesce(x.claimed_by, 'nobody')));
    elsif x.state not in ('CLAIMED', 'WAITING_BANK', 'WAITING_MERCHANT', 'WAITING_CARD', 'POSTED')
    then
        perform desk.refuse('DB412', 'illegal-edge', format('id=X-%s from=%s to=CLAIMED', p_id,
            x.state));
    elsif heir.login is null or not exists (
            select from pg_catalog.pg_roles r, unnest('{g_clearing,g_supervisor,g_support}'::text[])
                g
            where r.rolname = heir.login and pg_has_role(r.oid, g, 'member'))
        or not coalesce(heir.channels is null or x.channel_id = any (heir.channels), false) then
        perform desk.refuse('DB400', 'heir-unfit', format('login=%s id=X-%s', coalesce(p_to, ''),
            p_id));
    end if;
    perform desk.exception_move(x, 'handover', x.state, concat_ws(' ', 'to ' || p_to,
        nullif(p_text, '')), x.due, p_to);
end
$$;
comment on function desk.handover_take(bigint, integer, text, text) is
    'One claim goes to another who may work it (rule B4).';

create function desk.exception_handover(p_ids bigint[], p_versions integer[], p_to text,
    p_text text default '') returns table (exception_id bigint, outcome text, detail text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform desk.exception_may('handover');
    if cardinality(p_ids) > 10000 then
        perform desk.refuse('DB420', 'too-many', 'limit=10000');
    end if;
    for n in 1 .. coalesce(cardinality(p_ids), 0) loop
        exception_id := p_ids[n];
        outcome := 'done';
        detail := '';
        begin
            perform desk.handover_take(p_ids[n], p_versions[n], p_to, p_text);
        exception when sqlstate 'DB400' or sqlstate 'DB403' or sqlstate 'DB404' or sqlstate 'DB409'
            or sqlstate 'DB412' then
            get stacked diagnostics outcome = message_text, detail = pg_exception_detail;
        end;
        return next;
    end loop;
end
$$;
comment on function desk.exception_handover(bigint[], integer[], text, text) is
    'Hands claims over: one''s own, or as a supervisor anybody''s (rule B4).';

-- Called by the one function that ends operators. Without an heir what was only claimed is open
-- again; what stands in suspense needs somebody.
create function desk.claims_end(p_login text, p_heir text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    r desk.request;
    x desk.exception;
    n integer := 0;
begin
    for r in select q.* from desk.request q
             where q.maker = p_login and q.state in ('PENDING', 'PARTLY_APPROVED')
             order by q.request_id for update
    loop
        perform desk.request_move(r, 'withdraw', 'WITHDRAWN', 'Its maker has left.');
    end loop;
    for x in select e.* from desk.exception e
             where e.claimed_by = p_login and e.open and e.state <> 'APPROVED'
             order by e.exception_id for update
    loop
        n := n + 1;
        if p_heir is not null then
            perform desk.handover_take(x.exception_id, null, p_heir, '');
            continue;
        elsif x.state = 'POSTED' then
            perform desk.refuse('DB400', 'heir-unfit', format('login= id=X-%s', x.exception_id));
        elsif x.state <> 'CLAIMED' then
            perform desk.exception_move(x, 'resume', 'CLAIMED', '', null, p_login);
            x.state := 'CLAIMED';
        end if;
        perform desk.exception_move(x, 'release', 'OPEN', 'Its owner has left.', null, null);
    end loop;
    return n;
end
$$;
comment on function desk.claims_end(text, text) is 'What becomes of the work of one who leaves.';

create function desk.operator_end(p_login text, p_heir text default null) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    n integer;
begin
    if not pg_has_role(session_user, 'g_sysadmin', 'member') then
        perform desk.refuse('DB403', 'not-allowed', 'action=operator-end');
    elsif p_login = session_user then
        perform desk.refuse('DB403', 'not-yourself', 'login=' || p_login);
    elsif not exists (select from desk.operator o where o.login = p_login and o.ended_at is null)
    then
        perform desk.refuse('DB404', 'operator-unknown', 'login=' || coalesce(p_login, ''));
    end if;
    perform desk.actor();
    n := desk.claims_end(p_login, p_heir);
    update desk.operator o set ended_at = desk.now() where o.login = p_login;
    execute format('alter role %I password null', p_login);
    insert into desk.audit_entry (action, object, detail)
    values ('operator-end', p_login, format('claims=%s heir=%s', n, coalesce(p_heir, '-')));
    return n;
end
$$;
comment on function desk.operator_end(text, text) is
    'Ends an operator and hands his claims over (rule B19).';

do $$
declare
    f text;
begin
    foreach f in array array['handover_take(bigint, integer, text, text)',
        'exception_handover(bigint[], integer[], text, text)', 'claims_end(text, text)'] loop
        execute format('alter function desk.%s owner to def_case', f);
        execute format('revoke all on function desk.%s from public', f);
    end loop;
end
$$;
alter function desk.operator_end(text, text) owner to def_enrol;
revoke all on function desk.operator_end(text, text) from public;
grant execute on function desk.claims_end(text, text) to def_enrol;
grant execute on function desk.exception_handover(bigint[], integer[], text, text)
    to g_clearing, g_supervisor;
grant execute on function desk.operator_end(text, text) to g_sysadmin;
