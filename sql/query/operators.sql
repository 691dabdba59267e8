-- Operators: their roles, their channels, what they have claimed; primary key of desk.operator.
select o.login, o.person as person_name, o.person_id, o.roles, o.channels, o.claims,
    o.enrolled_at, o.ended_at
from desk.operators o
