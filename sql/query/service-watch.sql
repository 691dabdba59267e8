-- Late news and what rests too long (daybookd).
select late, aged, settled
from desk.watch()
