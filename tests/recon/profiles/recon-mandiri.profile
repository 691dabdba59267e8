# One of five layouts of the public reconciliation sample: three columns, money out is negative.
title     "Reconciliation sample, mandiri"
encoding  utf-8
date      YYYY-MM-DD
currency  IDR

column    bank-ref UniqueIdentifier
column    date     Date
column    amount   Amount
