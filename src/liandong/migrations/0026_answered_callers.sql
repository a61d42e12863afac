-- Whether a caller has had an answer before is asked at every intake: one probe, however many matters the number has brought.
CREATE INDEX orders_answered_by_caller ON orders ((caller->>'phone'), created_at)
    WHERE caller->>'phone' <> '' AND status IN ('answered', 'fed_back', 'closed', 'called_back', 'evaluated', 'guided');
