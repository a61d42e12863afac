-- Notices: messages between centres that concern no order (a catalogue's version, a day's root). They have a thread instead of a matter.
ALTER TABLE outbox ALTER COLUMN order_id DROP NOT NULL;
