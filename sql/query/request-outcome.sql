-- What became of something that was signed and sent: whether the desk has the request, and the
-- reader's vote on it.
-- param 1 request_id text
select r.request_id, r.state, r.sha256, r.mine,
    exists (select from desk.approvals a where a.request_id = r.request_id
                and a.login = session_user) as voted
from desk.requests r
where r.request_id = $1::text
