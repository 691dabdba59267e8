-- Who has which part in a request and so may not have another; primary key of desk.request_person.
-- param 1 request_id text
select p.person, p.person_name, p.part
from desk.request_people p
where p.request_id = $1::text
