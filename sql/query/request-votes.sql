-- Who signed a request, and how; primary key of desk.approval.
-- param 1 request_id text
select a.person, a.login, a.person_name, a.decision, a.at, a.reason
from desk.approvals a
where a.request_id = $1::text
