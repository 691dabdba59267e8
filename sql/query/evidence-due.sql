-- Payouts of channels without files that nothing closes yet; a definer function looks for them.
select w.payment_id, w.payment_no, w.channel_id, w.business_date, w.order_no, w.party, w.amount,
    w.currency, w.state as payment_state, w.standing as evidence_standing,
    w.classes as evidence_classes
from desk.evidence_waiting() w
