-- Every pair of states: along an edge that needs no signature it goes, otherwise it is refused
-- (rule B3). A payout is put where it starts with its guards off.
create function t.edge(p_from text, p_to text) returns text language plpgsql as $$
declare
    id bigint := t.id('edge');
    answer text;
begin
    alter table core.payment disable trigger payment_guard;
    alter table core.payment disable trigger payment_facts;
    update core.payment set state = p_from, sent_at = t.at(), presumed_at = t.at(),
        moved_at = t.at(), accepted_at = t.at() where payment_id = id;
    alter table core.payment enable trigger payment_guard;
    alter table core.payment enable trigger payment_facts;
    answer := t.try(format('update core.payment set state = %L where payment_id = %s '
        'returning state', p_to, id));
    return answer;
end
$$;
select t.create('edge');
select t.same(format('%s to %s', f.state, g.state), t.edge(f.state, g.state),
    case when e.kind is not null and not e.is_signed then g.state else 'DB409 illegal-edge' end)
from unnest(array['CREATED', 'APPROVED', 'CANCELLED', 'REJECTED', 'SUBMITTED', 'ACCEPTED',
        'UNKNOWN', 'PRESUMED_PAID', 'PAID', 'FAILED', 'RECONCILED', 'NOT_PAID', 'RETURNED',
        'REPAID', 'CREDITED_BACK']) f (state)
cross join unnest(array['CREATED', 'APPROVED', 'CANCELLED', 'REJECTED', 'SUBMITTED', 'ACCEPTED',
        'UNKNOWN', 'PRESUMED_PAID', 'PAID', 'FAILED', 'RECONCILED', 'NOT_PAID', 'RETURNED',
        'REPAID', 'CREDITED_BACK']) g (state)
left join core.state_edge e on e.kind = 'payment' and e.from_state = f.state
    and e.to_state = g.state
where f.state <> g.state;
-- What only a request may do is marked so, and nothing leaves UNKNOWN by a signature.
select t.same('signed edges', string_agg(from_state || '>' || to_state, ' '
        order by from_state, to_state),
    'FAILED>CREDITED_BACK FAILED>PAID FAILED>REPAID NOT_PAID>CREDITED_BACK NOT_PAID>PAID '
    'NOT_PAID>REPAID PAID>NOT_PAID PRESUMED_PAID>NOT_PAID RECONCILED>PAID RETURNED>CREDITED_BACK '
    'RETURNED>REPAID') from core.state_edge where is_signed;
