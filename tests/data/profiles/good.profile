# Facts that the shipped profiles do not use.
title     "All facts"
encoding  iso-8859-1
delimiter semicolon
quote     single
decimal   comma
thousands point
date      DD.MM. "DD.MM.YYYY hh:mm"   # two patterns
year      MM/YYYY
currency  eur
currency-word Euro EUR
mark      £ GBP
mark      EUR EUR
amounts   inverted
rows      newest-first
preamble  account Konto
column    date Datum Buchungstag
column    in   Haben
column    out  Soll
column    text Text
optional  balance Saldo
optional  status Status
status    gebucht booked
status    offen   pending
empty     - n/a
skip      text Zwischensumme
footer    totals Summe
footer    note  "Ende der Liste"
