-- The header of every file of sql/procedures, for jumun_help. Written by `UPDATE_GOLDEN=1 make test T=jumun_help`,
-- never by hand; `make test` compares. What has no file any more goes with the next load.
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

START TRANSACTION;
DELETE FROM shop_help;
DELIMITER //
INSERT INTO shop_help (routine, area, summary, help) VALUES
('_note_audit', 'admin',
'Keeps the result of an audit',
'_note_audit: keep when shop_audit last ran, and what it found, for a monitor.

Parameters
  pi_found  violations
Returns nothing
Errors  none: where nothing can be written, an audit is still an audit
Locks   the row of the audit in shop_health, in a transaction of its own
Example
  CALL _note_audit(0);'),
('_note_audit_marks', 'admin',
'Keeps how far an audit has come',
'_note_audit_marks: note how far shop_audit_new has come, and where it has to look again.

Parameters
  pi_found   JSON array of what was found: objects with order, its number
  pi_order, pi_log, pi_message, pi_duty  the last numbers that need not be looked at again;
             NULL = as it was
  pi_begun   UTC; when it began to look: what a later call has found stays
Returns nothing
Errors  none: where nothing can be written, the next call looks at the same once more
Locks   shop_audit_marks, shop_audit_found, in a transaction of its own
Example
  CALL _note_audit_marks(''[]'', NULL, NULL, NULL, NULL, UTC_TIMESTAMP(6));'),
('_take_over', 'admin',
'Takes over what older procedures wrote',
'_take_over: bring what older procedures wrote up to what these ones expect. `jumun db load` calls
it when these were not loaded before: at an upgrade, and when somebody went back to older files
and comes forward again (sql/README.md: Backup, upgrade, way back).

- Orders that were made meanwhile have no seal: they get one. So does an order whose cart was
  restored meanwhile, if nothing else in it differs. Whatever else a hand has changed stays for
  shop_audit to find.
- Payment gateways that were entered meanwhile were not read: those whose patterns prove every
  border are, the others take no new orders (see Adapters from before, sql/README.md). shop_audit
  names them.
- Points and cash: see _take_over_credits.

Parameters  none
Returns one row: result, order_count, adapter_count, credit_count (what was changed)
Errors  CASH_NOT_ENOUGH, see _take_over_credits
Locks   shop_orders rows that it seals, points and cash, shop_pg_adapters rows
Example
  CALL _take_over();'),
('finish_job', 'admin',
'Gives a leased job back',
'finish_job: give a leased job back, with what came of it.

Parameters
  pi_job_name  job
  pi_holder    process that leased it; a lease that went to another one since is left alone
  pi_result    what it answered, cut at 200 characters; one that begins with ''result OK'' counts
               as a success
Returns one row: result
Errors  none
Locks   the shop_jobs row
Example
  CALL finish_job(''shop_order_expire'', ''by hand'', ''expired 3'');'),
('jumun_help', 'admin',
'What a routine does and how it is called',
'jumun_help: what a routine does, what it takes, returns, raises and locks, with an example: the
header of its file. Without a name, the routines that may be called from outside.

Parameters
  pi_routine  name of any routine, view or trigger of jumun; NULL or '''' = the list of the public
              routines
Returns one row: result, routine_count (of the list; 1 with a name)
then, without a name, routines: area, routine, summary
then, with a name, lines: help, one row a line
Errors  INVALID_INPUT: nothing of jumun has this name
Locks   none
Example
  CALL jumun_help(''shop_order_insert'');
  CALL jumun_help(NULL);'),
('lease_job', 'admin',
'Leases a background job that is due',
'lease_job: give a gateway process one background job that is due, if any. Nobody else gets it
before the lease ends or finish_job gives it back; a process that dies with it only delays it. A
lease or a next run that is further ahead than its own length was written by a clock that has
gone back since: it counts as over. (So a job is put off by is_enabled = 0,
not by its next_run_at.)

Parameters
  pi_holder  name of the process
Returns one row: result, job_name (NULL = nothing is due), batch_size, lease_seconds
Errors  INVALID_INPUT
Locks   the shop_jobs row, locked ones are skipped
Example
  CALL lease_job(''by hand'');'),
('select_adm_abandoned_carts', 'admin',
'Buyers who left something in the cart',
'select_adm_abandoned_carts: buyers who left something in the cart: nothing of it was added or
changed for some hours, and they were not contacted since (update_adm_cart_contacted). A cart
that is changed afterwards and left again is listed again.

What was bought now and not ordered is no cart, nor are rows whose order waits for its payment.

A page is found by reading on behind the last buyer of the page before, at most 20,000 cart rows:
where few are left, it may have fewer buyers than asked for, or none, and there are more all
the same. It is at its end when next_after is NULL.

Parameters
  pi_shop_id  shop
  pi_hours    so long ago at least, 1 to 8760; NULL or '''' = 24
  pi_after    next_after of the page before; NULL or '''' = the first page
  pi_limit    at most so many buyers, 1 to 200; NULL or '''' = 100
Returns one row: result, currency, cart_count (buyers on this page), next_after
then the buyers by user_id: user_id, item_count (rows), unit_count, amount (of the rows that can
  be ordered, at today''s price), oldest_change, newest_change, contacted_at (about an earlier
  cart; NULL = never)
Errors  INVALID_INPUT, SHOP_NOT_FOUND
Locks   none
Example
  CALL select_adm_abandoned_carts(1, ''24'', NULL, ''100'');'),
('select_adm_metrics', 'admin',
'Figures of the shop for a monitor',
'select_adm_metrics: what a monitor should see of the shop as a whole, for /metrics. Each figure
is found by an index and counted to 10,000 at most. A figure is added here, without a new build.

Parameters  none
Returns one row: result, job_count
then metrics: metric, help, label_name, label_value (both NULL = none), value.
  All can go up and down.
then known: kind (job | event), name: what a gateway counts by itself,
  so that its counters begin with 0
Errors  none
Locks   none
Example
  CALL select_adm_metrics();'),
('select_adm_order_modes', 'admin',
'Orders of a period, from the cart or bought now',
'select_adm_order_modes: how a shop''s orders came about in a period: from the cart or by "buy
now" (told by their rows, see add_shop_cart_buy_now; of orders from before that routine by the
shop''s word), what they were worth, and how long their items had lain in the cart.

An order keeps the number of the cart row that each line was made of, and not when it was added:
that is told by shop_cart_clock, which notes once a minute which numbers were given. So a time
in the cart is known to half a minute, and not known at all of lines from before the job ran, or
from while it did not run. Units that are added to a row do not make it younger.

Parameters
  pi_shop_id  shop
  pi_from     UTC, YYYY-MM-DD HH:MM:SS: orders made from then on
  pi_to       UTC, the same: orders made before then
Returns one row: result, currency, time_from, time_to
then two rows, cart and direct: order_mode, order_count, total_payment, paid_count, paid_total
  (of those that are paid now, by shop_order_statuses), line_count, and of lines whose time in
  the cart is known: known_count, lay_min, lay_avg, lay_max, in seconds; NULL where none is
Errors  INVALID_INPUT, SHOP_NOT_FOUND
Locks   none
Example
  CALL select_adm_order_modes(1, ''2026-11-01 00:00:00'', ''2026-12-01 00:00:00'');'),
('select_adm_pg_duties', 'admin',
'What is owed',
'select_adm_pg_duties: what is owed to buyers or must be asked of a payment gateway.

Parameters
  pi_shop_id  shop; NULL or '''' = all
  pi_state    owed | done | withdrawn; NULL or '''' = owed
Returns one row: result, duty_count (of all, not only the rows shown; 10000 = that many or more)
then at most 1,000 duties, most urgent first: duty_no, shop_id, duty, reason, amount, state,
  overdue, order_number, order_code, order_status, pg, merchant_id, pg_tx, due_at, attempts,
  create_date, done_at, closed_by, proof, close_reason; order_number and pg_tx are those of the
  message where no order and no payment bears them
Errors  INVALID_INPUT
Locks   none
Example
  CALL select_adm_pg_duties(NULL, ''owed'');'),
('select_error_codes', 'admin',
'The error catalogue',
'select_error_codes: the error catalogue.

Parameters  none
Returns one row: result, error_count
then errors: errno, code, http_status, retryable, repeat_call, title_ko, title_en, remedy
Errors  none
Locks   none
Example
  CALL select_error_codes();'),
('select_gateway_health', 'admin',
'Whether the procedures can do their work',
'select_gateway_health: can the procedures do their work here? Whether their owner is there and
may do what they need, whether the server is set up for them, and whether a write comes to its
end. For /ready, db check and a DBA.

A write is tried only when nothing is known to have been written for 10 seconds, neither by a job
nor by another probe: a disk or a binary log that is full makes it wait, and the caller with it,
so call this with a time limit.

Parameters  none
Returns one row: result, problem_count, takes_writes, written_at (UTC; the newest write that is
  known to have come to its end)
then problems: problem, remedy
Errors  none of our own: the engine''s, if the owner lacks a right or the server takes no write
Locks   the row of the probe in shop_health, passed over when it is locked
Example
  CALL select_gateway_health();'),
('select_gateway_keys', 'admin',
'Keys and origins for the gateway',
'select_gateway_keys: which API keys and tickets the gateway accepts, and from where. Granted to
the gateway alone.

Parameters  none
Returns one row: result, key_count
then keys: shop_id, key_sha256;
  ticket_keys: shop_id, key_no, inner_block, outer_block (hex, lower case);
  shops: shop_id, allowed_origins_json, expired_url
    (where a browser goes whose ticket has expired);
  payment accounts: pg, merchant_id, unread_url
    (where one goes that comes from paying with what cannot be read,
    with {code} where the reason belongs)
Errors  none
Locks   none
Example
  CALL select_gateway_keys();'),
('shop_audit', 'admin',
'Checks every invariant',
'shop_audit: check every invariant. None violated = everything adds up.

Parameters  none
Returns one row: result, violation_count
then one row per violation, at most 1,000: invariant, shop_id, subject, detail
  cart        a cart row that was ordered is still in the cart, a buyer has two rows of one
              product and option, or a cart''s header is not what its rows say
  order       an order was changed past the routines
  totals      lines and header of an order differ
  stock       ledger <> free + held + sold, per product and option
  reservation units reserved <> units ordered, or they do not fit the order
  payment     a paid order without exactly one payment of exactly its total, a payment without a
              paid order, or one that is not what the payment gateway said
  duty        money that was taken and neither settles an order nor is owed back, or a duty that
              cannot be
  contradiction  two things were said about one transaction, until the duty to find out is closed
  log         an order whose log does not lead to its status by allowed moves
  price       what is on sale is not what products, options and policies say, or an order line
              does not say what its price row says
  server      binlog_format is STATEMENT: a page that changes a product gives replicas other
              prices'' numbers
  The view of each, v_audit_<invariant>, says it exactly.
Errors  none
Locks   the row in shop_health that keeps when it ran and how many it found,
  after everything else
Example
  CALL shop_audit();'),
('shop_audit_new', 'admin',
'Checks what is new',
'shop_audit_new: check the orders that came, or that something has happened to, since this was
called last: every invariant of an order, and each new order''s amounts, computed once more (see
_prove_order). What it costs follows how many they are, not how many there were before.

Something has happened to an order when it has a new row in its log, or a payment gateway has
sent a message for it, or a duty of it was touched. An order that somebody has changed past the
routines has no such row; and what stock rows, limits of coupons and accounts come to is the sum
of all that ever was: shop_audit looks at these. Where something is found, every call looks again
until it is mended.

Parameters  none
Returns one row: result, order_count (how many orders were looked at), proven_count (how many of
  them are new), violation_count
then one row per violation, at most 1,000: invariant, shop_id, subject, detail: as shop_audit
  answers them, and
  proof  an order says another amount than the prices and rules that it names
Errors  none
Locks   shop_audit_marks, shop_audit_found, after everything else
Example
  CALL shop_audit_new();'),
('update_adm_cart_contacted', 'admin',
'Notes that buyers were contacted',
'update_adm_cart_contacted: note that buyers were contacted about the cart they left, so that
select_adm_abandoned_carts does not list them again until they change it. Said again, the later
time and note stand.

Parameters
  pi_shop_id        shop
  pi_user_ids_json  JSON array of buyers, 1 to 200 texts. One who has nothing in the cart (any
                    more) is passed over; one twice is one
  pi_note           how, at most 200 characters, no line breaks; NULL or '''' = nothing to say
Returns one row: result, contacted (buyers), passed_over
Errors  INVALID_INPUT, SHOP_NOT_FOUND
Locks   shop_cart_contacts rows by user_id
Example
  CALL update_adm_cart_contacted(1, ''["demo1"]'', ''mail of 20 November'');'),
('update_adm_pg_duty', 'admin',
'Closes a duty',
'update_adm_pg_duty: close a duty, or open it again.

A slip of the hand is put right by opening the duty again and closing it rightly:
both stay in shop_pg_duty_logs.

Parameters
  pi_duty_no  duty, as select_adm_pg_duties lists it
  pi_state    done | withdrawn | owed (open it again)
  pi_proof    done: what proves it, such as the payment gateway''s number of the refund,
              1 to 200 characters
              withdrawn: may be NULL or ''''; owed: must be
  pi_reason   withdrawn, owed: why, 1 to 200 characters; done: may be NULL or ''''
Returns one row: result, replayed (1 = it was so already, nothing changed), duty_no, shop_id,
  duty, amount, state, done_at, closed_by, proof, close_reason
Errors  INVALID_INPUT, DUTY_NOT_FOUND, STATE_NOT_ALLOWED (it is closed already, or open, with
  other words)
Locks   shop_pg_duties row, the new shop_pg_duty_logs row
Example
  CALL update_adm_pg_duty(''7'', ''done'', ''R20261120-0815'', NULL);'),
('update_adm_ticket_key', 'admin',
'Stores or ends a key for tickets',
'update_adm_ticket_key: give a shop a key to sign tickets with, or say until when one is accepted.

The key itself is not kept: what is stored are its two padded blocks, which HMAC-SHA256 begins
with. They are as good as the key to whoever reads them, so no account may read the table. A
number is used for one key: to change keys, store the new one under another number, let the shop
sign with it, then end the old one.
The key is a secret in the text of the CALL: send it from a file or a pipe,
where the client keeps no history.

Parameters
  pi_shop_id      shop
  pi_key_no       number of the key, 1 to 255, named in the tickets
  pi_key_hex      the key, 32 to 64 bytes in hex; NULL or '''' = a key that is there already
  pi_valid_until  UTC, YYYY-MM-DD HH:MM:SS: no ticket is accepted from then on;
                  NULL or '''' = no end
Returns one row: result, key_no, valid_until
then the keys of the shop: key_no, valid_until, is_valid
Errors  INVALID_INPUT (also a number that another key has, or that none has), SHOP_NOT_FOUND
Locks   shop_ticket_keys row
Example
  CALL update_adm_ticket_key(1, ''1'', NULL, UTC_TIMESTAMP(6));'),
('v_audit_adapter', 'admin',
'payment gateways whose messages are not read as their patterns say',
'v_audit_adapter: payment gateways whose messages are not read as their patterns say.
Read through shop_audit.

- Patterns that leave a border open, or are missing: from before there were any, or by a hand
  that had no trigger.
- What a trigger wrote, changed.

Parameters  none (a view)
Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
  subject, detail
Errors  none
Locks   none
Example
  SELECT * FROM v_audit_adapter;'),
('v_audit_cart', 'admin',
'cart rows that should not be there',
'v_audit_cart: cart rows that should not be there. Read through shop_audit.

- A cart row that was ordered is still in the cart, and not marked with its order (soft_lock).
- A cart row is marked with an order that does not have it, or that nothing would take it from.
- A buyer has two rows of one product and option in the cart, or two that were bought now. Rows
  that came back from an order are not counted: they are as they were.
- A cart header names the rows that are there, and says another number of them or another amount.

Parameters  none (a view)
Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
  subject, detail
Errors  none
Locks   none
Example
  SELECT * FROM v_audit_cart;'),
('v_audit_contradiction', 'admin',
'of two things said about one transaction nobody knows yet which is true',
'v_audit_contradiction: of two things said about one transaction nobody knows yet which is true.
Read through shop_audit.

Parameters  none (a view)
Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
  subject, detail
Errors  none
Locks   none
Example
  SELECT * FROM v_audit_contradiction;'),
('v_audit_coupon', 'admin',
'coupons that are not what they should be',
'v_audit_coupon: coupons that are not what they should be. Read through shop_audit.

- What was taken off an order is not its discount_total, was not spread as a whole, or is more
  than a line costs. Orders that a shop has brought along (adopted) have no rows of it.
- A coupon is held by an order that has ended, or that does not name it; or an order that lives
  has lost one.
- What is left of a limit is not the limit less what was issued, or is held and used.
- A coupon or promotion names a rule that says something else, or whose targets or steps are not
  all there; a shop counts other promotions than it has.

Parameters  none (a view)
Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
  subject, detail
Errors  none
Locks   none
Example
  SELECT * FROM v_audit_coupon;'),
('v_audit_credit', 'admin',
'points and cash that are not what they should be',
'v_audit_credit: points and cash that are not what they should be. Read through shop_audit.

- What is left of a grant is not what its entries say, or one of them is another member''s.
- An account is not the sum of what is left of its grants, or a member''s copy of it
  (member.user_cash) is another one.
- An order that lives has not taken what it uses, one that has ended still has it; a paid one
  holds it, one that waits has used it. Orders that a shop has brought along (adopted) have no
  entries.
- What points or cash pay of an order''s lines is not what it uses, or more than a line and the
  delivery cost after discounts.

Parameters  none (a view)
Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
  subject, detail
Errors  none
Locks   none
Example
  SELECT * FROM v_audit_credit;'),
('v_audit_duty', 'admin',
'money that is neither owed nor given back, and duties that cannot be',
'v_audit_duty: money that is neither owed nor given back, and duties that cannot be.
Read through shop_audit.

- Money that was taken and neither settles an order nor is owed back.
- A message of an approval without a transaction number that nobody looks up.
- A duty that was closed or opened past update_adm_pg_duty: its state and words are not those of
  its last log.
- A duty that does not fit its payment or order, a refund of no payment, or of the payment that
  settled an order.

Parameters  none (a view)
Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
  subject, detail
Errors  none
Locks   none
Example
  SELECT * FROM v_audit_duty;'),
('v_audit_log', 'admin',
'orders whose log does not lead to their status',
'v_audit_log: orders whose log does not lead to their status. Read through shop_audit.

- The last row does not lead to the status.
- A move that is not allowed or does not follow, or a log row of no order.
- A payment at another time, or a refusal in other words, than the order says.

Parameters  none (a view)
Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
  subject, detail
Errors  none
Locks   none
Example
  SELECT * FROM v_audit_log;'),
('v_audit_option', 'admin',
'options that are not what they should be',
'v_audit_option: options that are not what they should be. Read through shop_audit.

- A product counts other groups of options than it has (shop_option_groups and its triggers).
- A combination''s hash is not that of its choices, or it leaves out a choice that is required.
- What was chosen has another hash than that under which carts and orders name it.

Parameters  none (a view)
Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
  subject, detail
Errors  none
Locks   none
Example
  SELECT * FROM v_audit_option;'),
('v_audit_order', 'admin',
'orders that were changed past the routines',
'v_audit_order: orders that were changed past the routines. Read through shop_audit.

- What never changes is not what was sealed (v_order_seals), or an order that was made since
  there are seals has none.
- Approval number, last words and time of payment are not those of the payment that settled it,
  or are there without one. Adopted orders have what the old shop wrote.
- Nothing says what its status means (shop_order_statuses).

Parameters  none (a view)
Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
  subject, detail
Errors  none
Locks   none
Example
  SELECT * FROM v_audit_order;'),
('v_audit_payment', 'admin',
'money that is not where it belongs',
'v_audit_payment: money that is not where it belongs. Read through shop_audit.

- A paid order without exactly one payment of exactly its total, or a payment without a paid
  order, or of another shop.
- A payment without the message that it was recorded from, and a message without its payment.
  Messages that change nothing (repeated, ignored, and the like) have none. A refused transaction
  may be approved later: its payment is then what the later message says. What was paid before
  jumun has no message.

Parameters  none (a view)
Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
  subject, detail
Errors  none
Locks   none
Example
  SELECT * FROM v_audit_payment;'),
('v_audit_price', 'admin',
'prices that are not what they should be',
'v_audit_price: prices that are not what they should be. Read through shop_audit.

- An offer, or what delivery costs now, is not what product, option, policy and shop say
  (v_offers_compared, v_delivery_compared), or is missing: shop_offers_repair mends it.
- An order line names a price or a delivery rule that is none, is of another shop, product,
  combination or policy, or says something else than the line; or it names none although its
  order was priced by them. Lines from before there were price rows name none,
  and cannot be proved.
- An order line stands for a cart row (live_cart_seq_no) although its order has ended, or does
  not while it lives.
- An order names an area''s rule that is none or of another shop, an area is not what its rule
  says, a shop says another number of areas, or a delivery rule has not the steps that it says.
- A cart row names the price of something else.
- A cart row of a pinned shop has a price that it was not promised last, or one that is not in
  force yet; or a line of an order of promised prices (pricing_version 2) was charged another
  price than its cart row was promised last when it was ordered.
- An offer names a planned price that is none any more, or not the price row that it will have;
  a sale''s end says what it goes back to before the sale has begun; or a price begins within
  half an hour and its offer does not name it: shop_prices_begin, which looks an hour ahead,
  does not run.

Parameters  none (a view)
Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
  subject, detail
Errors  none
Locks   none
Example
  SELECT * FROM v_audit_price;'),
('v_audit_reservation', 'admin',
'units reserved that are not those ordered',
'v_audit_reservation: units reserved that are not those ordered. Read through shop_audit.

- Units reserved <> units ordered, per order and product; of a set those of its parts.
- A reservation whose shop, deadline or state is not its order''s, or a hold on a stock row that
  does not exist.

Parameters  none (a view)
Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
  subject, detail
Errors  none
Locks   none
Example
  SELECT * FROM v_audit_reservation;'),
('v_audit_set', 'admin',
'sets that are not what they should be',
'v_audit_set: sets that are not what they should be. Read through shop_audit.

- A product counts other parts, or other sets that it is in, than there are (shop_set_parts and
  its triggers), or it is a set and a part of one. Or a shop counts other parts.
- A part is on another stock row than its option, or its option is gone, which makes the set sold
  out: give it another part. What is right and only not written down is, by
  UPDATE shop_set_parts SET stock_option_hash = ''''.
- What a line of an order consisted of belongs to no line, or is numbered with a gap.

Parameters  none (a view)
Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
  subject, detail
Errors  none
Locks   none
Example
  SELECT * FROM v_audit_set;'),
('v_audit_stock', 'admin',
'units that appeared or vanished',
'v_audit_stock: units that appeared or vanished. Read through shop_audit.

- Ledger <> free + held + sold, per product and option.

Parameters  none (a view)
Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
  subject, detail
Errors  none
Locks   none
Example
  SELECT * FROM v_audit_stock;'),
('v_audit_totals', 'admin',
'order headers that are not the sum of their lines',
'v_audit_totals: order headers that are not the sum of their lines. Read through shop_audit.

- Number, sum and tax-free part of the lines, less what was taken off these and what points and
  cash pay of them, are not the header''s, or a line names another shop.
- Lines of no order.

Parameters  none (a view)
Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
  subject, detail
Errors  none
Locks   none
Example
  SELECT * FROM v_audit_totals;'),
('v_audit_violations', 'admin',
'every violated invariant, one view each',
'v_audit_violations: every violated invariant, one view each.
Read it through shop_audit, which explains them.

Parameters  none (a view)
Returns one row per violation: invariant, shop_id, order_seq_no (NULL = of no single order),
  subject, detail
Errors  none
Locks   none
Example
  CALL shop_audit();'),
('_cart_expire', 'cart',
'Deletes what lay too long in one cart',
'_cart_expire: delete what lay too long in one buyer''s cart, in a transaction of its own, and
write down what that was.

Nobody is waited for: a buyer whose header is held is just doing something with the cart, and a
row that a hand holds may be another one in a moment. Both are left for a later run, which judges
them anew.

Parameters
  pi_shop_id, pi_user_id  whose cart
  pi_days                 cart_delete_days of the shop
  pi_limit                at most so many rows
  po_deleted              OUT: rows that were deleted
  po_skipped              OUT: 1 = somebody holds the header; 0 = looked at
Returns nothing
Errors  those of the engine
Locks   cart header (skipped when locked), cart rows (skipped when locked)
Example
  CALL _cart_expire(1, ''demo1'', 30, 100, @deleted, @skipped);'),
('_check_items', 'cart',
'Refuses what is no list of items',
'_check_items: is this a list of items for a cart? What is wrong with one of them only is said of
that one (see add_shop_cart_items); what leaves open what was meant is refused here.

Parameters
  pi_json  ''[{"product_id":"D0001","option":{…},"quantity":2},…]'': 1 to 1,000 objects, each of
           product_id, option (an object, or a text), option_hash, quantity at most once, "qty"
           for "quantity" as well, and no other name
Returns nothing
Errors  INVALID_INPUT (items)
Locks   none
Example
  CALL _check_items(''[{"product_id":"D0001","quantity":2}]'');'),
('_count_cart', 'cart',
'Counters of a cart''s header',
'_count_cart: bring the counters in a cart''s header to what its rows say now, or only tell what
they would be.

Whoever changes rows calls it before COMMIT, but for the two that are called most, an order and
add_shop_cart, which it would cost a third more: they have raised version, and calc_version, left
behind, says that the counters may be out of date. Nor do pages that write shop_cart themselves.
Therefore nothing relies on the counters alone: a reader calculates, and compares cart_total_hash
(see select_shop_cart).

cart_total_hash is the SHA-256 of a text with one line for each row that counts, by cart_id:
  cart_id product_id option_hash quantity unit_price
with single blanks and line feeds between them; unit_price with two decimals, or - where a row
has none. An empty cart is the empty text. For two rows, of 2 at 15000 and of 1 at 800:
  7 D0001 __noopt__ 2 15000.00
  9 D0002 af600af4a5b9a5daf47d7e6f44f022ab295f6da4098f426e6b7d1f1598210248 1 800.00
cart_version is raised when that text is another one than at the last time.

Not counted are rows bought now, and rows that an order has which waits for its payment
(soft_lock), or was paid. Counted is also what cannot be ordered: it lies in the cart.

Parameters
  pi_shop_id, pi_user_id  whose cart
  pi_added                1 = something was put in, 0 = not: counters are written, and the caller
                          has locked the header; NULL = nothing is written
  po_count                OUT: rows in the cart
  po_version              OUT: cart_version, raised if the rows are not what the header says
  po_amount               OUT: what they cost; a row without a price costs nothing. No more than
                          a column can hold, which is more than any order can come to
  po_hash                 OUT: cart_total_hash
  po_known                OUT: 1 = the header had it so already
Returns nothing
Errors  none
Locks   none but the header
Example
  CALL _count_cart(1, ''demo1'', NULL, @count, @version, @amount, @hash, @known);'),
('_judge_units', 'cart',
'Whether a cart row may have so many units',
'_judge_units: may a row of a cart have so many units? What every routine asks that puts units
into a cart. Upper limits only: what an order needs at least, a cart may still come to.

Parameters
  pi_shop_id, pi_user_id  whose cart; the caller has locked it
  pi_product_id           product
  pi_quantity_rules       1 = it has rules for quantities, as the offer says
  pi_unit_price           what a unit costs now; NULL = not known
  pi_row_units            units that the row shall have, with others of its product and option
  pi_more                 so many of them are added to what is in the cart; NULL = none: what is
                          there is judged as it is
  po_code                 OUT: OK | INVALID_INPUT | QUANTITY_NOT_ALLOWED
  po_detail               OUT: what is wrong, at most 64 characters; '''' = nothing
Returns nothing
Errors  none
Locks   none
Example
  CALL _judge_units(1, ''demo1'', ''D0001'', 0, 1000, 7, 2, @code, @detail);'),
('_lock_cart', 'cart',
'Begins a transaction by locking the buyer''s cart',
'_lock_cart: begin a transaction whose first act is to lock the buyer''s cart.

The header is written, not only read: on a multi-writer cluster two SELECT … FOR UPDATE would
both succeed. It is created in a transaction of its own: waiters for a new unique key deadlock
when the one who claimed it rolls back, and this one never does.

Rows that an order has left in the cart (soft_lock) are then what has become of it, see
_settle_checkouts: whatever is still marked is in checkout.

Parameters
  pi_shop_id, pi_user_id  whose cart
Returns nothing; a READ COMMITTED transaction is open afterwards
Errors  SHOP_NOT_FOUND
Locks   the buyer''s shop_cart_headers row; with marked rows also as _settle_checkouts
Example
  CALL _lock_cart(1, ''demo1'');'),
('_lock_cart_of_order', 'cart',
'Locks the cart of the buyer of an order',
'_lock_cart_of_order: lock the cart of an order''s buyer, as the first lock of a transaction: an
order that is revived may take rows again that it had left in the cart (soft_lock). For an order
that has left none nobody is waited for.

Parameters
  pi_shop_id, pi_order_number  the order
Returns nothing
Errors  none
Locks   cart header
Example
  CALL _lock_cart_of_order(1, ''T20261120-0001'');'),
('_lock_two_carts', 'cart',
'Begins a transaction by locking two carts',
'_lock_two_carts: begin a transaction whose first act is to lock two carts, in the order of their
names whoever asks: two calls for the same two cannot wait for each other. See _lock_cart.

Parameters
  pi_shop_id                    shop
  pi_user_id, pi_other_user_id  whose carts; not the same
Returns nothing; a READ COMMITTED transaction is open afterwards
Errors  SHOP_NOT_FOUND
Locks   both shop_cart_headers rows
Example
  CALL _lock_two_carts(1, ''demo1'', ''session-7f3a'');'),
('_note_cart', 'cart',
'Writes down what a reader found in a cart',
'_note_cart: somebody who reads a cart has found other rows, or other prices, than its header
says: write down what they are, in a transaction of its own. Nobody is waited for: whoever holds
the header may be changing the cart, and the next one who looks finds it again. A cart that no
routine has locked so far has no header, and gets none for being looked at.

Parameters
  pi_shop_id, pi_user_id  whose cart
Returns nothing; no transaction is open afterwards
Errors  none: a server that only reads, or another node of a cluster that was first, leaves it
Locks   cart header (skipped when locked)
Example
  CALL _note_cart(1, ''demo1'');'),
('_note_deletions', 'cart',
'Writes down cart rows that are deleted',
'_note_deletions: write down what cart rows were that are about to be deleted, so that it can be
told of every one what became of it (v_cart_items). Rows that an order takes are told by its
lines.

Parameters
  pi_shop_id, pi_user_id  whose cart; the caller has locked it
  pi_ids                  ''[1,2]'' as _parse_ids returns it
  pi_reason               why, at most 40 characters
Returns nothing
Errors  none
Locks   the cart rows
Example
  CALL _note_deletions(1, ''demo1'', ''[7]'', ''buyer'');'),
('_put_into_cart', 'cart',
'Puts units of one product into a cart, or says why not',
'_put_into_cart: put units of one product into a cart, or say why not. For lists, in which a line
that cannot be added does not stop the others; what can be added is what add_shop_cart takes. Or
put back what was there before: then it need not be for sale, and as many come as a row can
hold.

Parameters
  pi_shop_id, pi_user_id  whose cart; the caller has locked it
  pi_product_id           product
  pi_option_hash          all that the buyer chose, __noopt__ = nothing
  pi_combination_hash     combination by which the price is found; NULL = pi_option_hash itself
  pi_quantity             units to add, from 1; 0 with pi_put_back: they are there already, and
                          are only judged
  pi_put_back             1 = they were there before: the code says what stands against ordering
                          them, and they come back all the same
  po_rows                 INOUT: rows in the cart
  po_code                 OUT: OK | PRODUCT_NOT_FOUND | PRODUCT_UNAVAILABLE | CART_FULL |
                          INVALID_INPUT (too many) | QUANTITY_NOT_ALLOWED
  po_put                  OUT: units that went in
  po_detail               OUT: what is wrong, for people; '''' = see the code
  po_cart_id              OUT: the row that has the units; NULL = none
  po_in_cart              OUT: units of this product and option in the cart now
  po_free                 OUT: units of it that nobody holds, of a set: whole ones;
                          NULL = unknown product
Returns nothing
Errors  none
Locks   the cart row
Example
  SET @rows = 0;
  CALL _put_into_cart(1, ''demo1'', ''D0001'', ''__noopt__'', NULL, 2, 0, @rows, @code, @put, @detail,
      @cart_id, @in_cart, @free);'),
('_quantity_fault', 'cart',
'Whether a quantity keeps the product''s rules',
'_quantity_fault: do so many units of a product keep its rules? All its options count together.

- at least min_quantity and at most max_quantity in one order, a multiple of quantity_step
- at most member_quantity for one buyer within member_days (NULL = ever): what the buyer''s orders
  of that time have, unless they have ended. The caller holds the buyer''s cart, so no other order
  of the same buyer comes in between. A guest is a buyer too, as long as the shop calls him so

NULL is no rule, and so are a min_quantity or quantity_step of 0 or 1.

Parameters
  pi_shop_id, pi_user_id, pi_product_id  whose order, of what
  pi_units     units of the product in it
  pi_growing   1 = it is a cart that may still grow: upper limits only
  po_fault     OUT: what is not kept, at most 64 characters; '''' = nothing
Returns nothing
Errors  none
Locks   none
Example
  CALL _quantity_fault(1, ''demo1'', ''D0001'', 3, 0, @fault);   -- at least 5'),
('_refuse_checkout', 'cart',
'Refuses rows that are in checkout',
'_refuse_checkout: refuse to change or order cart rows that an order has, which waits for its
payment (soft_lock). The caller has settled the cart: what is still marked is in checkout, or its
order was paid a moment ago: then it is not in the cart, and no matter of this.

Parameters
  pi_shop_id, pi_user_id  whose cart
  pi_ids                  ''[1,2]'' as _parse_ids returns it
  pi_field                name of the input
Returns nothing
Errors  CART_IN_CHECKOUT, with the row as detail
Locks   none
Example
  CALL _refuse_checkout(1, ''demo1'', ''[1,2]'', ''selected_cart_ids'');'),
('_refuse_quantity', 'cart',
'Names the product of which the quantity is not allowed',
'_refuse_quantity: refuse an order that does not keep the rules of a product for quantities.

Parameters
  pi_shop_id, pi_user_id  whose cart; the caller has locked it
  pi_ids                  ''[1,2]'' as _parse_ids returns it
Returns nothing
Errors  QUANTITY_NOT_ALLOWED, with product and rule as detail
Locks   none
Example
  CALL _refuse_quantity(1, ''demo1'', ''[1,2]'');'),
('_select_cart', 'cart',
'The cart as a result set',
'_select_cart: answer the buyer''s whole cart as a result set, priced. What was bought now is not
in the cart.

Parameters
  pi_shop_id, pi_user_id  whose cart
Returns one row per cart row, oldest first
  cart_id, product_id, product_name, option_hash, option_name, unit_price, quantity, line_amount,
  orderable, stock_left (NULL = enough units are there for this row alone; else so
  many), added_price (price in force when it was put in; NULL = not known; where
  the shop promises prices: the last that was promised),
  product_thumb_img_url, item_state (in_cart | in_checkout: an order has it, which waits for its
  payment, so that it can be neither changed nor ordered | expired: nobody has changed it for
  shops.cart_days, until its quantity is set or added to; or its product is gone),
  option_json (what was chosen, in its normal form, see _normal_option;
  NULL = nothing, or only its hash is known), min_quantity, max_quantity, quantity_step (of the
  product in one order, NULL = no rule), member_quantity, member_days (for one buyer),
  quantity_kept (0 = all rows of the product together do not keep the rules of one order, see
  _quantity_fault; what the buyer has ordered before is looked at when something is added or
  ordered)
Errors  none
Locks   none
Example
  CALL _select_cart(1, ''demo1'');'),
('_settle_cart', 'cart',
'Brings a cart to what became of its orders',
'_settle_cart: bring a buyer''s ordered cart rows to what has become of their orders, in a
transaction of its own, before the caller''s. For a buyer without such rows it is one look. See
_settle_checkouts.

Parameters
  pi_shop_id, pi_user_id  whose cart
Returns nothing; no transaction is open afterwards
Errors  those of the engine
Locks   cart header, then as _settle_checkouts
Example
  CALL _settle_cart(1, ''demo1'');'),
('_settle_checkouts', 'cart',
'Brings ordered cart rows to what became of their orders',
'_settle_checkouts: under soft_lock an order leaves its cart rows where they are, marked. Bring
the rows of one buyer to what has become of their orders: paid, they go; come to nothing, they
are free again, as they were. An order whose time is over and that still waits for its payment is
ended first, as shop_order_expire does: money that comes now is late.

Payments, refusals and the expiry of orders touch no cart row: they would have to wait for the
buyer. So what a row is follows from its order, and this makes it so.

Parameters
  pi_shop_id, pi_user_id  whose cart; the caller has locked it
  pi_order_seq_no         only this order, locked by the caller and not open any more; NULL =
                          all: then the transaction may end in between, and the next one begins
                          with the lock of the cart
Returns nothing
Errors  those of the engine
Locks   in this order: order, its cart rows; of an order that is ended here order, reservations,
        stock by (product, option), in a transaction that ends with it
Example
  CALL _settle_checkouts(1, ''demo1'', NULL);'),
('_take_rows_again', 'cart',
'Takes an order''s cart rows again',
'_take_rows_again: an order that came to nothing is paid after all. Where it had left its cart
rows in the cart (soft_lock) it takes them again, if every one of them is what was ordered and
free: what the buyer has changed, deleted or ordered since was given back for good.

Parameters
  pi_order_seq_no  order, locked by the caller, who has locked the cart before it
  po_taken         OUT: 1 = taken, or the order had left none; 0 = some are not what they were
Returns nothing
Errors  none
Locks   cart rows of the order
Example
  CALL _take_rows_again(1, @taken);'),
('add_shop_cart', 'cart',
'Puts a product into the cart',
'add_shop_cart: put a product into the cart; the same product with the same option adds up. Pages
that write the cart themselves may have left several rows of it: then the units go into the
first, and all of them count for the limit.

Parameters
  pi_shop_id      shop
  pi_user_id      buyer
  pi_product_id   product
  pi_option_hash  option: what was chosen, as a JSON object of group name and value (see
                  _normal_option), or its hash; NULL, '''', ''null'', ''{}'', ''[]'', ''__noopt__'' = none
  pi_quantity     units to add, from 1
Returns one row: result, cart_id, cart_count, price_changes_json (see refresh_shop_cart);
  then the cart (see _select_cart)
Errors  INVALID_INPUT, SHOP_NOT_FOUND, PRODUCT_UNAVAILABLE (unknown, off sale, or not with this
        option), CART_FULL
  INVALID_INPUT (option) when what was chosen cannot be read, or does not fit the product''s
        groups (shop_option_groups): an unknown one, a required one left out, a text too long
  INVALID_INPUT (quantity) also when price × quantity has more than 15 digits before the point
  QUANTITY_NOT_ALLOWED (quantity): more of the product than one order, or one buyer, may have
Locks   cart header, the cart row
Example
  CALL add_shop_cart(1, ''demo1'', ''D0001'', NULL, ''2'');'),
('add_shop_cart_buy_now', 'cart',
'Buys a product now, beside the cart',
'add_shop_cart_buy_now: buy a product now, beside whatever is in the cart: a row of its own, of
which this many units are ordered. With 2 in the cart, 1 bought now is 1, and the cart is not
listed, counted or added to for it. The answer''s cart_id is what order form and order are for.

A buyer has one such row of a product and option: bought again before it is ordered it has the
new quantity, whichever page of the shop is still open. What was bought now and not ordered for
shops.buy_now_hours is deleted here, when its buyer comes again, and written down in
shop_cart_deletions.

Whether an order was bought now is told by its rows: order_mode is direct when all of them are
such rows, whatever the caller of shop_order_insert says.

Parameters
  pi_shop_id      shop
  pi_user_id      buyer
  pi_product_id   product
  pi_option_hash  what was chosen, as JSON or as its hash, see add_shop_cart; NULL, '''' or
                  ''__noopt__'' = nothing
  pi_quantity     units to buy, from 1
Returns one row: result, cart_id, cart_count (rows of the cart, which has not changed),
  price_changes_json (see refresh_shop_cart); then the row (see _select_lines)
Errors  INVALID_INPUT, SHOP_NOT_FOUND, PRODUCT_UNAVAILABLE (unknown, off sale, or not with this
        option), CART_FULL (1,000 rows bought now and not ordered)
  INVALID_INPUT (option): what was chosen does not fit the product, see _read_option
  QUANTITY_NOT_ALLOWED (quantity): not what the product asks of one order, or of one buyer
  INVALID_INPUT (quantity) also when price × quantity has more than 15 digits before the point
Locks   cart header, cart rows bought now
Example
  CALL add_shop_cart_buy_now(1, ''demo1'', ''D0001'', NULL, ''1'');'),
('add_shop_cart_items', 'cart',
'Puts a product, a list or an order''s lines into the cart',
'add_shop_cart_items: put one product into the cart, as add_shop_cart does, or several at once:
a list of items, or the lines of an order. Several are one transaction, and a line that cannot be
added does not stop the others: the answer says for each what became of it. When none could be
added it is still an answer, with added = 0. Adding twice adds twice.

Any order of the buyer will do, a paid one too, and it stays as it is. Its lines come at today''s
prices. A line of an order that came to nothing comes back once by shop_order_restore_cart.

Parameters
  pi_shop_id      shop
  pi_user_id      buyer
  pi_product_id, pi_option_hash, pi_quantity
                  one product, as in add_shop_cart; NULL or '''' with a list
  pi_items_json   ''[{"product_id":"D0001","option":{"색상":"빨강"},"quantity":2},…]'', 1 to 1,000;
                  option: what was chosen, as in add_shop_cart, or "option_hash" (where both are
                  given they must say the same); "qty" for "quantity" as well; as items_json of
                  shop_order_select. NULL or '''' = none
  pi_order_name   an order of the buyer, by any of its names, see _find_order; NULL or '''' = none
  pi_lines_json   which lines of the order: ''[1,3]'', see _parse_ids; NULL or '''' = all
Returns with one product what add_shop_cart returns; else one row
  result, added (lines that went in), refused (lines that did not), cart_count, cart_version,
  cart_amount, cart_total_hash (see select_shop_cart),
  items_json: an object for each line, in their order
    line_no      place in the list, from 1; or the order''s line
    product_id, option_hash, quantity   as asked for; what cannot be one is null
    code         OK | PRODUCT_NOT_FOUND | PRODUCT_UNAVAILABLE | CART_FULL | INVALID_INPUT |
                 QUANTITY_NOT_ALLOWED
    field, detail   what is wrong, except with PRODUCT_NOT_FOUND
    cart_id      row that has the units, null when none has
    in_cart      units of this product and option in the cart after this line
    free         units of it that nobody holds: fewer than in_cart cannot be ordered
  price_changes_json (see refresh_shop_cart)
then the cart (see _select_cart)
Errors  INVALID_INPUT (items, lines, X-User-Id), SHOP_NOT_FOUND, ORDER_NOT_FOUND, also for
  another buyer''s, ORDER_NAME_AMBIGUOUS; with one product as add_shop_cart: PRODUCT_UNAVAILABLE,
  CART_FULL, QUANTITY_NOT_ALLOWED
Locks   cart header, cart rows
Example
  CALL add_shop_cart_items(1, ''demo1'', NULL, NULL, NULL,
      ''[{"product_id":"D0001","quantity":2},{"product_id":"D0002","quantity":1}]'', NULL, NULL);'),
('delete_shop_cart', 'cart',
'Takes rows out of the cart',
'delete_shop_cart: take rows out of the cart. Rows that are not there (any more) are passed over.

Parameters
  pi_shop_id        shop
  pi_user_id        buyer
  pi_cart_ids_json  JSON array of cart rows, see _parse_ids; a row goes whole, whatever quantity
                    stands beside its id
Returns one row: result, deleted, cart_count, cart_version, cart_amount, cart_total_hash (see
  select_shop_cart), price_changes_json (see refresh_shop_cart);
  then the cart (see _select_cart)
Errors  INVALID_INPUT, SHOP_NOT_FOUND, CART_IN_CHECKOUT (an order has one of the rows, which
  waits for its payment: soft_lock; nothing is deleted)
Locks   cart header, cart rows by id
Example
  CALL delete_shop_cart(1, ''demo1'', ''[7,8]'');'),
('merge_shop_cart', 'cart',
'Moves a guest''s cart into a member''s',
'merge_shop_cart: a guest has logged in: what lies in the cart under the session''s id goes into
the member''s, exactly once: rows move, and a second call finds none. A product and option that
the member has already adds up, and keeps the older time of adding; any other row moves as it is,
with its cart_id, its time and its price. Rows that cannot be ordered now move too.

What does not fit stays whole in the guest''s cart, where the next call finds it: a 1,001st row,
more than 99,999 units of one thing, an amount of more than 15 digits, or more of a product that
the member has already than one order, or one buyer, may have.

Parameters
  pi_shop_id   shop
  pi_guest_id  id under which the guest''s cart was kept; no member''s, so that a forged one opens
               nobody''s cart
  pi_user_id   the member, whose cart takes the rows
Returns one row
  result, moved (rows that the guest''s cart has no more), kept (rows that stayed there),
  cart_count, cart_version, cart_amount, cart_total_hash (of the member, see select_shop_cart),
  items_json: an object for each row of the guest''s cart, oldest first
    product_id, option_hash, quantity   as they lay there
    code         OK | CART_FULL | INVALID_INPUT (too many) | QUANTITY_NOT_ALLOWED
    field, detail   what is wrong
    cart_id      row in which the units are now: the member''s, or the guest''s when it stayed
    in_cart      units of this product and option in the member''s cart now
  price_changes_json (see refresh_shop_cart): a row that takes units is promised anew
then the member''s cart (see _select_cart)
Errors  INVALID_INPUT (guest_id, X-User-Id), SHOP_NOT_FOUND
Locks, in this order
  both cart headers by user_id, cart rows of the guest oldest first, each with that of the member
Example
  CALL merge_shop_cart(1, ''session-7f3a'', ''demo1'');'),
('refresh_shop_cart', 'cart',
'Reports that the cart page is entered, stayed on or left',
'refresh_shop_cart: the cart page reports what the buyer does, which renews promised prices in a
shop whose price_policy is pinned, and answers the cart. In any other shop it only answers.

Parameters
  pi_shop_id  shop
  pi_user_id  buyer
  pi_event    enter  the page is shown: every row is promised the price in force, for
                     shops.page_minutes; not after this cart''s order form, from which the buyer
                     comes back to what was shown
              stay   it is still shown: the same, once page_minutes are over. A page that asks a
                     quote for its own sum says so right after it, or the quote counts as the
                     order form
              leave  it is left, also for the order form: unless a quote or an order comes within
                     10 minutes, the promises end then
Returns one row
  result, cart_count, cart_version, cart_amount, cart_total_hash (see select_shop_cart),
  price_changes_json: an object for each row that was promised another price by this call
    cart_id, product_id, option_hash
    old_price, new_price   of one unit
then the cart (see _select_cart)
Errors  INVALID_INPUT (event, X-User-Id), SHOP_NOT_FOUND
Locks   in a pinned shop cart header, cart rows; else none
Example
  CALL refresh_shop_cart(1, ''demo1'', ''enter'');'),
('select_shop_cart', 'cart',
'The cart, priced',
'select_shop_cart: the cart, priced. Where the shop promises prices, rows whose time is over are
promised the price in force, and the answer says so.

Parameters
  pi_shop_id  shop
  pi_user_id  buyer
  pi_event    enter = the cart page is entered, see refresh_shop_cart: for pages that do not
              report it by themselves; NULL or '''' = nothing happens
Returns one row
  result, cart_count (rows), cart_version (another one than before: rows, their units or their
  prices have changed), cart_amount (what they cost together, without delivery), cart_total_hash
  (of rows, units and prices, see _count_cart), price_changes_json (see refresh_shop_cart)
then the cart (see _select_cart)
Errors  INVALID_INPUT, SHOP_NOT_FOUND
Locks   none that it waits for: what a page has changed in the cart by itself, or what costs
        something else by now, is written into the header, unless somebody holds that (see
        _note_cart); in a pinned shop cart header and cart rows, where a row is promised another
        price
Example
  CALL select_shop_cart(1, ''demo1'', NULL);'),
('shop_cart_clock', 'cart',
'Notes which cart rows there are by now',
'shop_cart_clock: note which numbers of cart rows have been given by now. An order line keeps the
number of its cart row; with this, when that row was added can be told afterwards
(select_adm_order_modes), to within the time between two looks, and orders pay nothing for it.
May run at any time, twice. While nothing is added nothing is written but the time of the look.

Parameters
  pi_batch_size  not used: one row at most
Returns one row: result, noted (1 = there were new rows)
Errors  none
Locks   the last row of shop_cart_clock
Example
  CALL shop_cart_clock(1);'),
('shop_cart_expire', 'cart',
'Deletes cart rows that are too old',
'shop_cart_expire: delete cart rows that nobody has changed for longer than their shop keeps them
(shops.cart_delete_days; NULL = for ever), and write them down in shop_cart_deletions. One
buyer, one transaction. May run at any time, twice, and beside everything that buyers do: an
order or a change of the cart comes wholly before it or wholly after. A buyer whose cart is in
use just now is left for a later run, and one whose cart cannot be cleared does not keep the
others from it.

A run goes through some 20,000 cart rows of shops that keep them for a time, and the next one
goes on from there (shop_jobs.position): no index by age, for which each order would pay.

Parameters
  pi_batch_size  at most so many rows are deleted, 1 to 10000; NULL = 500
Returns one row: result, deleted (rows), carts (from how many), skipped (carts in use), failed
  (carts that could not be cleared; see shop_error_log), finished (1 = it came to the end of all
  carts, and the next run begins anew)
Errors  INVALID_INPUT
Locks, per buyer: cart header (skipped when locked), cart rows (skipped when locked); then the
  row of shop_jobs
Example
  CALL shop_cart_expire(500);'),
('shop_cart_settle', 'cart',
'Tidies up cart rows whose order is paid or ended',
'shop_cart_settle: tidy up behind orders that have left their cart rows in the cart (soft_lock,
see shops.cart_at_order): paid, the rows go; come to nothing, they are free again. What a row is
follows from its order in any case, and a buyer''s next call does the same for that buyer:
nothing waits for this. Orders whose time is over are ended by shop_order_expire. May run at any
time, twice, and beside everything that buyers do; a buyer whose cart is in use is left for a
later run.

Parameters
  pi_batch_size  at most so many buyers, 1 to 10000; NULL = 500
Returns one row: result, settled (carts), skipped (carts in use), failed (see shop_error_log)
Errors  INVALID_INPUT
Locks, per buyer: cart header (skipped when locked), order, its cart rows
Example
  CALL shop_cart_settle(500);'),
('update_shop_cart', 'cart',
'Sets the quantity of a cart row',
'update_shop_cart: set the quantity of a cart row. Where a page has left several rows of its
product and option they are one item: it has that many units then, all in this row. A row that
was bought now is an item of its own, and stays beside the cart.

Parameters
  pi_shop_id   shop
  pi_user_id   buyer
  pi_cart_id   cart row
  pi_quantity  new number of units, at most 99999; price × quantity has at most 15 digits before
               the point. 0 or less deletes the item; fewer than before are always taken
Returns one row: result, cart_id, cart_count, cart_version, cart_amount, cart_total_hash (see
  select_shop_cart), price_changes_json (see refresh_shop_cart);
  then the cart (see _select_cart)
Errors  INVALID_INPUT, SHOP_NOT_FOUND, CART_NOT_FOUND (consumed, foreign or unknown),
  CART_IN_CHECKOUT (an order has the row, which waits for its payment: soft_lock),
  QUANTITY_NOT_ALLOWED (quantity): more of the product than one order, or one buyer, may have
Locks   cart header, the cart rows of the item
Example
  CALL update_shop_cart(1, ''demo1'', ''7'', ''3'');'),
('v_cart_checkouts', 'cart',
'orders that have left their cart rows where they are (shops.cart_at_order = soft_lock), and what these rows are now',
'v_cart_checkouts: orders that have left their cart rows where they are (shops.cart_at_order =
soft_lock), and what these rows are now. Judged by the order: payments and refusals touch no cart
row, and its time is over on the second, whether a job runs or not.

Parameters  none (a view)
Returns one row per such order that has rows in the cart: order_seq_no, shop_id, user_id,
  settled_at (NULL = its rows are marked with it; else when they were given back), fate
    in_checkout  it waits for its payment: its rows can be neither changed nor ordered
    lapsed       it would wait, but its time is over: its rows are free as soon as it is ended
    free         it came to nothing: its rows are as they were
    ordered      it was paid: its rows are gone
Errors  none
Locks   none
Example
  SELECT * FROM v_cart_checkouts WHERE shop_id = 1 AND user_id = ''demo1'';'),
('v_cart_items', 'cart',
'every item that ever lay in a cart, and what became of it',
'v_cart_items: every item that ever lay in a cart, and what became of it.

Parameters  none (a view)
Returns one row per cart row, also of those that are gone
  shop_id, user_id, cart_id, product_id, option_hash, quantity
  item_state
    in_cart      it lies there
    in_checkout  an order has it, which waits for its payment (soft_lock)
    expired      it lies there, and nobody has changed it for shops.cart_days, or its product is
                 gone; or it was deleted for its age
    ordered      an order has taken it: order_seq_no says which, order_status what became of it
    deleted      by the buyer, or because its units went into another row: see reason
  state_date    since when, as far as it is known: when the row was last changed, ordered or
                deleted; UTC
  reason        of deletions, see shop_cart_deletions
  order_seq_no, order_status   the order that has or had it last
A row that a page has deleted by itself, and no order had, is not told of.
Errors  none
Locks   none
Example
  SELECT cart_id, item_state FROM v_cart_items WHERE shop_id = 1 AND user_id = ''demo1'';'),
('v_carts', 'cart',
'every cart that has rows: what it comes to now, and what its header says',
'v_carts: every cart that has rows: what it comes to now, and what its header says.

The header is brought up by whoever changes or reads a cart through the routines (see
_count_cart); what an order has taken since, what a page has changed by itself and what costs
something else by now is told here at once. It reads all carts, unless shop_id and user_id are
given.

Parameters  none (a view)
Returns one row per buyer with rows in the cart
  shop_id, user_id
  item_count, unit_count, amount, cart_total_hash   of the rows as they are now
  last_added_at      when something was put in last; NULL = not known
  cart_version       as select_shop_cart answers it
  is_known           1 = the header says the same rows and prices
  header_item_count, header_amount, last_calc_at    of the header
Errors  none
Locks   none
Example
  SELECT item_count, amount FROM v_carts WHERE shop_id = 1 AND user_id = ''demo1'';'),
('_fit_coupon_counter', 'coupon',
'What is left of a limit that was changed',
'_fit_coupon_counter: make what is left of a limit follow a change of the limit.

Parameters
  pi_shop_id, pi_coupon_code  coupon
  pi_kind      issue | use
  pi_limit     the limit now; NULL = none any more
  pi_before    the limit before; NULL = none
Returns nothing
Errors  none
Locks   shop_coupon_counters of this limit; where there was none, also the issued coupons, so
        that whoever takes one just now is counted
Example
  CALL _fit_coupon_counter(1, ''WELCOME'', ''use'', 1000, NULL);'),
('_give_coupons_back', 'coupon',
'An order gives its coupons back',
'_give_coupons_back: an order that ends unpaid gives its coupons back, and their uses.

Parameters
  pi_order_seq_no  order, locked by the caller, which ends it in this transaction
Returns nothing
Errors  none
Locks   in this order: shop_issued_coupons by number, shop_coupon_counters by coupon
Example
  CALL _give_coupons_back(1);'),
('_hold_coupons', 'coupon',
'Gives an order its coupons',
'_hold_coupons: write what coupons take off an order, and give it the coupons. Whatever has become
of one since it was priced is seen here, under its lock.

Parameters
  pi_order_seq_no  order, new, its lines written
  pi_discounts     as _price_discounts returns it
  pi_now           UTC; judged by this moment
  po_fault         OUT: number and reason of one that cannot be had, see _take_coupons: the
                   caller rolls back; NULL = it has them
Returns nothing
Errors  none
Locks   in this order: shop_issued_coupons by number, shop_coupon_counters by coupon: one slot of
        each that has a use_limit; discounts of the order (new)
Example
  CALL _hold_coupons(1, ''[{"coupon_no":5,"rule_id":1,"amount":"1000.00",
      "lines":[[1,"1000.00"]]}]'', UTC_TIMESTAMP(6), @fault);'),
('_take_coupons', 'coupon',
'An order takes its coupons',
'_take_coupons: an order that is new, or paid although it had ended, takes its coupons: all of
them, or the caller rolls back.

Parameters
  pi_order_seq_no  order, locked by the caller, its discounts written
  pi_now           UTC: a coupon whose time is over by then is not taken; NULL = by no clock: it
                   was good when it was ordered
  po_fault         OUT: ''5 held'': one of them is another order''s, or its time is over;
                   ''5 used_up'': there is no use left; NULL = all are taken
Returns nothing
Errors  none
Locks   in this order: shop_issued_coupons by number, shop_coupon_counters by coupon: one slot of
        each that has a use_limit
Example
  CALL _take_coupons(1, NULL, @fault);'),
('_tell_discounts', 'coupon',
'What is taken off, for a quote',
'_tell_discounts: what promotions and coupons take off, in words and numbers for a quote.

Parameters
  pi_discounts  as _price_discounts returns it
  pi_list       what was priced, see shop_order_insert
  po_json       OUT: discounts_json of shop_order_quote
Returns nothing
Errors  none
Locks   none
Example
  CALL _tell_discounts(''[{"coupon_no":5,"rule_id":1,"amount":"1000.00",
      "lines":[[1,"1000.00"]]}]'', ''[[7,1,1,1,1]]'', @json);'),
('add_shop_coupon', 'coupon',
'A coupon for a code',
'add_shop_coupon: a buyer enters a code and gets a coupon for it. After ten unknown codes within
an hour the buyer has to wait: codes are not to be guessed.

Parameters
  pi_shop_id  shop
  pi_user_id  buyer
  pi_code     as it was printed or sent; small letters, blanks and - make no difference
Returns one row
  result, coupon_id, coupon_code, coupon_name, valid_until (UTC; NULL = for ever)
Errors
  INVALID_INPUT, SHOP_NOT_FOUND, COUPON_CODE_NOT_FOUND, TOO_MANY_ATTEMPTS,
  COUPON_NOT_AVAILABLE with the reason: disabled, over, used_code (one that is good for one
  buyer), member_limit, issue_limit
Locks, in this order
  attempts of the buyer; coupon (shared); code, where it is good for one buyer; the issued coupon
  (new); what is left of an issue_limit
Example
  CALL add_shop_coupon(1, ''demo1'', ''welcome-10'');'),
('issue_adm_coupon', 'coupon',
'Gives members a coupon',
'issue_adm_coupon: give members a coupon: those who are named, or the buyers who have left
something in the cart, once for each cart that was left.

Parameters
  pi_shop_id        shop
  pi_coupon_code    shop_coupons
  pi_user_ids_json  JSON array of 1 to 1000 buyers; or
  pi_hours          buyers of whose cart nothing was added or changed for so many hours, 1 to
                    8760: the next 1000 of them; a cart that is changed afterwards and left again
                    counts again
  pi_after          for carts: next_after of the call before; NULL or '''' = from the beginning
  pi_issue_key      for named buyers, required: one and the same gives a member nothing twice, so
                    that a call whose answer was lost can be repeated; 1 to 40 of letters,
                    digits, . _ -
Returns one row
  result, issued_count, known_count (members who have it for this key, or this cart, already),
  refused_count (by member_limit or issue_limit), next_after (NULL = those were the last)
Errors  INVALID_INPUT, SHOP_NOT_FOUND, COUPON_NOT_FOUND, COUPON_NOT_AVAILABLE (disabled, over)
Locks   coupon (shared), issued coupons (new), what is left of an issue_limit
Example
  CALL issue_adm_coupon(1, ''KITCHEN10'', ''["demo1"]'', NULL, NULL, ''newsletter-1'');'),
('select_shop_coupons', 'coupon',
'Which coupons a cart can use',
'select_shop_coupons: the coupons of a buyer, and what each of them alone would take off these
cart rows, after the promotions, or why it cannot be used for them.

Parameters
  pi_shop_id        shop
  pi_user_id        buyer
  pi_cart_ids_json  JSON array of cart rows, see _parse_ids; NULL or '''' = all that can be ordered
  pi_post_code      where it goes, for delivery; NULL or '''' = not known
Returns one row
  result, currency, currency_digits, coupon_count
then the coupons that were not used, the newest 100, without those whose time was over 30 days
  ago; first those that can be used, the one that takes off most first
  coupon_id         what an order names in coupon_ids
  coupon_code, coupon_name, target, target_ids, kind, amount, rate, max_discount, min_amount
                    as in shop_coupons
  stack_group       of one group an order takes one
  issued_at, valid_from, valid_until   UTC; NULL = at once, for ever
  usable            1 = for these rows
  reason            why not: held (an order waits for its payment with it), or as in
                    _price_discounts; NULL = it can
  discount          what it takes off if no other one is chosen; 0 = nothing
Errors  INVALID_INPUT, SHOP_NOT_FOUND, CART_NOT_FOUND; PRODUCT_UNAVAILABLE: a row costs more than
  15 digits before the point
Locks   none
Example
  CALL select_shop_coupons(1, ''demo1'', ''[1,2]'', NULL);'),
('tr_shop_coupon_codes_insert', 'coupon',
'a code is kept as add_shop_coupon looks for it',
'tr_shop_coupon_codes_insert: a code is kept as add_shop_coupon looks for it.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   none
Example
  INSERT INTO shop_coupon_codes (shop_id, code, coupon_code)
  VALUES (1, ''Hi-2026'', ''KITCHEN10'');'),
('tr_shop_coupon_codes_update', 'coupon',
'a code is kept as add_shop_coupon looks for it',
'tr_shop_coupon_codes_update: a code is kept as add_shop_coupon looks for it.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   none
Example
  UPDATE shop_coupon_codes SET code = ''Hi-2027'' WHERE shop_id = 1 AND code = ''HI2026'';'),
('tr_shop_coupons_delete', 'coupon',
'a coupon that is gone has no limits',
'tr_shop_coupons_delete: a coupon that is gone has no limits. One that was issued cannot go.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_coupon_counters rows of the coupon
Example
  DELETE FROM shop_coupons WHERE shop_id = 1 AND coupon_code = ''WELCOME'';'),
('tr_shop_coupons_insert', 'coupon',
'a new coupon gets its rule, which orders name',
'tr_shop_coupons_insert: a new coupon gets its rule, which orders name.

Parameters  none (a trigger)
Returns nothing
Errors  INVALID_INPUT (target_ids)
Locks   shop_discount_rules row (new); shops row, shared, as the foreign key has it
Example
  INSERT INTO shop_coupons (shop_id, coupon_code, coupon_name, target, kind, amount)
  VALUES (1, ''WELCOME'', ''Welcome'', ''order'', ''amount'', 3000);'),
('tr_shop_coupons_inserted', 'coupon',
'the limits of a new coupon are all left',
'tr_shop_coupons_inserted: the limits of a new coupon are all left.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_coupon_counters rows (new)
Example
  INSERT INTO shop_coupons … use_limit … ;'),
('tr_shop_coupons_update', 'coupon',
'what changes in a coupon is a new rule, for all that are issued and not ordered with yet; a changed limit leaves more or less',
'tr_shop_coupons_update: what changes in a coupon is a new rule, for all that are issued and not
ordered with yet; a changed limit leaves more or less.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT: a coupon keeps its name; INVALID_INPUT (target_ids)
Locks   shop_discount_rules row (new); shops row, shared; see _fit_coupon_counter
Example
  UPDATE shop_coupons SET amount = 5000 WHERE shop_id = 1 AND coupon_code = ''WELCOME'';'),
('tr_shop_discount_rules_delete', 'coupon',
'a discount rule that was in force stays as it was: orders name it',
'tr_shop_discount_rules_delete: a discount rule that was in force stays as it was: orders name it.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_discount_rules;   -- refused'),
('tr_shop_discount_rules_update', 'coupon',
'a discount rule that was in force stays as it was: orders name it',
'tr_shop_discount_rules_update: a discount rule that was in force stays as it was: orders name it.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_discount_rules SET rule_id = 1;   -- refused'),
('tr_shop_discount_targets_delete', 'coupon',
'what a discount rule is for stays as it was',
'tr_shop_discount_targets_delete: what a discount rule is for stays as it was.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_discount_targets;   -- refused'),
('tr_shop_discount_targets_update', 'coupon',
'what a discount rule is for stays as it was',
'tr_shop_discount_targets_update: what a discount rule is for stays as it was.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_discount_targets SET rule_id = 1;   -- refused'),
('tr_shop_issued_coupons_delete', 'coupon',
'a coupon that an order has stays; another one that is taken back is left of the issue_limit again',
'tr_shop_issued_coupons_delete: a coupon that an order has stays; another one that is taken back
is left of the issue_limit again.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   shop_coupon_counters row, where there is a limit
Example
  DELETE FROM shop_issued_coupons WHERE coupon_no = 1;'),
('tr_shop_issued_coupons_insert', 'coupon',
'whoever issues a coupon, by procedure or by hand, gives a member no more of it than its member_limit, and for as long as its valid_days',
'tr_shop_issued_coupons_insert: whoever issues a coupon, by procedure or by hand, gives a member
no more of it than its member_limit, and for as long as its valid_days.

Parameters  none (a trigger)
Returns nothing
Errors  COUPON_NOT_AVAILABLE: member_limit
Locks   shop_coupons row, shared, as the foreign key has it
Example
  INSERT INTO shop_issued_coupons (shop_id, coupon_code, user_id, member_no, issued_at)
  VALUES (1, ''WELCOME'', ''demo1'', 1, UTC_TIMESTAMP(6));'),
('tr_shop_issued_coupons_inserted', 'coupon',
'an issued coupon is one less of its issue_limit',
'tr_shop_issued_coupons_inserted: an issued coupon is one less of its issue_limit.

Parameters  none (a trigger)
Returns nothing
Errors  COUPON_NOT_AVAILABLE: issue_limit
Locks   shop_coupon_counters row, where there is a limit
Example
  INSERT INTO shop_issued_coupons … ;'),
('tr_shop_issued_coupons_update', 'coupon',
'an issued coupon stays whose and what it is',
'tr_shop_issued_coupons_update: an issued coupon stays whose and what it is.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_issued_coupons SET user_id = ''demo2'' WHERE coupon_no = 1;   -- refused'),
('tr_shop_order_discount_lines_delete', 'coupon',
'how a discount was spread stays as it was',
'tr_shop_order_discount_lines_delete: how a discount was spread stays as it was.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_order_discount_lines;   -- refused'),
('tr_shop_order_discount_lines_update', 'coupon',
'how a discount was spread stays as it was',
'tr_shop_order_discount_lines_update: how a discount was spread stays as it was.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_order_discount_lines SET amount = 1;   -- refused'),
('tr_shop_order_discounts_delete', 'coupon',
'what was taken off an order stays as it was',
'tr_shop_order_discounts_delete: what was taken off an order stays as it was.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_order_discounts;   -- refused'),
('tr_shop_order_discounts_update', 'coupon',
'what was taken off an order stays as it was',
'tr_shop_order_discounts_update: what was taken off an order stays as it was.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_order_discounts SET amount = 1;   -- refused'),
('_give_credit', 'credit',
'Gives a member points or cash',
'_give_credit: give a member points or cash: a grant of its own.

Parameters
  pi_shop_id, pi_user_id  member
  pi_kind          point | cash
  pi_amount        how much, more than 0
  pi_action        earn | adjust, see shop_credit_ledger
  pi_expires_at    UTC, or NULL
  pi_order_seq_no  order that it was earned with, or NULL
  pi_entry_key     see shop_credit_ledger, or NULL
  pi_reason          for people
Returns nothing
Errors  none
Locks   in this order: shop_credit_accounts row, grant and ledger (new)
Example
  CALL _give_credit(1, ''demo1'', ''point'', 500, ''adjust'', NULL, NULL, NULL, ''welcome'');'),
('_give_credits_back', 'credit',
'An order gives its points and cash back',
'_give_credits_back: an order that ends gives back the points and the cash that it holds or has
used, to the grants that they came from. Once: what was given back is in the ledger. What has
expired meanwhile comes back, and expires again with shop_credit_expire.

Parameters
  pi_order_seq_no  order, locked by the caller, which ends it in this transaction
Returns nothing
Errors  none
Locks   in this order: accounts of the member, points before cash; grants by number, ledger (new)
Example
  CALL _give_credits_back(1);'),
('_hold_credits', 'credit',
'Gives an order its points and cash',
'_hold_credits: give a new order its points and cash, and write what they pay of each line.

Parameters
  pi_order_seq_no  order, new, its lines written
  pi_shares        as _price_credits returns it
  pi_now           UTC; judged by this moment
  po_fault         OUT: somebody else has taken them since they were counted, see _take_credits:
                   the caller rolls back; NULL = it has them
Returns nothing
Errors  none
Locks   as _take_credits
Example
  CALL _hold_credits(1, ''[["point",1,"500.00"]]'', UTC_TIMESTAMP(6), @fault);'),
('_lock_credit_account', 'credit',
'Locks the points or cash of a member',
'_lock_credit_account: lock the points or the cash of a member; who has none gets an account of 0.

Parameters
  pi_shop_id, pi_user_id  member
  pi_kind                 point | cash
Returns nothing
Errors  none
Locks   shop_credit_accounts row
Example
  CALL _lock_credit_account(1, ''demo1'', ''point'');'),
('_price_credits', 'credit',
'What points and cash pay of each line',
'_price_credits: whether a buyer can use so many points and so much cash for a quote or order, and
what they pay of each line and of the delivery.

Points come first, then cash. Both are spread over the lines and the delivery by what discounts,
and points before cash, have left of them, with what discounts are spread by, see
_price_discounts: each gets its part cut down to the smallest unit of the currency, and the units
that remain go to the largest remainders, of equal ones to the first line, to the delivery last.

Parameters
  pi_shop_id, pi_user_id  buyer; NULL = an order''s that was made: whether they can be used is not
                   asked
  pi_list          what was priced, see shop_order_insert
  pi_discounts     as _price_discounts returns it; NULL = none
  pi_shipping_fee  delivery
  pi_point, pi_cash  what is to be used
  pi_digits        decimals of the currency
  pi_now           UTC; judged by this moment
  po_shares        OUT: ''[["point",1,"600.00"],["point",0,"100.00"],["cash",1,"50.00"]]'': line
                   0 = delivery
  pio_tax_free     INOUT: sum of the lines that are tax free; less what is paid of them so
  po_fault         OUT: why not, NULL = they can be used. point or cash, and
                     balance N   there is only so much
                     min_use N   so many points at least, see shops.point_min_use
                     unit N      multiples of it, see shops.point_unit
                     max_use N   no more is needed, or allowed, see shops.point_max_rate
Returns nothing
Errors  none
Locks   none: what may have changed when the order is written is seen by _take_credits
Example
  CALL _price_credits(1, ''demo1'', ''[[1,1,1,1,1]]'', NULL, 3000, 500, 0, 0, UTC_TIMESTAMP(6),
      @shares, @tax_free, @fault);'),
('_refuse_credits', 'credit',
'Refuses for points or cash',
'_refuse_credits: refuse a quote or an order for its points or its cash.

Parameters
  pi_fault  as _price_credits returns it; NULL = nothing is refused
Returns nothing
Errors  POINTS_NOT_ENOUGH, CASH_NOT_ENOUGH
Locks   none
Example
  CALL _refuse_credits(''point balance 500'');'),
('_set_cash', 'credit',
'Brings cash to what a page wrote',
'_set_cash: bring a member''s cash to what a page or a hand has written into member.user_cash.

Parameters
  pi_shop_id, pi_user_id  member
  pi_balance              what it is to be
Returns nothing
Errors  CASH_NOT_ENOUGH: less can be taken
Locks   shop_credit_accounts row, its grants, ledger (new)
Example
  CALL _set_cash(1, ''demo1'', 5000);'),
('_spend_credit', 'credit',
'Takes points or cash from grants',
'_spend_credit: take points or cash of a member from its grants: those that expire first come
first, of equal ones the oldest.

Parameters
  pi_shop_id, pi_user_id  member
  pi_kind          point | cash
  pi_amount        how much, more than 0
  pi_action        hold | adjust, see shop_credit_ledger
  pi_to_account    who gets it: order | shop
  pi_order_seq_no  order, or NULL
  pi_entry_key     see shop_credit_ledger, or NULL
  pi_reason          for people
  pi_now           UTC: what expires by then is not taken
  po_left          OUT: NULL = taken; else what there is, which is less: the caller rolls back
Returns nothing
Errors  none
Locks   in this order: shop_credit_accounts row, its grants, ledger (new)
Example
  CALL _spend_credit(1, ''demo1'', ''point'', 500, ''hold'', ''order'', 1, NULL, '''', UTC_TIMESTAMP(6),
      @left);'),
('_take_credits', 'credit',
'An order takes its points and cash',
'_take_credits: an order takes the points and the cash that it uses: when it is made, and again
when it is revived.

Parameters
  pi_order_seq_no  order, locked by the caller
  pi_now           UTC: what expires by then is not taken
  po_fault         OUT: ''point balance 200.00'': there is only so much of it, the caller rolls
                   back, see _refuse_credits; NULL = taken
Returns nothing
Errors  none
Locks   in this order: accounts of the member, points before cash; each with its grants
Example
  CALL _take_credits(1, UTC_TIMESTAMP(6), @fault);'),
('_take_over_credits', 'credit',
'Takes over points and cash',
'_take_over_credits: bring points and cash up to what was done while older procedures were loaded,
which do not know them: orders that were paid or ended meanwhile use, or give back, what they
held; and a member''s account of cash is what pages have written into member.user_cash.

Parameters
  po_changed  OUT: orders and members that something was done for
Returns nothing
Errors  CASH_NOT_ENOUGH: a page has taken cash that an order holds
Locks   order by order: order, points and cash of its buyer; then accounts of cash
Example
  CALL _take_over_credits(@changed);'),
('_use_credits', 'credit',
'Points and cash of a paid order are used',
'_use_credits: points and cash that an order holds are used: it is paid.

Parameters
  pi_order_seq_no  order, locked by the caller, which pays it in this transaction
Returns nothing
Errors  none
Locks   ledger (new)
Example
  CALL _use_credits(1);'),
('adjust_adm_credits', 'credit',
'Gives members points or cash, or takes them',
'adjust_adm_credits: give members points or cash, or take some of them.

Parameters
  pi_shop_id        shop
  pi_kind           point | cash
  pi_user_ids_json  JSON array of 1 to 1000 members
  pi_amount         what each one gets; with - in front what is taken from each
  pi_days           what is given can be used for so many times 24 hours, 1 to 3650; NULL or '''' =
                    for ever
  pi_entry_key      one and the same gives or takes nothing twice, so that a call whose answer
                    was lost can be repeated; 1 to 64 of letters, digits, . _ -
  pi_reason           why, for people; at most 200 characters
Returns one row
  result, adjusted_count, known_count (members who have an entry of this key already),
  refused_count (members who have less than is to be taken)
Errors  INVALID_INPUT, SHOP_NOT_FOUND
Locks   accounts of the members by name, each with its grants
Example
  CALL adjust_adm_credits(1, ''point'', ''["demo1"]'', ''1000'', ''365'', ''welcome-1'', ''welcome'');'),
('select_shop_credits', 'credit',
'Points and cash of a buyer',
'select_shop_credits: the points and the cash of a buyer, and where they came from and went.

Parameters
  pi_shop_id  shop
  pi_user_id  buyer
  pi_before   next_before of the answer before; NULL or '''' = from the newest entry on
Returns one row
  result, currency, currency_digits, points, cash (what can be used now), points_expiring (what
  of the points expires within 30 days), point_min_use, point_unit, point_max_rate,
  point_earn_rate (see shops), next_before: NULL = those were the last
then the entries, newest first, 50 at most: entry_no, entry_date, kind (point | cash), action
  (earn | adjust | hold | release | expire), amount (below 0 what went), order_number, reason,
  expires_at (of what came; NULL = never)
Errors  INVALID_INPUT, SHOP_NOT_FOUND
Locks   none
Example
  CALL select_shop_credits(1, ''demo1'', NULL);'),
('shop_credit_expire', 'credit',
'Takes off points and cash out of time',
'shop_credit_expire: take off what is left of points and cash whose time is over. One grant, one
transaction. May run at any time, twice, beside itself and beside orders: what is over by the
clock cannot be used whether it was taken off or not.

Parameters
  pi_batch_size  at most so many grants, 1 to 10000; NULL = 500
Returns one row: result, expired (how many), events and event_count for counters
Errors  INVALID_INPUT
Locks, per grant: account of the member, grant, ledger (new)
Example
  CALL shop_credit_expire(500);'),
('tr_member_inserted', 'credit',
'cash that a member brings along is a grant',
'tr_member_inserted: cash that a member brings along is a grant.

Parameters  none (a trigger)
Returns nothing
Errors  CASH_NOT_ENOUGH: an order holds some of it
Locks   the member''s account of cash, its grants
Example
  INSERT INTO member (shop_id, user_id, cust_no, user_name, user_phone, user_cash)
  VALUES (1, ''new1'', 901, ''새 회원'', ''010-0000-0901'', 500);'),
('tr_member_updated', 'credit',
'cash that a page or a hand gives or takes here is an entry in the ledger',
'tr_member_updated: cash that a page or a hand gives or takes here is an entry in the ledger.

Parameters  none (a trigger)
Returns nothing
Errors  CASH_NOT_ENOUGH: an order holds some of it
Locks   the member''s account of cash, its grants
Example
  UPDATE member SET user_cash = user_cash + 500 WHERE shop_id = 1 AND user_id = ''demo1'';'),
('tr_shop_credit_accounts_update', 'credit',
'member.user_cash, which the shop''s own pages read, is the balance of a member''s cash',
'tr_shop_credit_accounts_update: member.user_cash, which the shop''s own pages read, is the balance
of a member''s cash. A debt that a page has written there stays while there is no cash.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   member row, where its copy differs
Example
  UPDATE shop_credit_accounts SET balance = 500 WHERE user_id = ''demo1'' AND kind = ''cash'';'),
('tr_shop_credit_ledger_delete', 'credit',
'entries of the ledger of points and cash stay as they were',
'tr_shop_credit_ledger_delete: entries of the ledger of points and cash stay as they were.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_credit_ledger;   -- refused'),
('tr_shop_credit_ledger_update', 'credit',
'entries of the ledger of points and cash stay as they were',
'tr_shop_credit_ledger_update: entries of the ledger of points and cash stay as they were.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_credit_ledger SET amount = 1;   -- refused'),
('tr_shop_order_credit_lines_delete', 'credit',
'what points and cash pay of a line stays as it was',
'tr_shop_order_credit_lines_delete: what points and cash pay of a line stays as it was.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_order_credit_lines;   -- refused'),
('tr_shop_order_credit_lines_update', 'credit',
'what points and cash pay of a line stays as it was',
'tr_shop_order_credit_lines_update: what points and cash pay of a line stays as it was.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_order_credit_lines SET amount = 1;   -- refused'),
('_check_digits', 'lib',
'Refuses too many decimals',
'_check_digits: refuse an amount with more decimals than its currency has. Zeros do not count: we
print 1000.00 ourselves.

Parameters
  pi_amount  amount
  pi_digits  decimals of the currency
  pi_field   outward name of the field, for the error
Returns nothing
Errors  INVALID_INPUT (pi_field)
Locks   none
Example
  CALL _check_digits(30000, 0, ''trdAmt'');'),
('_check_id_names', 'lib',
'Refuses an object of ids with a name twice',
'_check_id_names: refuse a list of ids in which an object has one of our names twice. MariaDB
would take the first of them, MySQL the last.

Parameters
  pi_json   JSON array, see _parse_ids; [{"id":1,…}]
  pi_field  outward name of the list, for the error
Returns nothing
Errors  INVALID_INPUT (pi_field)
Locks   none
Example
  CALL _check_id_names(''[{"id":1,"id":2}]'', ''selected_cart_ids'');'),
('_check_quantities', 'lib',
'Quantities beside ids must be those of the rows',
'_check_quantities: a list of ids may say how many units each row has, as some forms do; that must
be what the row has. Never the other way round: the quantity is the cart''s.

Parameters
  pi_order_seq_no         order whose lines were made of the rows; NULL = the rows themselves
  pi_shop_id, pi_user_id  whose cart
  pi_json                 JSON array that _parse_ids has taken:
                          [{"id":1,"quantity":2},{"id":2,"qty":"1"}]
Returns nothing
Errors  INVALID_INPUT (selected_cart_ids)
Locks   none: the caller holds the cart, or reads it in one snapshot
Example
  CALL _check_quantities(NULL, 1, ''demo1'', ''[{"id":1,"quantity":2}]'');'),
('_check_user', 'lib',
'Refuses what cannot be a user id',
'_check_user: is this a user id at all?

Parameters
  pi_user_id  1 to 63 characters, nothing that _text_fault finds: no name is ever trimmed into
              another
Returns nothing
Errors  INVALID_INPUT (X-User-Id)
Locks   none
Example
  CALL _check_user(''demo1'');'),
('_fit_session', 'lib',
'Sets what no session may have otherwise',
'_fit_session: what a session may not be set to, whoever calls. Called where a look at them has
found need.

Parameters  none
Returns nothing; the session keeps what is set here
Errors  none
Locks   none
Example
  CALL _fit_session();'),
('_json_text', 'lib',
'One member of a flat JSON object as text',
'_json_text: one member of a flat JSON object, as text.

Parameters
  pi_json  a JSON object
  pi_name  name of the member
Returns TEXT: its value; NULL when it is missing, null, an object or an array
Errors  none
Locks   none
Example
  SELECT _json_text(''{"trdAmt":"1000"}'', ''trdAmt'');'),
('_log_error', 'lib',
'Logs an unexpected error',
'_log_error: write an unexpected error to shop_error_log.

Parameters
  pi_routine, pi_step       where it happened
  pi_errno, pi_sqlstate, pi_message   MYSQL_ERRNO, RETURNED_SQLSTATE, MESSAGE_TEXT
  pi_parameters_json        identifiers; no personal data
Returns nothing
Errors  none: if the log cannot be written, the first error is still the one that counts
Locks   the new shop_error_log row, in a transaction of its own; the caller has rolled back
Example
  CALL _log_error(''shop_order_insert'', ''hold the stock'', 1690, ''22003'', ''out of range'', ''{}'');'),
('_parse_amount', 'lib',
'One amount of money, validated',
'_parse_amount: read an amount of money.

Parameters
  pi_text    decimal digits, at most 15 before and 2 after the point; no sign, no separators
  pi_field   outward name of the field, for the error
  po_amount  OUT: the amount; may have more decimals than the currency, whose shop is not known
             yet
Returns nothing
Errors  INVALID_INPUT (pi_field), also for NULL and ''''
Locks   none
Example
  CALL _parse_amount(''30000'', ''trdAmt'', @amount);'),
('_parse_id', 'lib',
'One id, validated',
'_parse_id: read one id.

Parameters
  pi_text   digits; NULL or '''' is an error
  pi_field  outward name of the field, for the error
  po_id     OUT: the number
Returns nothing
Errors  INVALID_INPUT (pi_field)
Locks   none
Example
  CALL _parse_id(''12'', ''address_id'', @id);'),
('_parse_ids', 'lib',
'JSON array of ids, validated and sorted',
'_parse_ids: read a JSON array of ids into its one canonical form.

Parameters
  pi_json    ''[1,2]'', ''["1","2"]'' or ''[{"id":1},{"id":2}]'': whole numbers from 1, 1 to 1,000 of
             them, none twice. Other names beside id are ignored here; an order and a quote look
             at quantity (see _check_quantities)
  pi_field   outward name of the field, for the error
  po_ids     OUT: ''[1,2]'', ascending, so that rows are locked in this order and equal requests
             hash equally
  po_count   OUT: how many
Returns nothing
Errors  INVALID_INPUT (pi_field)
Locks   none
Example
  CALL _parse_ids(''[{"id":7},{"id":3}]'', ''selected_cart_ids'', @ids, @n);   -- ''[3,7]'', 2'),
('_parse_reason', 'lib',
'One reason, validated',
'_parse_reason: read why somebody does something by hand.

Parameters
  pi_text    1 to 200 characters, no line breaks
  po_reason  OUT: the text without blanks around it; what may be a card''s or an account''s number
             is masked
Returns nothing
Errors  INVALID_INPUT (reason)
Locks   none
Example
  CALL _parse_reason(''winter sale'', @reason);'),
('_parse_time', 'lib',
'One moment, validated',
'_parse_time: read a moment.

Parameters
  pi_text   ''YYYY-MM-DD HH:MM:SS'', UTC; T for the blank, decimals and Z may be; NULL or '''' = none
  pi_field  outward name of the field, for the error
  po_time   OUT: UTC; NULL = none
Returns nothing
Errors  INVALID_INPUT (pi_field)
Locks   none
Example
  CALL _parse_time(''2099-12-01T00:00:00Z'', ''valid_from'', @time);'),
('_parse_user_ids', 'lib',
'JSON array of buyers, validated',
'_parse_user_ids: read a JSON array of buyers.

Parameters
  pi_json   ''["demo1","demo2"]'', texts of 1 to 63 characters
  pi_most   so many at most
  po_users  OUT: the same, as texts without escapes
Returns nothing
Errors  INVALID_INPUT (user_ids)
Locks   none
Example
  CALL _parse_user_ids(''["demo1"]'', 200, @users);'),
('_raise', 'lib',
'Raises one error of the catalogue',
'_raise: raise one error of the catalogue. The only place in jumun that SIGNALs.

Parameters
  pi_code    code in shop_error_codes
  pi_field   outward name of the field that is wrong (COLUMN_NAME of the condition), or ''''
  pi_detail  what is wrong, at most 64 characters (CONSTRAINT_NAME of the condition), or ''''
Returns nothing: always SQLSTATE 45000, MYSQL_ERRNO = the code''s errno, MESSAGE_TEXT = the code
Errors  the one asked for; 1644 when the catalogue does not know the code
Locks   none
Example
  CALL _raise(''INVALID_INPUT'', ''quantity'', ''not a whole number'');'),
('_refuse_member', 'lib',
'Names the member for which an object is refused',
'_refuse_member: name the member for which a JSON object of texts is refused. For the error only:
it is slow.

Parameters
  pi_json   a JSON object in which something is not as it should be
  pi_field  outward name of the object, for the error
  pi_names  JSON array of the names that it may have, each at most once, with a text or null
Returns nothing: always raises
Errors  INVALID_INPUT (pi_field.member; pi_field alone when the member''s name is none that could
  be shown)
Locks   none
Example
  CALL _refuse_member(''{"adress":"x"}'', ''receiver'', ''["address"]'');   -- receiver.adress'),
('_report_error', 'lib',
'Answers an error as a row and logs it when it is unexpected',
'_report_error: what every public routine does in its EXIT handler after the ROLLBACK: answer the
error as a row, and log it when the catalogue does not list it, or says that it is to be logged.

Parameters
  pi_routine, pi_step       where it happened
  pi_errno, pi_sqlstate, pi_message, pi_field, pi_detail
                            MYSQL_ERRNO, RETURNED_SQLSTATE, MESSAGE_TEXT,
                            COLUMN_NAME, CONSTRAINT_NAME
  pi_more                   names of the result sets that the caller sends next, comma separated
  pi_location               where a browser should go, or NULL
  pi_parameters_json        identifiers for the log; no personal data
Returns one row
  result (the code), errno, field, detail, more, location
Errors  none: if the log cannot be written, the first error is still the one the caller raises
Locks   none
Example
  CALL _report_error(''shop_order_insert'', v_step, v_errno, v_sqlstate, v_message, v_field,
      v_detail, '''', NULL, ''{}'');'),
('_start_reading', 'lib',
'Begins a read-only transaction',
'_start_reading: begin a transaction in which several SELECTs see one moment.

Parameters  none
Returns nothing; a REPEATABLE READ, read-only transaction is open afterwards
Errors  none
Locks   none
Example
  CALL _start_reading();'),
('_start_writing', 'lib',
'Begins a READ COMMITTED transaction',
'_start_writing: begin the transaction of a routine that writes and does not begin with the cart.

Parameters  none
Returns nothing; a READ COMMITTED transaction is open afterwards
Errors  none
Locks   none
Example
  CALL _start_writing();'),
('_text_fault', 'lib',
'What is wrong with a typed text or a name',
'_text_fault: what is wrong with a text that a person has typed, or with a name.

Invisible characters and the blanks that are not ASCII count as the ASCII blank does, Unicode''s
line breaks and the control characters above ASCII as those of ASCII: two names must not differ
in what nobody can see. Hangul is written in whole syllables (NFC): in parts, as some file
systems write it, the same name would be another one.

Parameters
  pi_text  any text
Returns VARCHAR(10)
  NULL = none of these; ''control'' = a control character, line break or half a character;
  ''decomposed'' = Hangul in parts; ''blank'' = nothing that can be seen;
  ''edge'' = begins or ends with a blank or invisible character
Errors  none
Locks   none
Example
  SELECT _text_fault(''demo1 '');   -- ''edge'''),
('_uuid_text', 'lib',
'UUID as text',
'_uuid_text: the text form of a stored UUID.

Parameters
  pi_uuid  16 bytes
Returns CHAR(36), lower case with hyphens; NULL for NULL
Errors  none
Locks   none
Example
  SELECT _uuid_text(order_key) FROM shop_orders;'),
('_find_combination', 'option',
'The combination of what was chosen',
'_find_combination: by which combination price and units are found, when a hash is none itself:
what somebody chose before is known by its hash.

Parameters
  pi_shop_id, pi_product_id  product
  pi_option_hash             hash of all that was chosen
  po_combination_hash        OUT: as in shop_cart; NULL = pi_option_hash itself, or not known
Returns nothing
Errors  none
Locks   none
Example
  CALL _find_combination(1, ''D0001'', ''6f…'', @combination_hash);'),
('_keep_option', 'option',
'Keeps what was chosen',
'_keep_option: keep what a buyer chose under the hash that carts and orders name, once; in a
transaction of its own, with nothing else locked: two buyers who choose the same things first
never wait for each other''s carts. What is not on sale is not kept.

Parameters
  pi_shop_id, pi_product_id  product
  pi_option_hash, pi_combination_hash, pi_normal   as _read_option returns them
Returns nothing
Errors  none
Locks   shop_option_payloads row (new); no transaction is open afterwards
Example
  CALL _keep_option(1, ''D0001'', ''6f…'', NULL, ''{"색상":"빨강"}'');'),
('_normal_choices', 'option',
'Normal form of a combination',
'_normal_choices: the normal form of a combination, of its choices as somebody writes them.

Parameters
  pi_choices  what is chosen, see _normal_option
Returns VARCHAR(2000)
Errors  INVALID_INPUT (choices_json): it is not what can be chosen, or nothing
Locks   none
Example
  SELECT _normal_choices(''{"색상":"빨강", "사이즈":"L"}'');'),
('_normal_option', 'option',
'What was chosen, in its normal form',
'_normal_option: bring what a buyer chose to its one normal form, whatever way a page writes it.

The normal form is one line of JSON: {"group":"value",…}
- one member for each group that was chosen of, by the code points of the group''s name
- values are texts; a number is written without exponent, without zeros in front or at its end:
  1, 1.0 and 1e0 are "1", as is the text "1". A text stays as it is: "1.0" is another one
- blanks around a name or value are taken off
- a member that is null, or a text without anything to be seen, was not chosen
- no white space between; in names and values only " and \\ are escaped, as \\" and \\\\
What is not Hangul is not composed: é in one character and in two are two texts to SQL. A page
sends NFC, as browsers do. Hangul in parts is refused.

Parameters
  pi_payload  an object of texts and numbers; '''', ''null'', ''{}'' and ''[]'' = nothing chosen. At most
              20 members, each name once; names up to 60 characters, values up to 500, the
              normal form up to 2,000; no control characters, no " or \\ in names
  po_members  OUT: [["group","value"],…] in the order of the normal form
  po_normal   OUT: the normal form, ''{}'' = nothing chosen
  po_fault    OUT: what is wrong with pi_payload, at most 64 characters; '''' = nothing
Returns nothing
Errors  none
Locks   none
Example
  CALL _normal_option(''{ "b" : 1.0, "a":"x" }'', @members, @normal, @fault);
  -- {"a":"x","b":"1"}'),
('_option_fault', 'option',
'Whether an option belongs to its product',
'_option_fault: does what a row names as its option belong to its product as it is now? For rows
of products with groups that are put into a cart or ordered; whether the combination is on sale
is seen when it is priced.

What was kept when it was chosen (shop_option_payloads) is read again, as if it was chosen now:
groups may have come and gone since. A bare hash is a combination, and nothing else was chosen.

Parameters
  pi_shop_id, pi_product_id            product
  pi_option_hash, pi_combination_hash  as in shop_cart
  po_fault                             OUT: what is wrong, at most 64 characters; '''' = nothing
Returns nothing
Errors  none
Locks   none
Example
  CALL _option_fault(1, ''D0001'', ''__noopt__'', NULL, @fault);'),
('_option_hash', 'option',
'Hash of what was chosen',
'_option_hash: the hash by which carts and orders name what was chosen.

Parameters
  pi_normal  normal form, see _normal_option
Returns VARCHAR(64): SHA-256 of its UTF-8 bytes in 64 hexadecimal digits; ''__noopt__'' for ''{}''
Errors  none
Locks   none
Example
  SELECT _option_hash(''{"사이즈":"L","색상":"빨강"}'');'),
('_read_option', 'option',
'What was chosen of a product',
'_read_option: read what a buyer chose of a product, and compare it with the product''s groups.

A group of kind choice is part of the combination that has a price and units
(shop_product_options); a text makes the line another one, and nothing else. All that was chosen
makes option_hash, the choices alone combination_hash. A product without groups has choices only.
Whether the combination is on sale is seen when it is priced.

Parameters
  pi_shop_id, pi_product_id  product
  pi_payload           what was chosen, see _normal_option
  po_option_hash       OUT: hash of all of it; ''__noopt__'' = nothing
  po_combination_hash  OUT: hash of the choices, where that is another one; else NULL
  po_normal            OUT: normal form
  po_fault             OUT: what is wrong, at most 64 characters; '''' = nothing
Returns nothing
Errors  none
Locks   none
Example
  CALL _read_option(1, ''D0001'', ''{"색상":"빨강"}'', @option_hash, @combination_hash, @normal,
      @fault);'),
('_read_options', 'option',
'What was chosen in a list of items',
'_read_options: read what was chosen in a list of items, each as _read_option does, and keep it.

Parameters
  pi_shop_id  shop
  pi_items    list that _check_items has passed
  po_chosen   OUT: for each item in order [] = it says no option, or
              ["option_hash","combination_hash, or empty","what is wrong, or empty"]
Returns nothing
Errors  INVALID_INPUT (items): a name twice in one option
Locks   see _keep_option; the caller has no transaction open
Example
  CALL _read_options(1, ''[{"product_id":"D0001","option":{"색상":"빨강"},"quantity":1}]'', @chosen);'),
('_refuse_option', 'option',
'Names the row whose option is none',
'_refuse_option: refuse an order with a row whose option does not belong to its product, or that
leaves out what is required. Rows of products without groups, and plain combinations where
nothing else is required, need no look.

Parameters
  pi_shop_id, pi_user_id  whose cart
  pi_ids                  ''[1,2]'' as _parse_ids returns it
Returns nothing
Errors  PRODUCT_UNAVAILABLE, with the product as detail
Locks   none
Example
  CALL _refuse_option(1, ''demo1'', ''[1,2]'');'),
('_take_option', 'option',
'Reads what was chosen, as JSON or as a hash',
'_take_option: what was chosen, as a page says it when something is added: as a JSON object, which
is kept under its hash (shop_option_payloads), or as a hash.

Parameters
  pi_shop_id, pi_product_id  product
  pi_option                  what was chosen, see add_shop_cart; not NULL
  po_option_hash             OUT: all that was chosen, __noopt__ = nothing
  po_combination_hash        OUT: of JSON: the combination by which the price is found; else NULL
  po_normal                  OUT: of JSON: its normal form; else NULL
Returns nothing
Errors  INVALID_INPUT (option): it cannot be read, or does not fit the product''s groups;
        INVALID_INPUT (option_hash)
Locks   none but a new row of shop_option_payloads
Example
  CALL _take_option(1, ''D0001'', ''{"색상":"빨강"}'', @hash, @combination, @normal);'),
('tr_shop_option_groups_delete', 'option',
'a group of options that is gone does not count for its product',
'tr_shop_option_groups_delete: a group of options that is gone does not count for its product. As
tr_shop_option_groups_insert.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   the product, its offers
Example
  DELETE FROM shop_option_groups
  WHERE shop_id = 1 AND product_id = ''D0001'' AND group_name = ''색상'';'),
('tr_shop_option_groups_insert', 'option',
'the product of a group of options that is added is locked before the foreign key looks at it',
'tr_shop_option_groups_insert: the product of a group of options that is added is locked before
the foreign key looks at it. Counted is the group by tr_shop_option_groups_inserted: what INSERT
IGNORE or ON DUPLICATE KEY find there already comes by here too.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   the product
Example
  INSERT INTO shop_option_groups (shop_id, product_id, group_name, kind)
  VALUES (1, ''D0001'', ''색상'', ''choice'');'),
('tr_shop_option_groups_inserted', 'option',
'a group of options that was added counts for its product',
'tr_shop_option_groups_inserted: a group of options that was added counts for its product. See
tr_shop_option_groups_insert.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   the product, its offers
Example
  INSERT INTO shop_option_groups … ;'),
('tr_shop_option_groups_update', 'option',
'a group of options that becomes required, or is not any more, counts so for its product',
'tr_shop_option_groups_update: a group of options that becomes required, or is not any more,
counts so for its product. As tr_shop_option_groups_insert.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   the product, its offers
Example
  UPDATE shop_option_groups SET is_required = 0
  WHERE shop_id = 1 AND product_id = ''D0001'' AND group_name = ''색상'';'),
('tr_shop_option_payloads_delete', 'option',
'what was chosen stays as it was: carts and order lines name it by its hash',
'tr_shop_option_payloads_delete: what was chosen stays as it was: carts and order lines name it
by its hash.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_option_payloads;   -- refused'),
('tr_shop_option_payloads_update', 'option',
'what was chosen stays as it was: carts and order lines name it by its hash',
'tr_shop_option_payloads_update: what was chosen stays as it was: carts and order lines name it
by its hash.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_option_payloads SET payload_json = ''{}'';   -- refused'),
('tr_shop_product_options_choices', 'option',
'whoever adds a combination and says its choices need not know its hash: the choices are brought to their normal form, and option_hash is made of that',
'tr_shop_product_options_choices: whoever adds a combination and says its choices need not know
its hash: the choices are brought to their normal form, and option_hash is made of that. A
stock_option_hash that is empty becomes the same: the combination has its own units.

Parameters  none (a trigger)
Returns nothing
Errors  INVALID_INPUT (choices_json)
Locks   none
Example
  INSERT INTO shop_product_options
      (shop_id, product_id, option_hash, option_name, stock_option_hash, choices_json)
  VALUES (1, ''D0001'', '''', ''빨강 L'', '''', ''{"색상":"빨강","사이즈":"L"}'');'),
('tr_shop_product_options_chosen', 'option',
'a combination of other choices is another one, with another hash',
'tr_shop_product_options_chosen: a combination of other choices is another one, with another
hash. See tr_shop_product_options_choices.

Parameters  none (a trigger)
Returns nothing
Errors  INVALID_INPUT (choices_json)
Locks   none
Example
  UPDATE shop_product_options SET choices_json = ''{"색상":"빨강"}''
  WHERE shop_id = 1 AND product_id = ''D0001'' AND option_hash = ''red'';'),
('_check_quote_id', 'order',
'Refuses what is no number of a quote',
'_check_quote_id: refuse what cannot be the number of a quote.

Parameters
  pi_quote_id  as somebody says it; NULL or '''' = none
Returns nothing
Errors  INVALID_INPUT
Locks   none
Example
  CALL _check_quote_id(''7'');'),
('_complete_order', 'order',
'Completes an order, which earns points',
'_complete_order: complete a paid order, and give its buyer the points that it earns, once: a
share of what its goods cost after discounts and points, see shops.point_earn_rate. A guest, who
is no member, earns none.

Parameters
  pi_order_seq_no  order, locked by the caller
  pi_status        the status the caller read under that lock
  pi_actor         buyer | job
  po_status        OUT: the new status
  po_points        OUT: points earned
Returns nothing
Errors  STATE_NOT_ALLOWED
Locks   order (held already), its log (new), the buyer''s account of points, grant (new)
Example
  CALL _complete_order(1, 2, ''buyer'', @status, @points);'),
('_find_order', 'order',
'Finds an order by any of its names',
'_find_order: resolve one of an order''s four names, without a lock.

The names may look alike: a shop may number an order 20261120-7KQ2M0XA or 17, which is another
order''s code or seq_no. A name that two orders answer to finds neither; with its kind before it,
it is looked up as that kind only.

Parameters
  pi_shop_id       shop
  pi_user_id       buyer it must belong to; NULL = any buyer of the shop
  pi_order_name    order_key, order_number (mTrdNo), order_code or seq_no; or one of these words,
                   a colon and the name
  po_order_seq_no  OUT: seq_no
Returns nothing
Errors  ORDER_NOT_FOUND, also for another buyer''s order; ORDER_NAME_AMBIGUOUS, detail says by
  which kinds
Locks   none: the caller locks by primary key and checks again
Example
  CALL _find_order(1, ''demo1'', ''20261120-7KQ2M0XA'', @seq_no);
  CALL _find_order(1, ''demo1'', ''order_code:20261120-7KQ2M0XA'', @seq_no);'),
('_find_repeated_order', 'order',
'Order of a repeated request',
'_find_repeated_order: is this request known? The same one again is answered with its order,
before anything is refused.

Parameters
  pi_shop_id, pi_user_id  who orders
  pi_mTrdNo               the key
  pi_cart_ids_json        as shop_order_insert gets it, read by _parse_ids
  pi_request_sha256       what is asked for
  po_order_seq_no         OUT: the order of this request, NULL = the key is free
Returns nothing
Errors  IDEMPOTENCY_MISMATCH; INVALID_INPUT when another quantity is named than was ordered
Locks   none: the caller holds the cart
Example
  CALL _find_repeated_order(1, ''demo1'', ''T-1'', ''[1,2]'', UNHEX(SHA2(''…'', 256)), @order);'),
('_keep_new_quote', 'order',
'Keeps a changed quote beside the one before',
'_keep_new_quote: keep what an order costs now, and find the quote that its buyer saw: the one
that is named, or else the last one of these rows that came to the total that the buyer named.

Parameters
  pi_shop_id, pi_user_id, pi_ids   buyer, cart rows of the order
  pi_client_total, pi_quote_id     what the buyer saw: the total, and the quote; or NULL
  pi_total, pi_point, pi_cash      what it comes to now, and what pays a part of it
  pi_list                          what was priced, see shop_order_insert
  pi_discounts                     what takes something off, see _price_discounts; NULL = nothing
  pi_area_rule_id                  the area that costs more, or NULL
  po_old_id                        OUT: the quote that the buyer saw; NULL = none is kept
  po_new_id                        OUT: the new one; NULL when it could not be written
Returns nothing
Errors  none
Locks   shop_quotes (new)
Example
  CALL _keep_new_quote(1, ''demo1'', ''[1]'', 33000, NULL, 35000, 0, 0, ''[[1,1,1,1,1]]'', NULL, NULL,
      @old, @new);'),
('_order_expire', 'order',
'Ends one lapsed order',
'_order_expire: end one lapsed order in a transaction of its own.

Parameters
  pi_order_seq_no  order that looked lapsed a moment ago
  po_done          OUT: 1 = expired now; 0 = locked by somebody, paid in time, or ended already
Returns nothing
Errors  those of the engine
Locks   order (skipped when locked), reservations, stock by (product, option)
Example
  CALL _order_expire(1, @done);'),
('_order_log', 'order',
'Logs a change of an order''s status',
'_order_log: one row about a change of an order''s status.

Parameters
  pi_order_seq_no, pi_from_status, pi_to_status, pi_action, pi_actor
                   what changed; 0 = did not exist
  pi_message       for people, cut at 200 characters
Returns nothing
Errors  none
Locks   the new shop_order_logs row; the caller holds the order
Example
  CALL _order_log(1, 0, 1, ''order'', ''buyer'', '''');'),
('_order_transition', 'order',
'Moves an order to another status',
'_order_transition: move an order to another status. The only routine that changes order_status,
but for the usual payment in shop_order_update: there the same row of shop_order_transitions is
read with the order, and status and approval are written by one UPDATE, since a second one of the
same row costs a tenth of a payment.

Parameters
  pi_order_seq_no  order, locked by the caller
  pi_from_status   the status the caller read under that lock
  pi_action, pi_actor   must be in shop_order_transitions for that status
  pi_message       for the log
  po_to_status     OUT: the new status
Returns nothing
Errors  STATE_NOT_ALLOWED
Locks   shop_orders row (held already), its lines when it ends or is revived; points, cash and
  coupons when it ends (see _give_credits_back, _give_coupons_back), the new shop_order_logs row
Example
  CALL _order_transition(1, 1, ''pay'', ''pg'', ''T20261120'', @status);'),
('_parse_coupons_and_credits', 'order',
'Coupons, points and cash asked for',
'_parse_coupons_and_credits: read which coupons, how many points and how much cash an order wants
to use.

Parameters
  pi_coupon_ids_json  JSON array of at most 20 coupon ids, or NULL, '''' or ''[]''
  pi_point_to_use     points, or NULL, '''' or 0
  pi_cash_to_use      cash, or NULL, '''' or 0
  po_coupon_ids       OUT: ''[]'' or the sorted ids
  po_point            OUT: points
  po_cash             OUT: cash
Returns nothing
Errors  INVALID_INPUT (coupon_ids, point_to_use, cash_to_use)
Locks   none
Example
  CALL _parse_coupons_and_credits(''[]'', ''0'', ''0'', @ids, @point, @cash);'),
('_parse_destination', 'order',
'Where a quote is delivered to',
'_parse_destination: where a quote''s delivery goes, as far as it is known.

Parameters
  pi_address_id, pi_receiver_json, pi_post_code  as shop_order_quote gets them
  po_address_id  OUT: the stored address; NULL = none was named
  po_post_code   OUT: of the typed address, or alone; NULL = none
Returns nothing
Errors  INVALID_INPUT (address_id, receiver or a member of it, post_code): at most one of them
Locks   none
Example
  CALL _parse_destination(NULL, NULL, ''63001'', @address_id, @post_code);'),
('_parse_order', 'order',
'Reads the request for an order with care',
'_parse_order: read the request for an order with care: whatever it is, what is wrong with it
first is named.

Parameters
  pi_…       as shop_order_insert gets them
  po_ids, po_id_count      OUT: cart rows, see _parse_ids
  po_coupon_ids, po_point, po_cash  OUT: ''[]'' and 0 without
  po_client_total          OUT: the total the buyer saw
  po_mode                  OUT: cart | direct
  po_address_id … po_delivery_msg  OUT: see _parse_receiver
Returns nothing
Errors  INVALID_INPUT, naming the field
Locks   none
Example
  CALL _parse_order(''demo1'', ''T-1'', ''[1,2]'', ''1'', NULL, NULL, NULL, NULL, ''33000'', ''cart'',
      ''wallet'', NULL, @ids, @n, …);'),
('_parse_receiver', 'order',
'Stored or typed address',
'_parse_receiver: where an order goes: a stored address (looked up later) or one typed
in (guests).

Parameters
  pi_address_id     stored address, or NULL
  pi_receiver_json
      {"receiver_name","receiver_phone","post_code","address","address_detail","delivery_msg"},
                    or NULL; each at most once, a text or null: a number loses the zero that a
                    postal code begins with
  po_address_id     OUT: the stored address, or NULL
  po_name … po_delivery_msg   OUT: the typed address; NULL with a stored one
Returns nothing
Errors  INVALID_INPUT (address_id, receiver, or a member of it): exactly one of both
  must be given
Locks   none
Example
  CALL _parse_receiver(NULL,
      ''{"receiver_name":"…","receiver_phone":"010-0000-0000","post_code":"04524",
      "address":"…"}'', @id, @name, @phone, @post_code, @address, @detail, @msg);'),
('_prove_order', 'order',
'Computes an order once more',
'_prove_order: compute an order once more from the rows it names, which never change: prices,
delivery and area rules, discount rules, its VAT rate; and say where it says something else.

Not asked is what was judged when it was ordered and left no row: whether points and coupons were
the buyer''s, and whether something else could have been taken off.

Parameters
  pi_order_seq_no  order, of those that were priced by rows (pricing_version)
  po_list … po_tax_free  OUT: see _price_list: what it should be
  po_area_rule_id, po_point, po_cash, po_vat_rate   OUT: what the order says
  po_differences   OUT: [{"what", "recorded", "recomputed"}]; ''[]'' = none. A missing side is null
Returns nothing
Errors  none
Locks   none
Example
  CALL _prove_order(1, @list, @area, @point, @cash, @rate, @p, @f, @parcels, @ds, @d, @shares,
      @t, @s, @v, @free, @differences);'),
('_refusal_url', 'order',
'Page of the shop that says why an order was refused',
'_refusal_url: the shop''s page that tells a buyer why an order was refused.

Parameters
  pi_error_url     of the shop
  pi_order_number  mTrdNo as it was sent; left out when it is none
  pi_code          code in shop_error_codes
  pi_field         outward name of the field that is wrong, or ''''
  pi_shortage      what is short, as _shortage returns it, or NULL
Returns TEXT; NULL without pi_error_url. What is short is told as short=7:1,8:0: cart rows and
  how many units are free for each, of the first 50 rows, so that the address stays one that
  every browser and server takes
Errors  none
Locks   none
Example
  SELECT _refusal_url(''https://shop.example/error'', ''T20261120-0001'', ''PRICE_CHANGED'', ''trdAmt'',
      NULL);'),
('_refuse_order', 'order',
'Refuses an order by the first reason',
'_refuse_order: check an order that is made with care: the first thing that stands against it is
its refusal.

Parameters
  pi_shop_id, pi_user_id, pi_cart_ids_json, pi_pg   as shop_order_insert gets them
  pi_ids, pi_id_count, pi_point, pi_cash, pi_client_total, pi_address_id
                                                    as _parse_order returns them; the total NULL
                                                    when it names a quote that is not kept
  pi_coupon_fault                                   as _price_discounts returns it
  pi_credit_fault                                   as _price_credits returns it
  pi_digits, pi_tolerance                           of the shop
  pi_name, pi_merchant_id                           what was found of the address and the payment
                                                    gateway, NULL = nothing
  pi_product_total … pi_total                       what the rows cost, see shop_order_insert
  pi_undelivered                                    rows that are not delivered there, or ''[]''
Returns nothing
Errors  INVALID_INPUT, ADDRESS_NOT_FOUND, PG_NOT_AVAILABLE, COUPON_NOT_AVAILABLE,
  POINTS_NOT_ENOUGH, CASH_NOT_ENOUGH, PRODUCT_UNAVAILABLE, CART_IN_CHECKOUT, CART_NOT_FOUND,
  QUANTITY_NOT_ALLOWED, AREA_NOT_SERVED, PRICE_CHANGED (unless shops.price_change is go_on)
Locks   none: the caller holds the cart
Example
  CALL _refuse_order(1, ''demo1'', ''[1]'', ''[1]'', 1, NULL, NULL, 0, 0, 1000, 0, 1, NULL, NULL,
      ''wallet'', ''M1'', 1000, 0, 0, 1000, ''[]'');'),
('_report_order_error', 'order',
'Answers an order that was refused',
'_report_order_error: answer an order that was refused, with what the buyer must see now.

Parameters
  pi_shop_id … pi_cart_ids_json   as shop_order_insert gets them
  pi_step … pi_detail             what failed, see _report_error
  pi_ids                          cart rows, as far as they were read
  pi_currency … pi_vat_rate       of the shop, as far as they were read
  pi_post_code                    where it goes, as far as it was read
  pi_coupon_ids                   its coupons, see _parse_ids; ''[]'' = none
  pi_point, pi_cash               its points and cash, 0 = none
  pi_client_total, pi_quote_id    the total that the buyer saw, and the quote, or NULL
Returns the row of _report_error; then, by error,
  PRICE_CHANGED        the sets quote, lines and changes (see _select_amounts, _select_lines,
                       _select_quote_changes)
  PRODUCT_UNAVAILABLE, QUANTITY_NOT_ALLOWED  the set lines
  OUT_OF_STOCK         the set shortage
Errors  none; the caller has rolled back and raises what it has
Locks   shop_quotes (new)
Example
  CALL _report_order_error(1, ''demo1'', ''T-1'', ''[1]'', ''price the lines'', 2101, ''45000'',
      ''PRICE_CHANGED'', ''trdAmt'', ''1000'', ''[1]'', ''KRW'', 0, 0.1, ''04524'', ''[]'', 0, 0, 900, NULL);'),
('_restore_lines', 'order',
'Puts an order''s lines into the cart',
'_restore_lines: put an order''s lines into its buyer''s cart, and say of each what came of it.
Units are added to the row of their product and option where there is one. What cannot be bought
now comes back as well, and the cart marks it; units that a row cannot hold do not.

Lines of an order that has left its rows in the cart (soft_lock) are there already, or have been
since the order ended: nothing is added, and what stands against ordering them is said likewise.
What of it was bought now becomes part of the cart, where the buyer looks for it.

Parameters
  pi_order_seq_no         order that has ended, locked by the caller
  pi_shop_id, pi_user_id  buyer, whose cart the caller has locked
  po_results              OUT: ''[…]'', an object for each line: line_no, product_id, option_hash,
                          quantity (ordered), restored (units that came back), code (OK, or why
                          it could not, or cannot be ordered as it is), detail, cart_id, in_cart,
                          free (units that nobody holds, this order''s given back)
Returns nothing
Errors  none
Locks   cart rows of the buyer
Example
  CALL _restore_lines(1, 1, ''demo1'', @results);'),
('_restore_order', 'order',
'Puts an ended order back into the cart, once',
'_restore_order: put the lines of an order that has come to nothing back into the cart, once: for
its buyer, or for the job.

Parameters
  pi_order_seq_no         order that has ended and was not restored, locked by the caller
  pi_shop_id, pi_user_id  buyer, whose cart the caller has locked before it
  po_results              OUT: what came of each line, see _restore_lines
Returns nothing
Errors  none
Locks   order (held already), cart rows, reservations, stock by (product, option)
Example
  CALL _restore_order(1, 1, ''demo1'', @results);'),
('_seal_order', 'order',
'Seals an order anew',
'_seal_order: seal an order anew after a change that is meant. An order from before there were
seals gets none.

Parameters
  pi_order_seq_no  order, locked by the caller
Returns nothing
Errors  none
Locks   shop_orders row
Example
  UPDATE shop_orders SET address_detail = ''3F'' WHERE seq_no = 1;
  CALL _seal_order(1);'),
('_select_known_order', 'order',
'Answer to a repeated order',
'_select_known_order: answer a request with its order as it is now: one that has been answered
before, or that made an order which is not simply waiting for its payment.

Parameters
  pi_order_seq_no  order
  pi_replayed      1 = the request was answered before
Returns the two sets of shop_order_insert; the second has a row only while the order can be paid
Errors  none
Locks   none
Example
  CALL _select_known_order(1, 1);'),
('_select_quote_changes', 'order',
'What has changed between two quotes',
'_select_quote_changes: what costs another amount in one quote than in an earlier one of the same
cart rows, and why. The differences add up to that of the totals.

Parameters
  pi_old_id, pi_new_id  quotes of one buyer for the same rows; NULL or another''s = there is none:
                        nothing can be said
Returns a row for each difference: lines by cart row, then discounts, points, cash, delivery
  kind         line | promotion | coupon | point | cash | delivery
  cart_id, coupon_id, promotion_code, policy_ids_json   which one; NULL in the others
  name         of the product, promotion or coupon; NULL of the others
  old_amount, new_amount   as they count in the total: what is taken off is below 0
  reason, reason_ko, reason_en   see shop_change_reasons
Errors  none
Locks   none
Example
  CALL _select_quote_changes(1, 2);'),
('_settle_held', 'order',
'Ends orders out of time that hold something',
'_settle_held: coupons, points and cash of an order whose time is over, and which still waits for
its payment, come back: that order is ended, as shop_order_expire does.

Parameters
  pi_shop_id, pi_user_id  whose
  pi_coupon_ids           ''[1,2]'': these of the coupons; ''[]'' = none
  pi_credits              1 = points and cash, too
Returns nothing
Errors  those of the engine
Locks   as _order_expire, order by order, in transactions of their own: the caller has none
Example
  CALL _settle_held(1, ''demo1'', ''[5]'', 1);'),
('_take_over_lines', 'order',
'Takes over lines of ended orders',
'_take_over_lines: order lines whose order has ended, or was revived, while procedures were in
charge that do not keep live_cart_seq_no (sql/README.md: Way back). `jumun db load` calls it when
the triggers of prices are new.

Parameters
  po_orders  OUT: orders whose lines were changed
Returns nothing
Errors  none
Locks   one order after the other: its row, then its lines
Example
  CALL _take_over_lines(@orders);'),
('select_shop_orders', 'order',
'The orders of a buyer',
'select_shop_orders: the orders of a buyer, the newest first, whatever became of them.

An order that is made while somebody turns the pages comes before the first one, and moves none.

Parameters
  pi_shop_id  shop
  pi_user_id  buyer
  pi_after    next_after of the page before: the order_key of its last order; NULL or '''' = the
              first page
  pi_limit    at most so many orders, 1 to 100; NULL or '''' = 20
Returns one row: result, order_count (orders on this page), next_after (NULL = there are no more)
then the orders
  order_number, order_key, order_code, order_date (UTC), order_status
  phase           open | paid | ended, see shop_order_statuses
  next_step       what the buyer can do, as shop_order_select says it
  currency, total_payment, discount_total, line_count
  product_name    of the first line, when it was ordered
  payable         1 = it waits for its payment, and there is time; past expires_at it is 0,
                  though the status may be the same until shop_order_expire ends the order
  expires_at      UTC; until then it can be paid
  restorable      1 = shop_order_restore_cart would put its lines back into the cart; an order
                  that waits for its payment can then not be paid any more
Errors  INVALID_INPUT (after: also another buyer''s order), SHOP_NOT_FOUND
Locks   none
Example
  CALL select_shop_orders(1, ''demo1'', NULL, ''20'');'),
('shop_order_complete', 'order',
'The buyer says that an order is complete',
'shop_order_complete: the buyer has received what was ordered. From then on the order is complete,
and its points are the buyer''s.

Parameters
  pi_shop_id    shop
  pi_user_id    buyer
  pi_order_key  order, by any of its names, see _find_order
Returns one row: result, replayed (1 = it was complete before, nothing changed), order_number,
  order_status, points_earned (with this order, also by the call before), events (for counters)
Errors  INVALID_INPUT, ORDER_NOT_FOUND, ORDER_NAME_AMBIGUOUS, STATE_NOT_ALLOWED (not paid)
Locks, in this order
  order, its log (new), the buyer''s account of points, grant (new)
Example
  CALL shop_order_complete(1, ''demo1'', ''T20261120-0001'');'),
('shop_order_expire', 'order',
'Ends unpaid orders',
'shop_order_expire: end orders whose time to be paid is over, and give their stock back. One
order, one transaction. May run at any time, twice, beside itself and beside payments: an order
that is locked just now is left for the next run, and one that cannot be expired does not keep
the others from it.

Parameters
  pi_batch_size  at most so many orders, 1 to 10000; NULL = 100
Returns one row: result, expired (how many), failed (how many could not be; see shop_error_log),
  events and event_count for counters
Errors  INVALID_INPUT
Locks, per order: order (skipped when locked), reservations, stock by (product, option)
Example
  CALL shop_order_expire(100);'),
('shop_order_explain', 'order',
'How the total of a cart comes about',
'shop_order_explain: how the total of a cart would come about if it were ordered now: every rule
that fires, in order, with its amount. Nothing is written: no quote is kept, no price promised.

Parameters
  pi_shop_id          shop
  pi_user_id          buyer
  pi_cart_ids_json    JSON array of cart rows, see _parse_ids
  pi_address_id       stored address, or one of the two below; NULL or '''' = the default one, if
                      any
  pi_receiver_json    a typed address, see _parse_receiver
  pi_post_code        a postal code alone
  pi_coupon_ids_json  JSON array of coupon_id; NULL, '''' or [] = none
  pi_point_to_use, pi_cash_to_use   points and cash, or NULL
Returns one row
  result, currency, product_total_price, discount_total, shipping_fee, point_used, cash_used,
  total_payment, supply_amount, vat_amount, tax_free_amount, undelivered_ids_json (see
  shop_order_quote)
then the steps (see _select_steps)
Errors  INVALID_INPUT, SHOP_NOT_FOUND, CART_NOT_FOUND, ADDRESS_NOT_FOUND, PRODUCT_UNAVAILABLE (a
  row whose amount has more than 15 digits), COUPON_NOT_AVAILABLE, POINTS_NOT_ENOUGH,
  CASH_NOT_ENOUGH
Locks   none
Example
  CALL shop_order_explain(1, ''demo1'', ''[1,2]'', NULL, NULL, ''63001'', NULL, NULL, NULL);'),
('shop_order_insert', 'order',
'Turns cart rows into an order, exactly once',
'shop_order_insert: turn cart rows into an order, exactly once, at the right price. One call, one
transaction, ten steps:

   1 read the request        5 write the order      8 log
   2 lock the cart           6 write the lines      9 empty the cart
   3 read the parties        7 hold the units      10 take them from stock, the hot rows, last;
                                                      COMMIT, answer
   4 price the rows, once, and compare the total with what the buyer saw

The usual request is recognised by what it looks like, and made by steps that neither call nor
loop: a nested CALL, a cursor or a function in a statement costs as much as several plain
statements. Whatever is unusual, and whatever falls short (a total, a row, a unit), is rolled
back, read with care, and goes through the same steps once more; what falls short then is given
its reason by _refuse_order; what is sold out, by _refuse_sold_out before anything is written.

What was priced is a list, one line each: [cart row, quantity, price, delivery rule, delivery
policy], and all that the buyer chose where that is more than what finds the price. Everything
later is made of that list and of rows that never change, so it cannot see another price; and
each step counts its rows.

An order of total 0 has nothing to pay and is paid at once.

Parameters
  pi_shop_id          shop
  pi_user_id          buyer
  pi_mTrdNo           the shop''s transaction number: letters, digits, . _ -, at most 64.
                      Idempotency key
  pi_cart_ids_json    JSON array of cart rows, see _parse_ids
  pi_address_id       stored address, or
  pi_receiver_json    a typed one, see _parse_receiver
  pi_coupon_ids_json  JSON array of coupon_id, see select_shop_coupons; NULL, '''' or [] = none
  pi_point_to_use     points, or NULL
  pi_cash_to_use      cash, or NULL
  pi_client_total     the total the buyer saw; required, compared, never charged
  pi_order_mode       cart | direct; also cart_all, cart_selected, direct_buy; NULL or '''' = cart.
                      It is part of the request; what the order is told to be follows from its
                      rows: direct when all of them were bought now (add_shop_cart_buy_now)
  pi_pg               payment gateway
  pi_quote_id         quote_id of shop_order_quote, or of an order that was refused, or NULL: its
                      total is what the buyer saw, whatever trdAmt says. One that is not kept any
                      more, or was another''s, is PRICE_CHANGED
Returns one row
  result, replayed (1 = this request was answered before), order_number, order_key,
  order_code, order_status, next_step (see shop_order_statuses), currency, total_payment,
  expires_at, location: the shop''s page for an order that cannot be paid (any more), NULL
  while it can. With errors: the shop''s page that says why. events: for counters, what was
  done to orders: order, or order and free. price_changed 1: ordered at another total than the
  buyer saw (shops.price_change is go_on), who must be told before paying; old_total: what the
  buyer saw, NULL unless price_changed
then how to pay: pay_method (GET | POST), pay_url, pay_fields_json (see _payment_fields), while
  it can be paid; and, where this call has made an order at another total, which is to be paid,
  what has changed (see _select_quote_changes)
Errors
  INVALID_INPUT, SHOP_NOT_FOUND, IDEMPOTENCY_MISMATCH (same key, other request or other buyer),
  CART_NOT_FOUND (consumed, foreign or unknown), CART_IN_CHECKOUT (an order has the row, which
  waits for its payment: soft_lock), ADDRESS_NOT_FOUND, PG_NOT_AVAILABLE,
  COUPON_NOT_AVAILABLE, POINTS_NOT_ENOUGH, CASH_NOT_ENOUGH (detail says why, see _price_credits)
  PRODUCT_UNAVAILABLE  with the set lines
  QUANTITY_NOT_ALLOWED with the set lines: fewer or more units of a product than its rules allow,
                       see _quantity_fault
  AREA_NOT_SERVED      a row is not delivered to this address: detail names the cart rows
  PRICE_CHANGED        with the sets quote, lines and changes (see _select_quote_changes): what
                       it costs now, and what has changed since the quote that the buyer saw. The
                       new quote_id can be ordered: with the same mTrdNo, and trdAmt as it was.
                       Where prices are promised: also when a promise is over and another price
                       is in force. With shops.price_change go_on only for a quote that is not
                       kept
  OUT_OF_STOCK         with the set shortage
  STATE_NOT_ALLOWED    a free order, when shop_order_transitions does not let it be paid
  A call that failed left nothing: its key is free.
Locks, in this order
  cart header; order, lines, holds, log (new); cart rows by number; the buyer''s points, cash;
  coupons by number, of each that has a use_limit a slot of what is left; stock by (product,
  option, slot); after all that, where the price has changed, shop_quotes (new)
Example
  CALL shop_order_insert(1, ''demo1'', ''T20261120-0001'', ''[1,2]'', ''1'', NULL, NULL, NULL, NULL,
      ''33000'', ''cart'', ''wallet'', NULL);'),
('shop_order_prove', 'order',
'Computes an order once more, and how',
'shop_order_prove: compute an order once more, to the last unit, from the rows that it names and
that never change (prices, delivery rules, discount rules), and say where it differs; and how its
total comes about, rule by rule.

Parameters
  pi_shop_id     shop
  pi_order_name  any of its names, see _find_order
Returns one row
  result, order_number, order_key, order_code, order_date, order_status, pricing_version,
  proven (1 = it is what it should be, 0 = it differs, NULL = it was made before prices were
  rows, or brought along: nothing can be said), difference_count, currency, and what it should
  be: product_total_price, discount_total, shipping_fee, point_used, cash_used, total_payment,
  supply_amount, vat_amount, tax_free_amount; recorded_total: what the order says
then the steps (see _select_steps), and the differences: what, recorded,
  recomputed; a side that is missing is NULL
Errors  ORDER_NOT_FOUND, ORDER_NAME_AMBIGUOUS, INVALID_INPUT (by its rules it comes to more than
  15 digits)
Locks   none
Example
  CALL shop_order_prove(1, ''T20261120-0001'');'),
('shop_order_quote', 'order',
'Buyer, address, lines and totals before the order',
'shop_order_quote: what order_form.php shows before the order is placed. Where the shop promises
prices (shops.price_policy pinned), what is quoted holds for form_minutes at least. The quote is
kept for shops.quote_minutes: an order that names it is told what has changed since, and takes
it where its total is still the one to be paid.

Parameters
  pi_shop_id          shop
  pi_user_id          buyer
  pi_cart_ids_json    JSON array of cart rows, see _parse_ids
  pi_address_id       stored address, or one of the two below; NULL or '''' = the default one, if
                      any
  pi_coupon_ids_json  JSON array of coupon_id, see select_shop_coupons; NULL, '''' or [] = none
  pi_point_to_use     points, or NULL
  pi_receiver_json    a typed address, see _parse_receiver; NULL or '''' = none
  pi_post_code        a postal code alone, while the rest is not typed yet; NULL or '''' = none
  pi_cash_to_use      cash, or NULL
  pi_quote_id         the quote that the buyer was shown before, or NULL
Returns one row
  result, quote_id, currency, currency_digits, product_total_price, discount_total, point_used,
  cash_used, shipping_fee, total_payment, supply_amount, vat_amount, tax_free_amount, user_id,
  user_name, user_phone, address_id, receiver_name, receiver_phone, post_code, address,
  address_detail, delivery_msg, price_changes_json (see refresh_shop_cart),
  parcels_json: an object for each parcel that costs something
    policy_ids  delivery policies of its lines
    amount, fee what its goods cost (where that is judged after discounts: what is left of it),
                and what it costs
    surcharge   what of the fee is asked since it goes to an area that costs more
    free_over   sum of its goods from which no more than the surcharge is asked; null = none
    missing     what is missing until then; null = nothing, or it always costs something
  area_name     where it goes, when that costs more
  fee_final     0 = no address is known, and there are areas that cost more
  undelivered_ids_json  cart rows that are not delivered there: an order of them would fail
  discounts_json: an object for each promotion and coupon, as they are taken off
    coupon_id, coupon_code, coupon_name   the coupon; null = a promotion
    promotion_code, promotion_name        the promotion; null = a coupon
    target      product | category | order | delivery
    amount      what it takes off
    lines       [{"cart_id", "amount"}]: how that is spread; of delivery none
then the lines (see _select_lines); a line with orderable = 0 or quantity_kept = 0 would make the
  order fail
then, with pi_quote_id, what has changed since that quote (see _select_quote_changes); no row
  when it is not kept any more, was another buyer''s, or of other rows
Errors  INVALID_INPUT, SHOP_NOT_FOUND, CART_NOT_FOUND, CART_IN_CHECKOUT, ADDRESS_NOT_FOUND,
  COUPON_NOT_AVAILABLE, POINTS_NOT_ENOUGH, CASH_NOT_ENOUGH (detail says why, see _price_credits)
  PRODUCT_UNAVAILABLE  with the set lines: a row whose amount has more than 15 digits
                       before the point
Locks   shop_quotes (new); where ordered rows of the buyer are still marked (soft_lock), before
        it reads, as _settle_cart; in a pinned shop, for a moment before it reads, cart header
        and cart rows
Example
  CALL shop_order_quote(1, ''demo1'', ''[1,2]'', NULL, NULL, NULL, NULL, ''63001'', NULL, NULL);'),
('shop_order_restore_cart', 'order',
'Puts an order''s lines back into the cart',
'shop_order_restore_cart: put the lines of an order that came to nothing back into the cart,
exactly once. Rows the buyer has added since keep what they have: quantities add up, at most to
99999. What was bought now comes into the cart as well. An order that still waits for its payment
becomes unpayable in the same commit (cancelled by buyer, stock released).

Parameters
  pi_shop_id    shop
  pi_user_id    buyer
  pi_order_key  order, by any of its names, see _find_order
Returns one row: result, replayed (1 = was done before, nothing changed), order_number,
  order_status, cart_count, cart_version, cart_amount, cart_total_hash (see select_shop_cart),
  price_changes_json (see refresh_shop_cart), events (for counters)
then the cart (see _select_cart)
then what came of each line, none when it was done before: line_no, product_id, option_hash,
  quantity (ordered), restored (units that came back), code, detail, cart_id, in_cart, free (as
  add_shop_cart_items). code
    OK                  all of it came back
    PRODUCT_UNAVAILABLE, PRODUCT_NOT_FOUND   it came back, and cannot be bought now
    INVALID_INPUT       as many as the cart can hold of it came back, see restored; or so many
                        cost more than an order can
    QUANTITY_NOT_ALLOWED   it came back, and is more than one order, or one buyer, may have
    CART_NOT_FOUND      it came back when the order ended (soft_lock), and is gone since
Errors  INVALID_INPUT, SHOP_NOT_FOUND, ORDER_NOT_FOUND, ORDER_NAME_AMBIGUOUS, STATE_NOT_ALLOWED
  (paid, shipped, refunded, …)
Locks, in this order
  cart header, order, cart rows, reservations, stock by (product, option)
Example
  CALL shop_order_restore_cart(1, ''demo1'', ''T20261120-0001'');'),
('shop_order_restore_carts', 'order',
'Puts failed and expired orders back into carts',
'shop_order_restore_carts: put the lines of orders that failed or expired back into their buyers''
carts, some minutes later, in shops that want it (shops.restore_minutes; NULL = only the buyer
does, by shop_order_restore_cart). Once, whoever comes first. An order whose rows have stayed in
the cart (soft_lock) needs nothing. May run at any time, twice; a buyer whose cart is in use is
left for a later run. It looks at orders whose time was over a day before that at most.

Parameters
  pi_batch_size  at most so many orders, 1 to 10000; NULL = 500
Returns one row: result, restored (orders), skipped (carts or orders in use), failed (see
  shop_error_log)
Errors  INVALID_INPUT
Locks, per order: cart header (skipped when locked), order, cart rows, reservations, stock
Example
  CALL shop_order_restore_carts(500);'),
('shop_order_select', 'order',
'An order as it is now',
'shop_order_select: an order as it is now.

Parameters
  pi_shop_id     shop
  pi_user_id     buyer it must belong to; NULL = any buyer of the shop
  pi_order_name  any of its names, see _find_order
Returns one row
  result, order_number, order_key, order_code, order_status, next_step (see shop_order_statuses),
  then the columns of shop_orders that concern a buyer, and items_json, what add_shop_cart_items
  takes: [{"product_id", "option" (what the buyer chose, where that is known), "option_hash" (the
  hash of it), "quantity"}] in line order
  discounts_json: ''[]'', or an object for each promotion and coupon, as they were taken off:
  coupon_id, coupon_code, coupon_name, promotion_code, promotion_name, target, amount, and lines:
  [{"line_no", "amount"}], of delivery none
then lines (option_json: what was chosen, NULL = nothing, or only its hash is known; parts_json:
  of a set, what it consisted of: [{"quantity" (in one set), "product_id", "option_hash",
  "option_name", "product_name"}], NULL = no set), payments, log
Errors  ORDER_NOT_FOUND, also for another buyer''s order; ORDER_NAME_AMBIGUOUS
Locks   none
Example
  CALL shop_order_select(1, NULL, ''T20261120-0001'');'),
('shop_orders_complete', 'order',
'Completes orders some days after payment',
'shop_orders_complete: complete paid orders whose buyers have not said anything, so many days
after they were paid, see shops.complete_days. One order, one transaction. May run at any time,
twice, beside itself: an order that is locked just now is left for the next run.

It looks at the orders of the last 60 days beyond that: a shop that begins with this completes no
older ones, and gives no points for them. Where the shop''s own moves lead on from a status to
another one that is paid (to preparing, shipping, delivered), an order is left in it: it has not
arrived.

Parameters
  pi_batch_size  at most so many orders, 1 to 10000; NULL = 500
Returns one row: result, completed (how many), failed (how many could not be; see
  shop_error_log), events and event_count for counters
Errors  INVALID_INPUT
Locks, per order: order (skipped when locked), the buyer''s account of points, grant (new)
Example
  CALL shop_orders_complete(500);'),
('shop_quote_expire', 'order',
'Deletes quotes whose time is over',
'shop_quote_expire: delete quotes whose time is over: nobody can order them any more. May run at
any time, twice, beside itself and beside orders.

Parameters
  pi_batch_size  at most so many quotes, 1 to 10000; NULL = 500
Returns one row: result, expired (how many), events and event_count for counters
Errors  INVALID_INPUT
Locks   the quotes that it deletes
Example
  CALL shop_quote_expire(500);'),
('tr_shop_order_logs_delete', 'order',
'what has happened to an order is not forgotten',
'tr_shop_order_logs_delete: what has happened to an order is not forgotten. See
tr_shop_order_product_update.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_order_logs WHERE order_seq_no = 1;   -- refused'),
('tr_shop_order_logs_update', 'order',
'what has happened to an order is not written anew',
'tr_shop_order_logs_update: what has happened to an order is not written anew. See
tr_shop_order_product_update.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_order_logs SET actor = ''pg'';   -- refused'),
('tr_shop_order_product_delete', 'order',
'an order line is not deleted',
'tr_shop_order_product_delete: an order line is not deleted. See tr_shop_order_product_update.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_order_product WHERE order_seq_no = 1;   -- refused'),
('tr_shop_order_product_update', 'order',
'an order line is what was bought, and stays so',
'tr_shop_order_product_update: an order line is what was bought, and stays so. All that changes is
whether it stands for its cart row, while its order lives (_order_transition). sql/README.md says
what to do with a change that is meant.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_order_product SET unit_price = 1, line_amount = quantity;   -- refused'),
('tr_shop_orders_delete', 'order',
'an order is not deleted: its number would be free again, its money and its units would belong to nobody',
'tr_shop_orders_delete: an order is not deleted: its number would be free again, its money and its
units would belong to nobody.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_orders WHERE seq_no = 1;   -- refused'),
('tr_shop_orders_status', 'order',
'no order moves from a status to another one but as shop_order_transitions knows it, by whoever''s hand',
'tr_shop_orders_status: no order moves from a status to another one but as
shop_order_transitions knows it, by whoever''s hand. A move that is allowed, made without its
log row, is what shop_audit finds.

Parameters  none (a trigger)
Returns nothing
Errors  STATE_NOT_ALLOWED
Locks   the rows that it reads, shared: only a load of newer files writes them
Example
  UPDATE shop_orders SET order_status = 8 WHERE seq_no = 1;   -- refused when it is pending'),
('v_order_seals', 'order',
'the seal of every order, and what it would be by the order''s columns as they are now',
'v_order_seals: the seal of every order, and what it would be by the order''s columns as they are
now. They differ when somebody has changed the order past the routines.

In the seal is what never changes: who ordered what, when, for whom and for how much. Not in it:
the status, which the log proves; approval number and time of payment, which the payment proves;
the deadline, which the holds prove; and what the shop''s own pages write. A column that is added
later goes to the end, and is NULL in old orders: NULL counts for nothing, so their seals stay
right. The number is in the seals of old orders only: a new order is sealed before it has one,
and has its key in it. shop_order_insert and sql/adopt/fill/26_shop_orders.sql compute the same.

Parameters  none (a view)
Returns one row per order: seq_no, shop_id, seal, seal_now, seal_before_restore (what it was
  before the cart was restored)
Errors  none
Locks   none
Example
  SELECT seq_no FROM v_order_seals WHERE seal <> seal_now;'),
('_adapter_reading', 'payment',
'How messages of a payment gateway are read',
'_adapter_reading: how messages of a payment gateway are read, or why they cannot be.

A PG hashes its fields joined. The hash proves the letters, not where one field ends and the next
begins: who holds a message could cut the same letters otherwise, and the hash would still fit.
So every hashed field has a pattern, and an adapter is taken only when the patterns leave no
choice. A border is proven when it can be found in the joined text
  by counting:    from a proven border across fields of one fixed length, or
  by its letter:  the next field always begins with this letter, and it cannot stand anywhere
                  between the border and the next proven one to the left (it is the first such
                  letter), or to the right (the last).
Text between the fields is a field of fixed length with a letter at its border.

Patterns known to everybody: our account is itself, our order number is [-._A-Za-z0-9]{1,64}, the
amount (unless pattern_others_json says it more exactly) is [0-9.]{1,18}.

Parameters
  pi_merchant_id … pi_request_hash_template  columns of shop_pg_adapters
Returns JSON object
  fault     '''' or what is wrong with the adapter
  template  the hash template with U+001E at the borders
  pattern   regular expression for what it is filled to
Errors  none
Locks   none
Example
  SELECT _adapter_reading(''M1'', ''mTrdNo'', ''trdNo'', ''trdNo'', ''trdAmt'', ''rsltCd'', ''authDt'', ''mId'',
      ''{rsltCd}{mTrdNo}{trdNo}{trdAmt}{authDt}{mId}{key}'', ''[0-9]{4}'', ''W[0-9a-f]{32}'',
      ''[0-9]{14}'', ''{}'', ''0000'', ''{merchant_id}{order_number}{amount}{key}'');'),
('_find_payment', 'payment',
'Finds the payment of a transaction',
'_find_payment: has this transaction, or this approval, been seen before, and did it say the same?

An approval number that is missing says nothing: one channel of a payment gateway may bring it
and the other not.

Parameters
  pi_pg, pi_merchant_id, pi_pg_tx   transaction; '''' = the message has none
  pi_approval_no    approval number; '''' = none
  pi_order_number, pi_order_seq_no  order of the message, locked by the caller;
                    seq_no NULL = unknown
  pi_amount         amount of the message; NULL = it was no amount
  po_payment_seq_no OUT: shop_payments.seq_no, NULL = not seen
  po_status         OUT: its status, NULL = not seen
  po_same_order     OUT: 1 = it belongs to this order
  po_same           OUT: 1 = order, amount and approval number are those of that payment
  po_approval_used  OUT: 1 = another transaction has this approval number
  po_approval_new   OUT: 1 = that payment was recorded without an approval number, and this
                    message brings it
Returns nothing
Errors  none
Locks   the payment of this transaction
Example
  CALL _find_payment(''wallet'', ''M_DEMO'', ''W1'', ''W1'', ''T-1'', 1, 1000,
      @seq_no, @status, @same_order, @same, @used, @new);'),
('_judge_adopted', 'payment',
'Tells an adopted payment from a second one',
'_judge_adopted: an approval for an order that was paid before jumun: is it that payment, or a
second one?

The old shop kept no transaction numbers that could be compared. The approval number says it;
without one nobody can tell, and what may be the only money of the order must not be listed to be
refunded: it is looked up.

Parameters
  pi_order_seq_no   order, paid, locked by the caller
  pi_pg_tx, pi_approval_no, pi_amount   of the message
  pio_verdict       INOUT: surplus; repeated when it is the adopted payment, contradiction when
                    nobody can tell
  pio_tx_known      INOUT: status of the payment, for the answer to a repetition
Returns nothing
Errors  none
Locks   none: the caller holds the order
Example
  CALL _judge_adopted(1, ''W1'', ''A1'', 1000, @verdict, @known);'),
('_judge_payment', 'payment',
'Verdict on a message',
'_judge_payment: what an authentic message means for an order. Decides; writes nothing.

Money is what an approval is about: a refusal takes nothing and owes nothing, whatever else it
says.

Parameters
  pi_success        1 = the PG approved
  pi_has_tx         1 = the message has a transaction number
  pi_tx_known       status of the payment with this transaction number, NULL = none
  pi_tx_same        1 = that payment has this order, amount and approval number
  pi_approval_used  1 = another transaction has this approval number
  pi_on_payment     what a right payment is to the order, see shop_order_statuses; NULL = there
                    is no such order
  pi_restored       1 = its lines were put back into the cart
  pi_amount_equal   1 = the amount is exactly the order''s total
  po_verdict        OUT, see shop_payment_verdicts; _settle_order makes paid late when the
                    order''s units cannot be had
Returns nothing
Errors  none
Locks   none: the caller holds the order
Example
  CALL _judge_payment(1, 1, NULL, 0, 0, ''late'', 0, 1, @verdict);   -- late'),
('_key_of_return', 'payment',
'The order whose return URL was called',
'_key_of_return: whose order''s return URL was called. Never derived from the message: an order key
is a secret that only its buyer and the payment gateway were told, and an order number can be
guessed. And the page where it is led.

Parameters
  pi_shop_id      shop
  pi_fields_json  the message, with the key of the URL as _order_key; may be anything
  po_order_key    OUT: shop_orders.order_key, NULL when it names no order of the shop
  po_error_url    OUT: the shop''s page for what went wrong, NULL when there is no such shop
Returns nothing
Errors  none
Locks   none
Example
  CALL _key_of_return(1, ''{"_order_key":"01900000-0000-7000-8000-000000000000"}'',
      @order_key, @url);'),
('_mask_fields', 'payment',
'A message without what must not be kept',
'_mask_fields: a message of a payment gateway as it may be kept: the fields that the adapter names
stay, except the hash and long numbers in free text; of all others only the name stays, since a
PG may send card data and secrets under names nobody told us. A plain message is masked the same
way in shop_order_update, step 4.

Parameters
  pi_pg, pi_merchant_id  adapter
  pi_fields              JSON object
  po_masked              OUT: JSON object
Returns nothing
Errors  none
Locks   none
Example
  CALL _mask_fields(''wallet'', ''M_DEMO'', ''{"trdAmt":"1000","cardNo":"4111111111111111"}'',
      @masked);'),
('_parse_pattern', 'payment',
'What a pattern says about its values',
'_parse_pattern: what a pattern says about every value that it matches. Only patterns of which
that can be said for certain are read: letters and sets of letters, each with a fixed or bounded
number. W[0-9a-f]{32} is one, .+ is none.

Parameters
  pi_pattern  a regular expression for a whole value: letters, digits, _ : / , = - ; and sets
              [a-z0-9.], [^|]; each may be followed by {n} or {m,n}. A dot or another sign is
              written as a set: [.]
  po_parts    OUT: the letters and sets without their numbers, NULL when it is no such pattern
  po_least, po_most  OUT: lengths of the shortest and of the longest value
  po_first    OUT: the letter with which every value begins, '''' when there is no such letter
  po_rest     OUT: the parts that come after that letter; all parts when there is none
Returns nothing
Errors  none
Locks   none
Example
  CALL _parse_pattern(''W[0-9a-f]{32}'', @parts, @least, @most, @first, @rest);
  -- W[0-9a-f], 33, 33, W, [0-9a-f]'),
('_parse_pg_message', 'payment',
'Reads the fields of a message',
'_parse_pg_message: the fields of a message of any form, as text. What shop_order_update reads at
once when a message is a usual one is read here with care.

Parameters
  pi_pg, pi_merchant_id  adapter
  pi_fields              JSON object, flat; its hash has been compared
  po_order_number … po_named_merchant   OUT: the fields the adapter names; numbers '''' when
                         missing or too long to be ours, amount and account NULL when missing,
                         words cut to their columns and without card numbers
Returns nothing
Errors  none
Locks   none
Example
  CALL _parse_pg_message(''wallet'', ''M_DEMO'', @fields,
      @no, @tx, @appr, @amt, @code, @msg, @at, @account);'),
('_parse_signed_text', 'payment',
'Fills the template of what was hashed',
'_parse_signed_text: the text that a payment gateway hashed, and the hash that it sent, of a
message of any form. What shop_order_update reads at once when a message is a usual one is read
here name by name.

Goes through the template once, from left to right: a value that contains braces is not looked
into.

Parameters
  pi_pg, pi_merchant_id  adapter
  pi_fields              JSON object, flat
  po_hash                OUT: the hash as it was sent; NULL when it is missing, null, an object
                         or an array
  po_filled              OUT: the adapter''s read_template with the values of the message, '''' for
                         what is missing, and the key, which is never taken from the message
Returns nothing
Errors  INVALID_INPUT: not a JSON object, or more than 200 fields
Locks   none
Example
  CALL _parse_signed_text(''wallet'', ''M_DEMO'', ''{"rsltCd":"0000"}'', @hash, @filled);'),
('_parts_allow', 'payment',
'Whether a letter may stand in a value',
'_parts_allow: may this letter stand anywhere in a value of these parts?

Parameters
  pi_parts   letters and sets, see _parse_pattern
  pi_letter  one letter
Returns TINYINT: 1 = it may, 0 = it cannot
Errors  none
Locks   none
Example
  SELECT _parts_allow(''W[0-9a-f]'', ''W''), _parts_allow(''[0-9a-f]'', ''W'');   -- 1, 0'),
('_parts_meet', 'payment',
'Whether two sets of letters have one in common',
'_parts_meet: is there a letter that may stand in values of both?

Parameters
  pi_one, pi_other  letters and sets, see _parse_pattern
Returns TINYINT: 1 = there is, or it cannot be said; 0 = there is none
Errors  none
Locks   none
Example
  SELECT _parts_meet(''[0-9]'', ''M''), _parts_meet(''[0-9]'', ''[5-9a]'');   -- 0, 1'),
('_payment_fields', 'payment',
'Fields for the payment page',
'_payment_fields: the fields with which a buyer''s browser goes to the payment gateway.
shop_order_insert says the same in the same words, since a call costs it three times as much; a
test compares them.

Parameters
  pi_fields_json, pi_hash_template, pi_secret_key   of shop_pg_adapters
  pi_merchant_id   our account there
  pi_order_key, pi_order_number  order; the key as text
  pi_total         what is charged
  pi_digits        decimals of the currency
  pi_gateway_url   shops.gateway_url
  pi_pg            payment gateway
  pi_product_name  name of the first line
  pi_line_count    number of lines
Returns JSON object
Errors  none
Locks   none
Example
  SELECT _payment_fields(''{"mId":"{merchant_id}"}'', ''{merchant_id}{key}'', ''secret'', ''M1'',
      ''01900000-0000-7000-8000-000000000000'', ''T1'', 1000, 0,
      ''https://pay.example'', ''wallet'', ''Lamp'', 1);'),
('_request_is_a_message', 'payment',
'Whether a request''s hash could fit a message',
'_request_is_a_message: could the hash that we send with a payment request fit a message of the
PG? Both are made with one key. A buyer chooses an order number, and sees the request''s hash: if
the joined text of a request could be that of an approval, our own hash would prove it. The two
are told apart by their first letter, by their last one, or by a text between the fields of the
message that no request can hold.

Parameters
  pi_request_hash_template, pi_hash_template, pi_merchant_id  columns of shop_pg_adapters
  pi_parts, pi_firsts  JSON arrays: of each part of the hash template, the letters that may stand
                       in it and the one with which it begins, see _adapter_reading
  pi_lengths           the same: fixed | open | none = it may be missing
Returns TINYINT: 1 = nothing says that it could not, 0 = it cannot
Errors  none
Locks   none
Example
  SELECT _request_is_a_message(''{merchant_id}{order_number}{amount}{key}'',
      ''{rsltCd}{mTrdNo}{mId}{key}'', ''M1'',
      ''["[0-9]","[-._A-Za-z0-9]","M1","[^ ]"]'', ''["","","M",""]'',
      ''["fixed","open","fixed","fixed"]'');
  -- 0: a request begins with M, a message with a digit'),
('_return_url', 'payment',
'Page of the shop with the order in its query',
'_return_url: a page of the shop, with the order in its query. The shop may have written any
address that a browser takes: with a query of its own, with a #part, which comes after every
query, and in Hangul, which a Location header cannot hold: what is not printable ASCII is
percent-encoded.

Parameters
  pi_url           page of the shop
  pi_order_key     order, or NULL
  pi_order_number  mTrdNo, or NULL
  pi_code          '''' or why it was not paid; more of the query may follow it
Returns TEXT
Errors  none
Locks   none
Example
  SELECT _return_url(''https://shop.example/result.php'', NULL, NULL, ''PAYMENT_FAILED'');'),
('_settle_free_order', 'payment',
'An order of total 0 is paid at once',
'_settle_free_order: an order of total 0 has nothing to pay: it is paid in the transaction that
makes it.

Parameters
  pi_order_seq_no  order, just inserted, its stock held
Returns nothing
Errors  none
Locks   order and reservations, both new
Example
  CALL _settle_free_order(1);'),
('_settle_order', 'payment',
'Moves an order by a verdict',
'_settle_order: do to the order what a verdict asks for.

Paying is held -> sold. Units of an order that was refused or ran out of time are with others or
free: it is paid only if all of them can be taken again, in this commit; for an order out of time
the shop may say that it never is (shops.late_payment). An order that has left its rows in the
cart (soft_lock) takes them again, or is not revived, see _take_rows_again; so does one that had
points, cash or coupons, see _take_credits and _take_coupons. Stock comes last:
lines that stand for cart rows again have neighbours in their index, which may be of an order
that waits for the same stock.

Parameters
  pi_order_seq_no   order, locked by the caller; before it the cart, when it is to be revived
  pio_status        INOUT: its status
  pi_on_payment     what a right payment is to that status, see shop_order_statuses
  pio_verdict       INOUT: as _judge_payment returns it; paid becomes late when the order''s
                    units, points, cash or coupons cannot be had
  pi_approval_no, pi_message   for the order
  pi_actor          pg | dba: who says so
  pi_log_message    words for the log of a payment
Returns nothing
Errors  STATE_NOT_ALLOWED when shop_order_transitions lacks the move
Locks   order (held already), reservations, of a revived order cart rows, points, cash and
        coupons, lines and their neighbours by cart row; of one that ends points, cash and
        coupons; stock by (product, option)
Example
  CALL _settle_order(1, @status, ''pay'', @verdict, ''A1'', ''approved'', ''pg'', ''A1'');'),
('_write_payment', 'payment',
'Records a payment and what is owed for it',
'_write_payment: record the payment of a message, and what is owed for it.

Parameters
  pi_shop_id … pi_approved_at   message and order; pi_amount NULL = it was no amount
  pi_message_seq_no  shop_pg_messages.seq_no of the message
  pi_duty_minutes    deadline of a duty
  pi_verdict         as _settle_order left it; shop_payment_verdicts says which of them leave a
                     payment or a duty
  pi_payment_seq_no  payment of this transaction, NULL = none yet (a failed one may turn
                     into an approved one, also of another order)
  pi_approval_new    1 = a repetition brings the approval number that was missing
Returns nothing
Errors  1062 when another message has just recorded this transaction or approval: the caller
  starts again
Locks   the shop_payments row; the new shop_pg_duties row
Example
  see shop_order_update'),
('shop_order_update', 'payment',
'Takes in a message of a payment gateway',
'shop_order_update: take in what a payment gateway says about an order. Return and notification
may come twice, together, in any order, or not at all: the first one settles, all get the same
answer.

What nearly every message is costs little: a flat object of plain texts is read at once, and an
approval of an order that waits for it is settled by one UPDATE, which is refused when anything
has changed since it was looked at. Both are cases of the general way, which every other message
goes: _parse_signed_text and _parse_pg_message, _find_payment, _judge_payment, _settle_order,
_write_payment. What authentic means stands here once, for both.

An authentic message is always committed, whatever it says: message, payment, verdict and, when
money is owed, a duty. An unauthentic one changes nothing. Any account of the shop at any PG may
settle any of its orders: money that is proven and equal is taken wherever it came in. A payment
that no message tells of is entered by update_adm_order_payment.

Parameters
  pi_pg, pi_merchant_id  which payment gateway and account
  pi_channel             return (the buyer''s browser) | notify (the PG)
  pi_fields_json         JSON object: the message, with the PG''s own field names, at most 200.
                         _order_key is ours: the order whose return URL was called; it only leads
                         the buyer home when something is wrong
Returns one row
  result, http_status, content_type, body, location   exactly what this PG must be told, or where
                                                      the browser goes
  order_key, order_number, order_status               of the order; NULL when there is none
  verdict                                             see shop_payment_verdicts
  events                                              for counters: pay | fail | expire; NULL
                                                      when nothing moved
Errors
  INVALID_INPUT, MERCHANT_NOT_FOUND, SIGNATURE_INVALID, CHANNEL_NOT_ALLOWED: nothing changed
  STATE_NOT_ALLOWED when shop_order_transitions lacks a move of payments: nothing changed
Locks, in this order
  cart header, only where an order is revived that has rows in the cart; order, payment of this
  transaction, reservations, cart rows of such an order; points, cash and coupons of one that
  ends or is revived; stock by (product, option)
Example
  CALL shop_order_update(''wallet'', ''M_DEMO'', ''notify'',
      ''{"mTrdNo":"T20261120-0001","trdNo":"W0a1b2c3d",
      "trdAmt":"33000","rsltCd":"0000","authDt":"20261120120000","mId":"M_DEMO","pktHash":"…"}'');'),
('tr_shop_payments_delete', 'payment',
'a payment is not deleted: its money would be nowhere',
'tr_shop_payments_delete: a payment is not deleted: its money would be nowhere.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_payments WHERE status = ''late'';   -- refused'),
('tr_shop_payments_update', 'payment',
'a payment stays as it was recorded, but for two things that a payment gateway may say later',
'tr_shop_payments_update: a payment stays as it was recorded, but for two things that a payment
gateway may say later. It approves a transaction that it had refused, which keeps its name; and
it tells the approval number of one that had none.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_payments SET amount = 1 WHERE status = ''paid'';   -- refused'),
('tr_shop_pg_adapters_insert', 'payment',
'an adapter is stored only when its patterns prove every border, with what _parse_pg_message reads by',
'tr_shop_pg_adapters_insert: an adapter is stored only when its patterns prove every border,
with what _parse_pg_message reads by. The fault is in @jumun_adapter_fault afterwards, since an
error has no room for it.

Parameters  none (a trigger)
Returns nothing
Errors  ADAPTER_NOT_PROVEN
Locks   none
Example
  UPDATE shop_pg_adapters SET pattern_pg_tx = ''[0-9]{20}''
      WHERE pg = ''wallet'' AND merchant_id = ''M_DEMO'';
  SELECT @jumun_adapter_fault;'),
('tr_shop_pg_adapters_update', 'payment',
'an adapter is stored only when its patterns prove every border, with what _parse_pg_message reads by',
'tr_shop_pg_adapters_update: an adapter is stored only when its patterns prove every border,
with what _parse_pg_message reads by. The fault is in @jumun_adapter_fault afterwards, since an
error has no room for it.

Parameters  none (a trigger)
Returns nothing
Errors  ADAPTER_NOT_PROVEN
Locks   none
Example
  UPDATE shop_pg_adapters SET pattern_pg_tx = ''[0-9]{20}''
      WHERE pg = ''wallet'' AND merchant_id = ''M_DEMO'';
  SELECT @jumun_adapter_fault;'),
('tr_shop_pg_duties_delete', 'payment',
'a duty is closed, not deleted',
'tr_shop_pg_duties_delete: a duty is closed, not deleted.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_pg_duties WHERE state = ''owed'';   -- refused'),
('tr_shop_pg_duties_update', 'payment',
'what is owed, to whom and why does not change; only what was done about it does',
'tr_shop_pg_duties_update: what is owed, to whom and why does not change;
only what was done about it does.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_pg_duties SET amount = 1 WHERE seq_no = 1;   -- refused'),
('tr_shop_pg_duty_logs_delete', 'payment',
'what was done about a duty is not forgotten',
'tr_shop_pg_duty_logs_delete: what was done about a duty is not forgotten.
See tr_shop_order_product_update.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_pg_duty_logs WHERE duty_seq_no = 1;   -- refused'),
('tr_shop_pg_duty_logs_update', 'payment',
'what was done about a duty is not written anew',
'tr_shop_pg_duty_logs_update: what was done about a duty is not written anew.
See tr_shop_order_product_update.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_pg_duty_logs SET proof = ''R-2'';   -- refused'),
('tr_shop_pg_messages_delete', 'payment',
'what a payment gateway said is not forgotten',
'tr_shop_pg_messages_delete: what a payment gateway said is not forgotten.
See tr_shop_order_product_update.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_pg_messages WHERE verdict = ''late'';   -- refused'),
('tr_shop_pg_messages_update', 'payment',
'what a payment gateway said is not written anew',
'tr_shop_pg_messages_update: what a payment gateway said is not written anew.
See tr_shop_order_product_update.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_pg_messages SET verdict = ''paid'';   -- refused'),
('update_adm_order_payment', 'payment',
'Enters a payment by hand',
'update_adm_order_payment: enter a payment by hand, when the payment gateway''s console says that
an order is paid and no message came. It settles the order, or is refused with nothing written:
transaction number, amount, approval number and the order''s state must all be right.

When the gateway''s own message comes afterwards and says the same, it is a repetition; if it says
anything else, a contradiction that must be looked up. The same payment entered again changes
nothing.

Parameters
  pi_shop_id      shop
  pi_order_name   order, by any of its names
  pi_pg, pi_merchant_id   payment gateway and our account there; an account of this shop
  pi_pg_tx        the gateway''s transaction number, exactly as its console shows it
  pi_amount       amount that was paid; must be the order''s total
  pi_approval_no  approval number; NULL or '''' = none is known; where the gateway has one number
                  for both, that number
  pi_reason       why by hand, 1 to 200 characters, for the log
Returns one row: result, replayed (1 = was there already, nothing changed), order_key,
  order_number, order_code, order_status, events (for counters: pay, NULL when replayed)
Errors  nothing is changed by any of them
  INVALID_INPUT, ORDER_NOT_FOUND, ORDER_NAME_AMBIGUOUS,
  MERCHANT_NOT_FOUND (also an account of another shop)
  AMOUNT_MISMATCH
  DUPLICATE_APPROVAL   transaction or approval number was seen before, with something else or not
                       as a payment
  STATE_NOT_ALLOWED    paid otherwise, cancelled, or its lines are back in the cart
  ORDER_EXPIRED        and the shop gives money for expired orders back (shops.late_payment)
  OUT_OF_STOCK         the order had lost its units, and they cannot be had any more
Locks, in this order
  order, payment of this transaction, reservations, stock by (product, option)
Example
  CALL update_adm_order_payment(1, ''T20261120-0001'', ''wallet'', ''M_DEMO'',
      ''W0123456789abcdef0123456789abcdef'', ''33000'', NULL,
      ''paid according to the console, no notification'');'),
('_begin_prices', 'price',
'Brings a product to its planned price',
'_begin_prices: bring a product to the planned price that has begun. Whoever reads takes that
price without it; the product''s own columns, which pages may read, follow here, and the offers
name the next one.

A price that somebody has set after a planned one began stays: it was said later. What a sale
goes back to when it ends is what the product costs when it begins.

Parameters
  pi_shop_id, pi_product_id  product
  po_begun                   OUT: how many changes
Returns nothing
Errors  none
Locks   product, its offers by option; in the caller''s transaction
Example
  CALL _begin_prices(1, ''D0001'', @begun);'),
('_begin_prices_of_rows', 'price',
'Begins planned prices of cart rows',
'_begin_prices_of_rows: begin the planned prices of cart rows that readers cannot tell any more:
of products where a second one has begun, and nobody has come since the first. Each product in
a transaction of its own, before anything else is locked.

Parameters
  pi_ids  ''[1,2]'' as _parse_ids returns it
Returns nothing
Errors  none
Locks   products, one at a time, and their offers
Example
  CALL _begin_prices_of_rows(''[1,2]'');'),
('_check_amounts', 'price',
'Refuses amounts of more than 15 digits',
'_check_amounts: refuse what no amount can say: more than 15 digits before the point.

Parameters
  pi_product_total, pi_tax_free, pi_shipping_fee   sums
  pi_shop_id, pi_user_id, pi_ids   whose cart, for the name of a row that cannot be ordered
Returns nothing
Errors  PRODUCT_UNAVAILABLE when a row cannot be ordered, else INVALID_INPUT (selected_cart_ids)
Locks   none
Example
  CALL _check_amounts(1000, 0, 3000, 1, ''demo1'', ''[1]'');'),
('_count_rows', 'price',
'Counts cart rows',
'_count_rows: how many of these cart rows can be ordered, whatever they cost. A row that an order
has which waits for its payment or is paid (soft_lock, or a hand put it back) is none of them:
one cart row, at most one live order.

Parameters
  pi_shop_id, pi_user_id  whose cart
  pi_ids                  ''[1,2]'' as _parse_ids returns it
  po_count                OUT: fewer than ids when one is consumed, foreign or unknown
Returns nothing
Errors  none
Locks   none
Example
  CALL _count_rows(1, ''demo1'', ''[1,2]'', @n);'),
('_delivery_fee', 'price',
'Fee of a parcel',
'_delivery_fee: what a delivery policy asks for a parcel; of one with steps, below the first.

Parameters
  pi_type       free | fixed | conditional | area | weight | quantity | amount
  pi_base_cost  of the policy
  pi_digits     decimals of the shop''s currency
Returns base_cost, rounded, which may make it one digit longer; 0 for free
Errors  none
Locks   none
Example
  SELECT _delivery_fee(''fixed'', 3000, 0);   -- 3000'),
('_delivery_free_over', 'price',
'Sum from which a parcel costs nothing',
'_delivery_free_over: from which sum of its goods on a parcel costs nothing.

Parameters
  pi_type       as _delivery_fee takes it
  pi_free_over  of the policy, which may have one that its type does not use
Returns that sum, inclusive; NULL = there is none
Errors  none
Locks   none
Example
  SELECT _delivery_free_over(''conditional'', 50000);   -- 50000'),
('_delivery_parcel', 'price',
'Parcel that a policy ships in',
'_delivery_parcel: which lines ship together: those whose policies give the same text. That a
parcel pays once is said by calc_cart_totals.

Parameters
  pi_policy_id  policy
  pi_group_id   its combine_group_id; NULL = it ships alone
Returns a text
Errors  none
Locks   none
Example
  SELECT _delivery_parcel(5, 1);   -- group 1'),
('_is_orderable', 'price',
'Whether a combination can be bought',
'_is_orderable: can this product and option be bought?
Whether there are units is another question.

Parameters
  pi_product_shown    1 = the product is displayed and not sold out
  pi_option_required  1 = it cannot be bought without an option: the product says so, or has a
                      required choice
  pi_option_hash      combination, __noopt__ = none
  pi_option_shown     1 = the option can be chosen; 1 for __noopt__
  pi_unit_price       see _unit_price; below 0 it is a mistake
Returns 1 or 0
Errors  none
Locks   none
Example
  SELECT _is_orderable(1, 1, ''__noopt__'', 1, 8100);   -- 0: an option has to be chosen'),
('_list_price', 'price',
'List price of one unit',
'_list_price: what one unit of a product and option costs before anything is taken off.

Parameters
  pi_buy_price  of the product
  pi_add_price  of the option; 0 without one
  pi_digits     decimals of the shop''s currency
Returns buy_price plus add_price, both rounded
Errors  none
Locks   none
Example
  SELECT _list_price(10000, 500, 0);   -- 10500'),
('_make_delivery_steps', 'price',
'Makes the steps of a delivery rule',
'_make_delivery_steps: make the steps of a new delivery rule from how its policy says them.

A step is {"from":"5000","fee":"4000"}: a parcel of 5,000 (grams, units, or what its goods cost;
the policy''s type says which) or more costs 4,000, until the next step. With "every" and "more"
it costs more beyond: {"from":"1","fee":"3000","every":"5","more":"3000"} is 3,000 for one to
five units, 6,000 for six to ten, and so on.

Parameters
  pi_rule_id  the rule, which has no steps yet
  pi_steps    JSON array of 1 to 100 such objects, of texts or numbers; NULL = none
  pi_digits   decimals of the shop''s currency; fees are rounded to it
Returns nothing
Errors  INVALID_INPUT (steps)
Locks   new rows of shop_delivery_steps
Example
  CALL _make_delivery_steps(1, ''[{"from":"0","fee":"3000"},{"from":"5000","fee":"4000"}]'', 0);'),
('_name_planned_price', 'price',
'Names a product''s next price',
'_name_planned_price: let the offers of a product name the next price that is planned for it, or
none. Their triggers make the price rows.

Parameters
  pi_shop_id, pi_product_id  product, locked by the caller
Returns nothing
Errors  none
Locks   shop_offers rows of the product, by option
Example
  CALL _name_planned_price(1, ''D0001'');'),
('_orderable_as', 'price',
'Whether lines are looked at one by one',
'_orderable_as: what orderable of an offer says, where it can be bought: whether an order looks at
its lines first. Everything else goes the short way, by what is read anyway.

Parameters
  pi_required_texts  texts that a buyer must give, see shop_option_groups
  pi_looks           1 = the product has a rule for quantities, see _quantity_fault, or is a set,
                     whose units are those of its parts
Returns 1 = nothing to look at; 2 = the lines are looked at one by one
Errors  none
Locks   none
Example
  SELECT _orderable_as(1, 0);   -- 2: is the engraving there?'),
('_price_discounts', 'price',
'What promotions and coupons take off',
'_price_discounts: what promotions and the coupons of a quote or order take off its lines and its
delivery.

What is taken off the goods comes first, then what is taken off their delivery; of each,
promotions first, then coupons; of these, those of products, then of categories, of the order;
among those of one target the lower apply_order, then the lower number of a coupon, the first
name of a promotion. Delivery whose policy is judged after discounts is priced between the two.
Each is judged by what the ones before it have left.
What it takes off is spread over its lines by what is left of them: each line gets its part cut
down to the smallest unit of the currency, and the units that remain go to the lines with the
largest remainders, of equal ones to the first. A promotion that cannot be used is passed over; a
coupon that cannot is a fault.

Parameters
  pi_shop_id, pi_user_id  buyer
  pi_list          what was priced, see shop_order_insert
  pi_coupon_ids    ''[1,2]'' as _parse_ids returns it; ''[]'' = none
  pi_promotions    promotions of the shop that are enabled, see shops.promotions; 0 = look for
                   none
  pi_rules         of an order that was made: ''[[1,5],[2,null]]'', the rules by which something
                   was taken off, as it was, and the coupon of each; NULL = none. Who has the
                   coupon now, and whether it is a first order, is not asked
  pi_area_rule_id  the area that costs more, or NULL
  pi_digits        decimals of the currency
  pi_now           UTC; judged by this moment
  pio_shipping_fee, pio_parcels  INOUT: delivery, see _price_parcels; priced again where a policy
                   is judged after discounts, and there are some
  po_discounts     OUT: ''[{"coupon_no":5,"rule_id":1,"amount":"1000.00","lines":[[1,"600.00"],
                   [2,"400.00"]]},…]'', as they were taken off; coupon_no null = a promotion;
                   line 0 = delivery
  po_discount      OUT: all of them
  pio_tax_free     INOUT: sum of the lines that are tax free; less what is taken off them
  po_fault         OUT: ''5 min_amount'': the first coupon that cannot be used, and why; NULL =
                   all can. Then the others are not looked at.
                     unknown    no coupon of this buyer      no_target  none of its lines
                     used       an order was paid with it    min_amount its lines cost too little
                     held       an order has it that waits   stacking   another one of its group
                                for its payment              nothing    it would take nothing off
                     disabled, not_yet, over                 used_up    its use_limit is reached
Returns nothing
Errors  INVALID_INPUT (selected_cart_ids): with delivery after discounts, more than 15 digits
Locks   none: what may have changed when the order is written is seen by _take_coupons
Example
  CALL _price_discounts(1, ''demo1'', ''[[1,1,1,1,1]]'', ''[5]'', 0, NULL, NULL, 0,
      UTC_TIMESTAMP(6), @fee, @parcels, @discounts, @discount, @tax_free, @fault);'),
('_price_list', 'price',
'What was priced to totals',
'_price_list: turn what was priced into totals: delivery, discounts, points and cash, tax. The
careful way, which reads nothing but the list and rows that never change: whoever has the list of
an order, or of a cart, gets its totals. Orders and quotes compute the same as they go.

Parameters
  pi_shop_id       shop
  pi_user_id       buyer; NULL = an order''s that was made, see _price_credits
  pi_list          what was priced, see shop_order_insert
  pi_coupon_ids, pi_promotions, pi_rules  see _price_discounts
  pi_area_rule_id  shop_area_rules: delivery there costs more; NULL = it does not
  pi_point, pi_cash  what is to be used
  pi_digits        decimals of the currency
  pi_vat_rate      0.1 = 10 %
  pi_now           UTC; judged by this moment
  po_product_total, po_shipping_fee, po_total, po_supply, po_vat, po_tax_free
                   OUT: see calc_cart_totals
  po_parcels, po_undelivered  OUT: see _price_parcels
  po_discounts, po_discount   OUT: see _price_discounts; ''[]'' and 0 when nothing is taken off
  po_shares        OUT: see _price_credits; ''[]'' without points and cash
  po_coupon_fault  OUT: see _price_discounts: nothing is taken off then
  po_credit_fault  OUT: see _price_credits
Returns nothing
Errors  none but those of the engine: an amount of more than 15 digits is out of range
Locks   none
Example
  CALL _price_list(1, ''demo1'', ''[[1,1,1,1,1]]'', ''[]'', 0, NULL, NULL, 0, 0, 0, 0.1,
      UTC_TIMESTAMP(6), @p, @f, @parcels, @un, @ds, @d, @shares, @t, @s, @v, @free, @cf, @pf);'),
('_price_parcels', 'price',
'Delivery by steps and areas',
'_price_parcels: what delivery costs where a fee follows steps, or in an area that costs more:
parcel by parcel. Orders and quotes without either compute it without a call, see
shop_order_insert.

A parcel pays the highest fee that one of its policies asks for all that is in it, and once what
the area costs more, also when it costs nothing else, unless all of its policies are the same
everywhere.

Parameters
  pi_list         what was priced, see shop_order_insert; a line may have, as its seventh member,
                  what is taken off it: policies judged after discounts look at what is left
  pi_surcharge    of the area it goes to; NULL = no area that costs more
  po_fee          OUT: of all parcels
  po_parcels      OUT: JSON array, see parcels_json of shop_order_quote
  po_undelivered  OUT: ''[1,2]'': cart rows that are not delivered there, sorted; ''[]'' = none
Returns nothing
Errors  none
Locks   none
Example
  CALL _price_parcels(''[[1,1,1,1,1]]'', 3000, @fee, @parcels, @undelivered);'),
('_put_option_on_sale', 'price',
'Makes the offer of an option',
'_put_option_on_sale: make the offer of an option, of its product''s offer and itself.
For the triggers of shop_product_options; the product itself is not read: it may be
changing in this moment.

Parameters
  pi_shop_id, pi_product_id, pi_option_hash, pi_option_name, pi_add_price, pi_display,
  pi_stock_option_hash
    the option''s row
Returns nothing. While the product has no offer, before shop_offers_repair has come to it, the
  option gets none either
Errors  none
Locks   shop_offers row (new), and the product''s, shared
Example
  CALL _put_option_on_sale(1, ''P001'', ''red'', ''red'', 500, ''1'', ''red'');'),
('_refuse_row', 'price',
'Names the row that cannot be ordered',
'_refuse_row: refuse a cart with a row that cannot be ordered, and say which: the first.

Parameters
  pi_shop_id, pi_user_id  whose cart
  pi_ids                  ''[1,2]'' as _parse_ids returns it
Returns nothing
Errors  PRODUCT_UNAVAILABLE, with the product as detail
Locks   none
Example
  CALL _refuse_row(1, ''demo1'', ''[1,2]'');'),
('_renew_due', 'price',
'Renews promised prices whose time is over',
'_renew_due: a buyer''s call that writes is about to answer with the cart: rows whose promised time
is over get the price in force, so that the answer says which ones, and from what to what
(@jumun_price_changes, see tr_shop_cart_update). Nothing, in a shop that is not pinned.

Parameters
  pi_shop_id, pi_user_id  whose cart; the caller has locked it
Returns nothing
Errors  none
Locks   the cart rows whose time is over
Example
  CALL _renew_due(1, ''demo1'');'),
('_renew_others', 'price',
'Renews promised prices beside rows that are deleted',
'_renew_others: a buyer deletes cart rows: in a pinned shop the other rows of their products, or
of the cart, are promised the price in force, as shops.renewed_on_delete says.

Parameters
  pi_shop_id, pi_user_id  whose cart; the caller has locked it
  pi_ids                  ''[1,2]'' as _parse_ids returns it: rows that go, and are still there
Returns nothing
Errors  none
Locks   cart rows of the buyer
Example
  CALL _renew_others(1, ''demo1'', ''[7]'');'),
('_renew_promises', 'price',
'What an event means for promised prices',
'_renew_promises: an event at a buyer''s cart: what it means for the prices that the rows were
promised. Nothing, in a shop that is not pinned, and for the asking when no row is due.

A row that an order has (soft_lock) is left as it is.

Which rows got another price is in @jumun_price_changes afterwards (see tr_shop_cart_update).

Parameters
  pi_shop_id, pi_user_id  whose cart
  pi_event
    read    somebody reads: rows whose time is over get the price in force
    first   somebody orders: rows that were never promised a price since the shop is pinned, and
            those whose time is over, if they cost the same: there is nothing to be said of them;
            where an order goes on at another price (shops.price_change), of the rows in pi_ids
            all whose time is over
    enter   the cart page was entered: all rows, unless the last step was this cart''s order form;
            then as read
    stay    the buyer is still there: all rows, once page_minutes are over; until then as read.
            A quote of before was the page''s own, for its sum: no order form is open
    leave   the cart page was left: after 10 minutes the time of its rows is over, unless an
            order form is opened by then. Said after that, it means nothing
    form    an order form was opened: what pi_ids names holds as long as that; over: as read.
            Other rows hold as they did before the page was left.
            Nothing, if one of them cannot be ordered: no form is opened for them
            Between the form and enter or leave, read and first are no step of the buyer
  pi_ids      ''[1,2]'' as _parse_ids returns it; form and first only
Returns nothing; the transaction has ended
Errors  none
Locks   cart header, cart rows of the buyer; none when there is nothing to do
Example
  CALL _renew_promises(1, ''demo1'', ''enter'', NULL);'),
('_repair_delivery', 'price',
'Repairs the delivery rules in force',
'_repair_delivery: bring what delivery costs now, in one shop, to what v_delivery_compared says it
should be, in one transaction. As _repair_offers: nothing is locked where nothing is wrong.

Parameters
  pi_shop_id   shop
  po_repaired  OUT: rows added, changed or removed
Returns nothing
Errors  none
Locks   shop_delivery_policy rows of the shop by key, then shop_delivery_now rows
Example
  CALL _repair_delivery(1, @repaired);'),
('_repair_offers', 'price',
'Repairs the offers of some products',
'_repair_offers: bring the offers of some products, in the order of their ids, to what
v_offers_compared says they should be, in one transaction. Nothing is locked where nothing is
wrong: what belongs together changes in one commit, so a reading without locks sees it whole.
Otherwise the products are locked, so that no option is added meanwhile, and looked at again.

Parameters
  pi_shop_id     shop
  pi_from        first product_id; '''' = from the first product on
  pi_count       so many products, 1 to 1000
  po_next        OUT: product_id to go on with; NULL = that was the last one
  po_checked     OUT: products looked at
  po_repaired    OUT: offers added, changed or removed
Returns nothing
Errors  none
Locks   shop_products and shop_product_options rows by key, then shop_offers rows
Example
  CALL _repair_offers(1, '''', 300, @next, @checked, @repaired);'),
('_select_amounts', 'price',
'Totals as a result set',
'_select_amounts: answer totals as a result set of one row.

Parameters
  pi_quote_id                                 under which the quote is kept, or NULL
  pi_currency, pi_digits                      of the shop
  pi_product_total … pi_tax_free              as calc_cart_totals returns them
  pi_old_total                                the total that the buyer saw
Returns one row
  quote_id, currency, currency_digits, product_total_price, discount_total, point_used,
  cash_used, shipping_fee, total_payment, supply_amount, vat_amount, tax_free_amount, old_total,
  price_changes_json (see refresh_shop_cart)
Errors  none
Locks   none
Example
  CALL _select_amounts(1, ''KRW'', 0, 10000, 3000, 0, 0, 0, 13000, 11818, 1182, 0, 12000);'),
('_select_lines', 'price',
'Priced lines as a result set',
'_select_lines: answer cart rows, priced, as a result set.

Parameters
  pi_shop_id, pi_user_id  whose cart
  pi_ids                  ''[1,2]'' as _parse_ids returns it
  pi_now                  UTC; prices of this moment
Returns one row per cart row, in the order of pi_ids
  cart_id, product_id, product_name, option_hash, option_name, unit_price, quantity,
  line_amount, orderable, stock_left (NULL = enough units are there for this row alone; else so
  many), added_price (price in force when it was put in; NULL = not known; where
  the shop promises prices: the last that was promised),
  product_thumb_img_url, item_state (as in _select_cart),
  option_json, min_quantity, max_quantity, quantity_step,
  member_quantity, member_days, quantity_kept (as in _select_cart; kept by these rows together)
Errors  none
Locks   none
Example
  CALL _select_lines(1, ''demo1'', ''[1,2]'', UTC_TIMESTAMP(6));'),
('_select_steps', 'price',
'How a total comes about',
'_select_steps: answer how a total comes about: every rule that has fired, in order, with what it
adds or takes off.

Parameters
  pi_list          what was priced, see shop_order_insert
  pi_parcels, pi_discounts, pi_shares, pi_area_rule_id, pi_point, pi_cash, pi_vat_rate
                   see _price_list
  pi_supply, pi_vat, pi_tax_free   the total, split by tax
Returns a row for each step: lines, delivery by parcel, discounts, points, cash, then the tax,
  which is contained
  step_no     1, 2, …
  kind        line | delivery | area | promotion | coupon | point | cash | supply | vat |
              tax_free
  name        of the product, area, promotion or coupon; NULL of the others
  rules       rows that never change and say so: price 3, delivery rule 1, discount rule 2,
              area rule 1; NULL = none
  detail      what was computed
  amount      as it counts in the total: what is taken off is below 0
  total       after this step
  lines_json  how that is spread over lines: [[line number, amount], …], 0 = delivery; NULL of
              steps that are not
Errors  none
Locks   none
Example
  CALL _select_steps(''[[1,1,1,1,1]]'', ''[]'', ''[]'', ''[]'', NULL, 0, 0, 0.1, 30000, 3000, 0);'),
('_unit_price', 'price',
'Price of one unit',
'_unit_price: what one unit of a product and option costs. The one formula: every
price row is made by it.

Parameters
  pi_buy_price, pi_sale_price, pi_discount_rate  of the product
  pi_add_price  of the option; 0 without one
  pi_digits     decimals of the shop''s currency
  pi_unit       a price that is lowered is a multiple of it; NULL = of the currency''s unit
  pi_rounding   half_up | down | up: to which
Returns (sale_price, or buy_price where that is 0 or NULL) × (1 − discount_rate), rounded,
  plus add_price, rounded to the currency, which may make it one digit longer. Where rounding to
  pi_unit would make 0 of it, or more than without the rate, it is rounded to the currency
Errors  none
Locks   none
Example
  SELECT _unit_price(10000, 9000, 0.1, 500, 0, NULL, ''half_up'');   -- 8600
  SELECT _unit_price(9990, 0, 0.15, 0, 0, 100, ''down'');            -- 8400, of 8491.5'),
('calc_cart_totals', 'price',
'Cart rows to totals',
'calc_cart_totals: price cart rows and turn them into totals, for a quote; nothing is written. An
order (shop_order_insert, step 4) reads the same by the same words (a test compares them), so
that quote and order agree.

One statement reads the rows, once, and everything is computed from what it returned: under
READ COMMITTED a second read may see another price. What was priced is a list of numbers,
see shop_order_insert.

Delivery: lines of one parcel pay once, the highest fee that one of its policies asks for the
parcel''s sum, weight or units; and, where delivery to the address''s area costs more, what that
is, once for each parcel, also for one that costs nothing else, unless all of its policies ask
the same everywhere. Tax: prices contain VAT; delivery is taxable. A row of an unknown product
or option has no amount and no policy.

Parameters
  pi_shop_id, pi_user_id  whose cart
  pi_ids                  ''[1,2]'' as _parse_ids returns it
  pi_digits               decimals of the currency
  pi_vat_rate             0.1 = 10 %
  pi_post_code            where it goes; NULL = not known: what an area costs more is not in it
  pi_coupon_ids           ''[1,2]'' as _parse_ids returns it; ''[]'' = none. Where one of them cannot
                          be used, nothing is taken off, by promotions neither
  pio_point, pio_cash     INOUT: points and cash to be used; 0 where they cannot be
  po_count                OUT: how many rows; fewer than ids when one is
                          consumed, foreign or unknown
  po_ids                  OUT: the rows that have a price, sorted
  po_list                 OUT: what was priced
  po_product_total        OUT: sum of the lines
  po_shipping_fee         OUT: delivery
  po_discount             OUT: what promotions and coupons take off
  po_total                OUT: what is charged
  po_supply, po_vat, po_tax_free   OUT: the same total, split by tax
  po_discounts            OUT: what takes it off, see _price_discounts; NULL = nothing does
  po_area_rule_id         OUT: the area that costs more, or NULL
Returns nothing (OUT parameters: it is called by other routines, not by the gateway)
Errors  when an amount has more than 15 digits before the point: PRODUCT_UNAVAILABLE when a row
  is among them that cannot be ordered, else INVALID_INPUT (selected_cart_ids): all that is left
  to say is that it is too much
Locks   none
Example
  SET @point = 0, @cash = 0;
  CALL calc_cart_totals(1, ''demo1'', ''[1,2]'', 0, 0.1, ''63001'', ''[]'', @point, @cash, @n, @ids,
      @list, @p, @f, @d, @t, @s, @v, @free, @discounts, @area);'),
('select_adm_prices', 'price',
'What a product cost and will cost',
'select_adm_prices: what a product cost and will cost, and who said so.

Parameters
  pi_shop_id      shop
  pi_product_id   product
  pi_option_hash  combination of options; NULL, '''' or ''__noopt__'' = none
  pi_before       price_id of the last price shown, for the next 200; NULL or '''' = the newest
Returns one row: result, product_id, option_hash, currency, price_id, unit_price, list_price,
  discount_rate: what is in force now
then planned, the soonest first: change_no, valid_from, ends_change_no, unit_price, buy_price,
  sale_price, discount_rate, reason, actor, create_date; the price that a sale goes back to is
  told as it is now
then prices, at most 200, the newest first: price_id, valid_from, unit_price, list_price,
  discount_rate, product_name, option_name, change_no (NULL = a page changed the product),
  reason, actor
Errors  INVALID_INPUT, PRODUCT_NOT_FOUND (also an option that the product does not have)
Locks   none
Example
  CALL select_adm_prices(1, ''D0001'', NULL, NULL);'),
('shop_offers_repair', 'price',
'Fills and repairs what is on sale',
'shop_offers_repair: fill and repair what is on sale now (shop_offers) and what delivery costs now
(shop_delivery_now) from products, options, policies and shops. The triggers on these keep them;
this is for what no trigger saw: rows from before there were triggers, a TRUNCATE, a restore.
`jumun db load` does the same, with every load. Only what is missing or different is written, so
it may be called any time, and again when it was interrupted; orders go on meanwhile.

Parameters
  pi_batch_size  so many products per transaction, 1 to 1000; NULL = 300
Returns one row: result, checked (products), repaired (offers and delivery policies that
  were wrong or missing)
Errors  INVALID_INPUT
Locks   per transaction: rows of products and options of the batch, by key, where something is
        wrong; then their offers
Example
  CALL shop_offers_repair(300);'),
('shop_prices_begin', 'price',
'Begins planned prices',
'shop_prices_begin: bring products to planned prices that have begun, and let offers name those
that begin within the hour. Whoever reads a price takes the planned one from its second on
without this; it is the product''s own columns that follow here, for pages that read them. One
product, one transaction. May run at any time, twice and beside itself; one that cannot be begun
does not keep the others from it.

Parameters
  pi_batch_size  at most so many products, 1 to 10000; NULL = 1000
Returns one row: result, begun (changes that began), failed (products that could not be; see
  shop_error_log)
Errors  INVALID_INPUT
Locks, per product: the product, its offers by option
Example
  CALL shop_prices_begin(1000);'),
('tr_shop_area_rules_delete', 'price',
'what delivery to an area cost more stays as it was: orders name it',
'tr_shop_area_rules_delete: what delivery to an area cost more stays as it was: orders
name it. A change is a new row.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_area_rules;   -- refused'),
('tr_shop_area_rules_update', 'price',
'what delivery to an area cost more stays as it was: orders name it',
'tr_shop_area_rules_update: what delivery to an area cost more stays as it was: orders
name it. A change is a new row.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_area_rules SET surcharge = 0;   -- refused'),
('tr_shop_cart_insert', 'price',
'a cart row names the price that was in force when it was made, whatever page writes it; in a pinned shop that price is promised for shops.promise_minutes',
'tr_shop_cart_insert: a cart row names the price that was in force when it was made, whatever page
writes it; in a pinned shop that price is promised for shops.promise_minutes. A routine that has
looked up without a lock that the shop promises nothing, and which price is in force, says so in
@jumun_cart_price, and need not wait here for whoever changes products or the shop.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   none; on MariaDB with a binary log that is not ROW shop and offer, shared, unless a
        routine has looked them up
Example
  INSERT INTO shop_cart … ;'),
('tr_shop_cart_inserted', 'price',
'the price that a new cart row of a pinned shop was promised is kept, so that it can be proved when the row is gone',
'tr_shop_cart_inserted: the price that a new cart row of a pinned shop was promised is kept, so
that it can be proved when the row is gone. See tr_shop_cart_update for later ones.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   a new row of shop_cart_promises
Example
  INSERT INTO shop_cart … ;'),
('tr_shop_cart_promises_delete', 'price',
'a promise that was made is not deleted: it proves what an order paid',
'tr_shop_cart_promises_delete: a promise that was made is not deleted: it proves what an order
paid.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_cart_promises;   -- refused'),
('tr_shop_cart_promises_update', 'price',
'a promise that was made is not written anew: it proves what an order paid',
'tr_shop_cart_promises_update: a promise that was made is not written anew: it proves what an
order paid.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_cart_promises SET price_id = 1;   -- refused'),
('tr_shop_cart_update', 'price',
'a cart row that becomes another product or option names the price of that one; otherwise it keeps what it has',
'tr_shop_cart_update: a cart row that becomes another product or option names the price of that
one; otherwise it keeps what it has. See tr_shop_cart_insert.

In a pinned shop a row keeps its price and its time, whatever a page writes there, until its
quantity changes, or a routine says in @jumun_promise:
  renew | page   the price in force, for promise_minutes, or page_minutes
  read           as it is; over: the price in force, for promise_minutes
  form           as it is, and at least form_minutes from now; over: the price in force
  leave          as it is, and at most 10 minutes from now, which is a mark (unmarked_until)
  back           as it was before leave, unless its time is over
A row that was promised nothing since the shop went over to pinned was promised what it cost at
that moment, for promise_minutes from then on.
Prices that change so are added to @jumun_price_changes, which answers name.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   as tr_shop_cart_insert, with the same word of a routine; a new row of shop_cart_promises
Example
  UPDATE shop_cart SET option_hash = ''red'' WHERE seq_no = 1;'),
('tr_shop_delivery_areas_delete', 'price',
'a shop knows how many areas it has',
'tr_shop_delivery_areas_delete: a shop knows how many areas it has. Their rules stay.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shops row
Example
  DELETE FROM shop_delivery_areas WHERE shop_id = 1 AND area_code = ''nowhere'';'),
('tr_shop_delivery_areas_insert', 'price',
'a new area where delivery costs more has its rule, which orders name',
'tr_shop_delivery_areas_insert: a new area where delivery costs more has its rule,
which orders name.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_area_rules row (new); shops row
Example
  INSERT INTO shop_delivery_areas … ;'),
('tr_shop_delivery_areas_inserted', 'price',
'a shop knows how many areas it has, so that an order of one without any looks for none',
'tr_shop_delivery_areas_inserted: a shop knows how many areas it has, so that an order of
one without any looks for none. Counted when the row is there: INSERT IGNORE may write none.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shops row
Example
  INSERT INTO shop_delivery_areas … ;'),
('tr_shop_delivery_areas_update', 'price',
'an area whose surcharge or name changes gets a new rule, which orders name',
'tr_shop_delivery_areas_update: an area whose surcharge or name changes gets a new rule,
which orders name.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT: an area does not go over to another shop
Locks   shop_area_rules row (new); shops row, shared
Example
  UPDATE shop_delivery_areas SET surcharge = 3000 WHERE shop_id = 1 AND area_code = ''jeju'';'),
('tr_shop_delivery_now_delete', 'price',
'what is no policy any more keeps its rules',
'tr_shop_delivery_now_delete: what is no policy any more keeps its rules. Which one was in force
is remembered for tr_shop_delivery_now_insert.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   none
Example
  DELETE FROM shop_delivery_policy WHERE shop_id = 1 AND id = 9;
  -- by tr_shop_delivery_policy_delete'),
('tr_shop_delivery_now_insert', 'price',
'a new delivery policy gets a rule: which parcel, what fee, and from which sum on none',
'tr_shop_delivery_now_insert: a new delivery policy gets a rule: which parcel, what fee, and from
which sum on none. One that comes back as it was gets its own again, as in tr_shop_offers_insert.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_delivery_rules row (new)
Example
  INSERT INTO shop_delivery_policy … ;   -- by tr_shop_delivery_policy_insert'),
('tr_shop_delivery_now_update', 'price',
'a change of a delivery policy makes a new rule, one for all products that use it, and only where the one that it names says something else',
'tr_shop_delivery_now_update: a change of a delivery policy makes a new rule, one for all products
that use it, and only where the one that it names says something else. See tr_shop_offers_update.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_delivery_rules row: the new one, or the one it had, shared
Example
  UPDATE shop_delivery_policy SET base_cost = 3500 WHERE shop_id = 1 AND id = 1;
  -- by tr_shop_delivery_policy_update'),
('tr_shop_delivery_policy_delete', 'price',
'what is no policy any more is not in force',
'tr_shop_delivery_policy_delete: what is no policy any more is not in force. Its rules stay.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_delivery_now row
Example
  DELETE FROM shop_delivery_policy WHERE shop_id = 1 AND id = 9;'),
('tr_shop_delivery_policy_insert', 'price',
'a new policy is in force',
'tr_shop_delivery_policy_insert: a new policy is in force.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_delivery_now row (new); shops row, shared, as the foreign key has it already
Example
  INSERT INTO shop_delivery_policy … ;'),
('tr_shop_delivery_policy_update', 'price',
'what a page or a hand changes in a policy is in force',
'tr_shop_delivery_policy_update: what a page or a hand changes in a policy is in force.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_delivery_now row
Example
  UPDATE shop_delivery_policy SET base_cost = 3500 WHERE shop_id = 1 AND id = 1;'),
('tr_shop_delivery_rules_delete', 'price',
'a delivery rule that was in force stays as it was: order lines name it',
'tr_shop_delivery_rules_delete: a delivery rule that was in force stays as it was: order lines
name it. A change is a new row.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_delivery_rules;   -- refused'),
('tr_shop_delivery_rules_update', 'price',
'a delivery rule that was in force stays as it was: order lines name it',
'tr_shop_delivery_rules_update: a delivery rule that was in force stays as it was: order lines
name it. A change is a new row.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_delivery_rules SET reason = '''';   -- refused'),
('tr_shop_delivery_steps_delete', 'price',
'the steps of a delivery rule stay as they were made: order lines name the rule',
'tr_shop_delivery_steps_delete: the steps of a delivery rule stay as they were made: order
lines name the rule. A change is a new rule.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_delivery_steps;   -- refused'),
('tr_shop_delivery_steps_update', 'price',
'the steps of a delivery rule stay as they were made: order lines name the rule',
'tr_shop_delivery_steps_update: the steps of a delivery rule stay as they were made: order
lines name the rule. A change is a new rule.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_delivery_steps SET fee = 0;   -- refused'),
('tr_shop_offers_delete', 'price',
'what goes off sale keeps its prices',
'tr_shop_offers_delete: what goes off sale keeps its prices. Which one was in force is remembered
for tr_shop_offers_insert.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   none
Example
  DELETE FROM shop_products WHERE shop_id = 1 AND product_id = ''P001'';
  -- by tr_shop_products_delete'),
('tr_shop_offers_insert', 'price',
'what comes on sale gets a price row',
'tr_shop_offers_insert: what comes on sale gets a price row. What was taken off sale in the
statement before and comes back as it was, as REPLACE does it, gets its own one again: see
tr_shop_offers_delete. Only a row that is there is looked for, by its key: on MariaDB with a
binary log that is not ROW a trigger locks what it reads, and a gap would be a deadlock
between two new products.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_product_prices row (new)
Example
  INSERT INTO shop_products … ;   -- tr_shop_products_insert makes the offer'),
('tr_shop_offers_update', 'price',
'a change of what is on sale makes a new price row, and only where the one that it names says something else',
'tr_shop_offers_update: a change of what is on sale makes a new price row, and only where the
one that it names says something else. A price is made of this row alone: it has all that it
needs, so no other table, which somebody may be changing in this moment, has to be read. The
price row is read as it is now, not as the page''s transaction began: it never changes, so
nobody waits for that.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_product_prices rows: the new ones, or those it had, shared
Example
  UPDATE shop_products SET sale_price = 9000 WHERE shop_id = 1 AND product_id = ''P001'';
  -- by tr_shop_products_update'),
('tr_shop_price_changes_delete', 'price',
'a price that was said is not deleted: say another one, or withdraw it',
'tr_shop_price_changes_delete: a price that was said is not deleted: say another one, or withdraw
it. See update_adm_price and withdraw_adm_price.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_price_changes;   -- refused'),
('tr_shop_price_changes_update', 'price',
'a price that was said is not written anew: say another one, or withdraw it',
'tr_shop_price_changes_update: a price that was said is not written anew: say another one, or
withdraw it. See update_adm_price and withdraw_adm_price.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_price_changes SET reason = '''';   -- refused'),
('tr_shop_product_options_delete', 'price',
'what is no option any more is not on sale',
'tr_shop_product_options_delete: what is no option any more is not on sale. Its prices stay. Sets
that it is a part of have none left.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_offers row of the option; shop_set_parts rows that it is in
Example
  DELETE FROM shop_product_options
  WHERE shop_id = 1 AND product_id = ''P001'' AND option_hash = ''red'';'),
('tr_shop_product_options_insert', 'price',
'a new option of a product is on sale',
'tr_shop_product_options_insert: a new option of a product is on sale.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_offers row (new), and the product''s, shared; shop_set_parts rows that it is in
Example
  INSERT INTO shop_product_options … ;'),
('tr_shop_product_options_update', 'price',
'what a page or a hand changes in an option goes to its offer',
'tr_shop_product_options_update: what a page or a hand changes in an option goes to its offer. An
option under another name, or of another product, is another one.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_offers row of the option; of another option also the product''s, shared; where its
        stock row is another one, shop_set_parts rows that it is in
Example
  UPDATE shop_product_options SET add_price = 500
  WHERE shop_id = 1 AND product_id = ''P001'' AND option_hash = ''red'';'),
('tr_shop_product_prices_delete', 'price',
'a price that was in force stays as it was: order lines name it',
'tr_shop_product_prices_delete: a price that was in force stays as it was: order lines name it.
A change is a new row.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_product_prices;   -- refused'),
('tr_shop_product_prices_update', 'price',
'a price that was in force stays as it was: order lines name it',
'tr_shop_product_prices_update: a price that was in force stays as it was: order lines name it.
A change is a new row.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_product_prices SET reason = '''';   -- refused'),
('tr_shop_products_delete', 'price',
'what is no product any more is not on sale',
'tr_shop_products_delete: what is no product any more is not on sale. Its prices stay.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_offers rows of the product
Example
  DELETE FROM shop_products WHERE shop_id = 1 AND product_id = ''P001'';'),
('tr_shop_products_insert', 'price',
'a new product is on sale, as it is without options',
'tr_shop_products_insert: a new product is on sale, as it is without options.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_offers row (new); shops row, shared: its number of decimals never changes
        while there are prices
Example
  INSERT INTO shop_products … ;'),
('tr_shop_products_update', 'price',
'what a page or a hand changes in a product goes to its offers',
'tr_shop_products_update: what a page or a hand changes in a product goes to its offers. The stock
mirror, which writes every few seconds, changes nothing that is compared here. Equal texts may
still differ in blanks at their end: their lengths are compared as well.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_offers rows of the product
Example
  UPDATE shop_products SET sale_price = 9000 WHERE shop_id = 1 AND product_id = ''P001'';'),
('tr_shops_update', 'price',
'a shop''s currency and its decimals stay as they are from its first price or delivery rule on: what these say would mean something else, and so would the order lines that name them',
'tr_shops_update: a shop''s currency and its decimals stay as they are from its first
price or delivery rule on: what these say would mean something else, and so would the
order lines that name them. A shop that goes over to promised prices (price_policy pinned) gets
another pinned_no, and no promise of before holds: each row is promised what it costs at that
moment, pinned_at, which is written down by whoever comes to it first (tr_shop_cart_update).

Parameters  none (a trigger)
Returns nothing
Errors  CURRENCY_IS_FIXED, INVALID_INPUT (price_policy, renewed_on_delete)
Locks   a row of shop_delivery_rules and of shop_product_prices, shared
Example
  UPDATE shops SET currency_digits = 2 WHERE shop_id = 1;   -- refused'),
('tr_shops_updated', 'price',
'a shop that rounds discounted prices in another way has other prices from that moment on: all that it sells is priced anew',
'tr_shops_updated: a shop that rounds discounted prices in another way has other prices from that
moment on: all that it sells is priced anew.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shop_offers of the shop
Example
  UPDATE shops SET price_unit = 10, price_rounding = ''down'' WHERE shop_id = 1;'),
('update_adm_delivery_areas', 'price',
'Says where delivery costs more',
'update_adm_delivery_areas: say where delivery costs more, and how much more. What is said
replaces what was: all areas, or nothing when one of them is wrong. An area that stays as it is
keeps its rule.

Parameters
  pi_shop_id     shop
  pi_areas_json  JSON array of at most 1,000 objects, each with
                   area_code  1 to 20 of letters, digits, . _ -
                   area_name  1 to 60 characters, for people
                   surcharge  asked for each parcel, in the shop''s currency
                   codes      JSON array of postal codes: ''58800'', or ranges ''63000~63644'', both
                              ends inclusive and of the same length. Blanks and - do not count.
                              At most 10,000 in all; no code in two of them
                 [] = delivery costs the same everywhere
Returns one row: result, areas, codes (how many there are now), changes (areas that are new, have
  another surcharge or name, or are gone)
then the areas: area_code, area_name, surcharge, codes
Errors  INVALID_INPUT, SHOP_NOT_FOUND
Locks   areas and codes of the shop
Example
  CALL update_adm_delivery_areas(1, ''[{"area_code":"jeju","area_name":"제주",
      "surcharge":"3000","codes":["63000~63644"]}]'');'),
('update_adm_price', 'price',
'Says what products cost, now or later',
'update_adm_price: say what products cost, from now on or from a later moment on, and until when.

A price for later is a row in the future: whoever reads from that second on takes it, job or no
job. A sale that ends goes back to what the product costs when it begins. One transaction: all
products or none. About 1 ms and 1 KB of binary log for a product without options, and the same
again for each option: say more than 1,000 products in several calls.

Parameters
  pi_shop_id      shop
  pi_prices_json  JSON array of 1 to 1,000 objects: product_id, and at least one of
                    buy_price      list price
                    sale_price     selling price before the discount; null or 0 = list price
                    discount_rate  0 to 1, taken off
                  What is not said stays as it is at that moment
  pi_valid_from   ''YYYY-MM-DD HH:MM:SS'', UTC; NULL or '''' = now. A price that is planned for the
                  same moment is replaced
  pi_valid_until  when a sale ends; NULL or '''' = it does not. No other price may be planned
                  between the two
  pi_reason       why, 1 to 200 characters
Returns one row: result, products (of the call), changes (that were made: a price that is in
  force or planned already makes none)
then the changes of the call: change_no, product_id, valid_from, valid_until, buy_price,
  sale_price, discount_rate, state (planned | begun)
Errors  INVALID_INPUT, SHOP_NOT_FOUND, PRODUCT_NOT_FOUND
Locks   products by number, each with its offers by option
Example
  CALL update_adm_price(1, ''[{"product_id":"D0001","sale_price":"9000"}]'',
      ''2099-12-24 15:00:00'', ''2099-12-26 15:00:00'', ''Christmas sale'');'),
('v_cart_lines', 'price',
'every cart row, priced: what lists, quotes and people read',
'v_cart_lines: every cart row, priced: what lists, quotes and people read. Prices are made by
_unit_price and stand in shop_offers.

A row is orderable only when the catalogue knows its product and its option: a crafted option
cannot drop the product''s price, and a product that needs an option cannot be bought without. Of
a product with groups of options it names what somebody chose, with a text that is required. A
row that costs more than any order can (an amount has at most 15 digits before the point, as
trdAmt) can be looked at, made smaller and not ordered; one that nobody has changed for
shops.cart_days can be looked at and renewed.

A planned price is in force from its second on. Where the one after it has begun too, and
neither shop_prices_begin nor an order has come since, a row has no price until one does.

Parameters  none (a view)
Returns one row per cart row
  unit_price         that was promised (shops.price_policy pinned), or of the offer; NULL for an
                     unknown product or option
  line_amount        unit_price × quantity
  orderable          1 or 0
  looks              1 = what was chosen is compared with the product''s groups (_option_fault)
  stock_option_hash  which stock row of the product it is taken from
  buy_now            1 = bought now, beside the cart
  delivery_group     lines with the same group ship as one parcel
  delivery_fee       what the line''s policy asks for its parcel, rounded: 0
                     for free, else base_cost
  delivery_free_over from this sum of the parcel on, inclusive, it asks for
                     nothing; NULL = it always does
Errors  none
Locks   none
Example
  SELECT cart_id, product_name, line_amount FROM v_cart_lines
  WHERE shop_id = 1 AND user_id = ''demo1'';'),
('v_delivery_compared', 'price',
'every delivery policy in force, and what is wrong with it',
'v_delivery_compared: every delivery policy in force, and what is wrong with it.
As v_offers_compared.

Parameters  none (a view)
Returns one row per row of shop_delivery_now: shop_id, policy_id, fault (NULL = none)
Errors  none
Locks   none
Example
  SELECT * FROM v_delivery_compared WHERE fault IS NOT NULL;'),
('v_offers_compared', 'price',
'every offer, and what is wrong with it',
'v_offers_compared: every offer, and what is wrong with it. What an offer should be is said here:
as its product, its option and its shop are now, at the price that the formula makes of them, by
a price row that says the same. shop_offers_repair mends what it names, shop_audit reports it.
Where a planned price has begun, the row of the price before is not compared: what a price row
says beside the price may have changed since.

Parameters  none (a view)
Returns one row per offer: shop_id, product_id, option_hash, fault (NULL = none)
Errors  none
Locks   none
Example
  SELECT * FROM v_offers_compared WHERE fault IS NOT NULL;'),
('v_products_effective', 'price',
'what can be bought, and for how much',
'v_products_effective: what can be bought, and for how much. Lists, detail pages, cart
and order agree on it.

Parameters  none (a view)
Returns one row per product that can be ordered; columns of v_products_priced
Errors  none
Locks   none
Example
  SELECT product_name, final_price FROM v_products_effective
  WHERE shop_id = 1 AND category_id = ''tea'';'),
('v_products_priced', 'price',
'every product with its price, as it is without options',
'v_products_priced: every product with its price, as it is without options. Prices are made by
_unit_price and stand in shop_offers.

Parameters  none (a view)
Returns one row per product
  base_price   sale_price, or buy_price where sale_price is 0 or NULL
  final_price  base_price × (1 − discount_rate), rounded, see _unit_price
  currency_digits  of the shop
  orderable    1 when it is displayed and not sold out
Errors  none
Locks   none
Example
  SELECT final_price FROM v_products_priced WHERE shop_id = 1 AND product_id = ''P001'';'),
('withdraw_adm_price', 'price',
'Takes back a planned price',
'withdraw_adm_price: take back a price that is planned, and with a sale its end.

Parameters
  pi_change_no  the change, see update_adm_price and select_adm_prices
  pi_reason     why, 1 to 200 characters
Returns one row: result, change_no, state
Errors  INVALID_INPUT, PRICE_CHANGE_NOT_FOUND
  STATE_NOT_ALLOWED  it has begun: say another price
Locks   the product, its offers by option. Withdrawn again, it is withdrawn
Example
  CALL withdraw_adm_price(''12'', ''no sale this year'');'),
('_make_discount_rule', 'promotion',
'Makes the rule of a coupon or promotion',
'_make_discount_rule: make the rule of a coupon or promotion that is new or has changed, with what
it is for and its steps.

Parameters
  pi_shop_id … pi_valid_until  as in shop_coupons or shop_promotions, amounts rounded; what the
               one does not have is NULL, first_order 0
  pi_name      for people
  pi_digits    decimals of the shop''s currency
  po_rule_id   OUT: the new rule
Returns nothing
Errors  INVALID_INPUT (target_ids, steps)
Locks   new rows of shop_discount_rules, shop_discount_targets and shop_discount_steps
Example
  CALL _make_discount_rule(1, ''WELCOME'', NULL, ''Welcome'', ''order'', NULL, ''amount'', 3000, NULL,
      NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 100, NULL, NULL, 0, @rule);'),
('_make_discount_steps', 'promotion',
'Makes the steps of a discount rule',
'_make_discount_steps: make the steps of a new discount rule from how its promotion says them.

Parameters
  pi_rule_id  the rule, which has no steps yet
  pi_steps    JSON array of 1 to 20 objects with from (units, 1 to 99999) and rate (above 0, at
              most 1), texts or numbers; NULL = none
Returns nothing
Errors  INVALID_INPUT (steps)
Locks   new rows of shop_discount_steps
Example
  CALL _make_discount_steps(1, ''[{"from":3,"rate":0.05},{"from":10,"rate":0.1}]'');'),
('_make_discount_targets', 'promotion',
'Says what a discount rule is for',
'_make_discount_targets: say what a new discount rule is for.

Parameters
  pi_rule_id     the rule, which has no targets yet
  pi_target_ids  JSON array of 1 to 1000 product_id or category_id; NULL = none
Returns nothing
Errors  INVALID_INPUT (target_ids): not different texts of 1 to 30 characters
Locks   new rows of shop_discount_targets
Example
  CALL _make_discount_targets(1, ''["D0001","D0002"]'');'),
('tr_shop_discount_steps_delete', 'promotion',
'the steps of a discount rule stay as they were',
'tr_shop_discount_steps_delete: the steps of a discount rule stay as they were.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_discount_steps;   -- refused'),
('tr_shop_discount_steps_update', 'promotion',
'the steps of a discount rule stay as they were',
'tr_shop_discount_steps_update: the steps of a discount rule stay as they were.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_discount_steps SET rate = 1;   -- refused'),
('tr_shop_promotions_delete', 'promotion',
'a promotion that is gone is not counted; its rules stay',
'tr_shop_promotions_delete: a promotion that is gone is not counted; its rules stay.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shops row
Example
  DELETE FROM shop_promotions WHERE shop_id = 1 AND promotion_code = ''SHIP0'';'),
('tr_shop_promotions_insert', 'promotion',
'a new promotion gets its rule, which orders name',
'tr_shop_promotions_insert: a new promotion gets its rule, which orders name.

Parameters  none (a trigger)
Returns nothing
Errors  INVALID_INPUT (target_ids, steps)
Locks   shop_discount_rules row (new); shops row, shared, as the foreign key has it
Example
  INSERT INTO shop_promotions (shop_id, promotion_code, promotion_name, target, kind, rate)
  VALUES (1, ''SHIP0'', ''Free delivery'', ''delivery'', ''rate'', 1);'),
('tr_shop_promotions_inserted', 'promotion',
'the shop counts the promotions that are enabled, so that orders of a shop without any look for none',
'tr_shop_promotions_inserted: the shop counts the promotions that are enabled, so that orders of a
shop without any look for none.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   shops row
Example
  INSERT INTO shop_promotions … ;'),
('tr_shop_promotions_update', 'promotion',
'what changes in a promotion is a new rule',
'tr_shop_promotions_update: what changes in a promotion is a new rule.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT: a promotion keeps its name; INVALID_INPUT (target_ids, steps)
Locks   shop_discount_rules row (new); shops row, shared, or where enabled changes, for writing
Example
  UPDATE shop_promotions SET enabled = 0 WHERE shop_id = 1 AND promotion_code = ''SHIP0'';'),
('_part_stock', 'stock',
'The stock row of a set''s part',
'_part_stock: the stock row that the units of a set''s part are on. Read from the part''s offer,
which whoever changes the option locks first: a part that is written meanwhile waits for it, so
that it cannot keep what the option had before.

Parameters
  pi_shop_id, pi_product_id, pi_option_hash  the part
  po_stock_option_hash  OUT: as in shop_stock; '''' = there is no such product or option
Returns nothing
Errors  none
Locks   the part''s offer, shared
Example
  CALL _part_stock(1, ''D0001'', ''__noopt__'', @stock_option_hash);'),
('_refuse_sold_out', 'stock',
'Refuses what is sold out',
'_refuse_sold_out: refuse an order at once when what it wants is neither in stock nor held by
anybody whose time is up.

Without it, whoever comes too late writes a whole order to learn it, and locks the stock
that everybody looks at.

Parameters
  pi_shop_id   shop
  pi_mTrdNo    idempotency key: nothing is refused when it is known, since that
               request has its answer
  pi_list      what was priced, see shop_order_insert
  pi_now       UTC
  po_fits      OUT: 1 = all of it can be ordered without a further look and is in stock, in one
               slot or another
Returns nothing
Errors  OUT_OF_STOCK
Locks   none: a picture of now
Example
  CALL _refuse_sold_out(1, ''T20261120-0001'', ''[[1,2,101,7,1]]'', UTC_TIMESTAMP(6), @fits);'),
('_sets_left', 'stock',
'How many of each set in a cart can be ordered',
'_sets_left: how many of each set in a cart can be ordered, see v_sets_left. Read beforehand and
not in the statement of the lines, which would cost a tenth more in shops without sets: those do
not call this.

Parameters
  pi_shop_id, pi_user_id  whose cart, with what is bought now
  po_sets_left            OUT: JSON object, by cart row: {"7": 3}; NULL = no sets
Returns nothing
Errors  none
Locks   none
Example
  CALL _sets_left(1, ''demo1'', @sets_left);'),
('_shortage', 'stock',
'Which products are short',
'_shortage: which products of some cart rows are short.

Parameters
  pi_shop_id, pi_user_id  whose cart
  pi_ids                  ''[1,2]'' as _parse_ids returns it
  po_shortage             OUT: JSON, one object per cart row of which too few units are free: its
                          stock row has fewer than all of these rows on it want together; of a
                          set one per part that is short, with the part''s product and units
                          [{"product_id", "option_hash", "wanted", "free", "cart_id"}], rows on
                          one stock row beside each other; ''[]'' = none any more
Returns nothing
Errors  none
Locks   none: a picture of now, taken after the rollback
Example
  CALL _shortage(1, ''demo1'', ''[1,2]'', @shortage);'),
('_stock_find_receipt', 'stock',
'Was this delivery booked already?',
'_stock_find_receipt: was this delivery booked already?

Parameters
  pi_shop_id, pi_product_id, pi_option_hash  stock row
  pi_quantity   units that the caller asks for
  pi_reference  the caller''s number of the delivery
  po_known      OUT: 1 = booked, with the same units on the same stock row; 0 = not booked
Returns nothing
Errors  IDEMPOTENCY_MISMATCH: booked, but other units or on another stock row
Locks   none: what somebody is just booking is not seen
Example
  CALL _stock_find_receipt(1, ''D0001'', ''__noopt__'', 5, ''R-0815'', @known);'),
('_stock_find_slot', 'stock',
'Locks a slot that has enough',
'_stock_find_slot: lock one slot that has enough units and that nobody is at: the home slot, else
the first other one. Never waits, and holds nothing when it finds none.

Parameters
  pi_shop_id, pi_product_id, pi_option_hash  stock rows
  pi_quantity  units wanted
  pi_home      slot to look at first
  po_slot      OUT: number of the slot, NULL when there is none
Returns nothing
Errors  none
Locks   one shop_stock row, unless somebody holds it
Example
  CALL _stock_find_slot(1, ''D0001'', ''__noopt__'', 2, 5, @slot);'),
('_stock_hold', 'stock',
'Takes an order''s units from stock',
'_stock_hold: take an order''s units from stock, and write who holds them, where that takes more
than one look: a product has its stock in slots, or too little is left and lapsed holds may be
reclaimed. The last thing before COMMIT, since stock rows are the hot ones. (The usual order does
the same by two statements, see shop_order_insert.)

Lines on one stock row are one hold: two lines of two units must not pass where three are left.
A set''s units are those of its parts (shop_order_parts), which are summed with the others.
Stock is taken in the order of its primary key, which is the same for every order, each product
finished before the next is begun:

  with slots: the slot of this connection, else any one, that has enough and that nobody is at
  -> there is none, or strategy single: slot 0, waiting for it
  -> too few there: from all slots (_stock_hold_across)

Parameters
  pi_order_seq_no  order, whose lines are written, and the parts of its sets
  pi_now           UTC
  pi_expires_at    UTC; until then nobody may reclaim the units
Returns nothing
Errors  OUT_OF_STOCK; the caller rolls back
Locks   by (product, option): one shop_stock row, or see _stock_hold_across; the order''s
        shop_stock_reservations rows (new)
Example
  CALL _stock_hold(1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 30 MINUTE);'),
('_stock_hold_across', 'stock',
'Takes units of one product from all slots',
'_stock_hold_across: take units of one product when no single slot has them: from all its slots in
order, the fullest first. Where they are too few in all, lapsed holds are reclaimed.

So "sold out" is said only by somebody who holds every row of the product and has seen too little
in all of them. Of this product the caller may hold slot 0 and no other: two that hold one and
want all would wait for each other.

Parameters
  pi_order_seq_no, pi_shop_id   order
  pi_product_id, pi_option_hash stock row
  pi_quantity                   units wanted
  pi_expires_at                 UTC; until then nobody may reclaim them
Returns nothing
Errors  OUT_OF_STOCK; the caller rolls back
Locks   all shop_stock rows of this product and option, by slot; then see _stock_reclaim; the new
        shop_stock_reservations rows
Example
  CALL _stock_hold_across(1, 1, ''D0001'', ''__noopt__'', 2, UTC_TIMESTAMP(6) + INTERVAL 30 MINUTE);'),
('_stock_hold_again', 'stock',
'Takes units again that were given back',
'_stock_hold_again: take the units of an order again that were given back: all of them, or none.

For each of its products that has a unit given back: what it still holds is given back too, then
the whole is taken from all slots (_stock_hold_across), under the lock of every stock row of that
product, so that nobody comes between. What is on sale now does not matter, as for an order that
is paid late: its units do.

Parameters
  pi_order_seq_no  order, locked by the caller
  po_held          OUT: 1 = every unit is held now; 0 = too few are left; the caller rolls back
Returns nothing
Errors  none
Locks   shop_stock_reservations rows of the order, then, by (product, option),
        see _stock_hold_across
Example
  CALL _stock_hold_again(1, @held);'),
('_stock_lock', 'stock',
'Locks the stock rows of one product',
'_stock_lock: begin a transaction by locking all stock rows of one product and option, made first
where they are missing.

Parameters
  pi_shop_id, pi_product_id, pi_option_hash  stock rows
  pi_slots     how many slots there must be
  po_free      OUT: free units in all of them
Returns nothing
Errors  none
Locks   shop_stock rows of the product and option, by slot
Example
  CALL _stock_lock(1, ''D0001'', ''__noopt__'', 4, @free);'),
('_stock_put', 'stock',
'Adds units to the slots that are at hand',
'_stock_put: add units to one product and option without queueing for all of its slots: evenly to
slot 0, which the caller holds, and to those of the others where nobody is. The slots where
somebody is get none this time: an order looks into all of them before it gives up.

Parameters
  pi_shop_id, pi_product_id, pi_option_hash  stock rows; slot 0 is locked by the caller
  pi_slots     number of slots
  pi_quantity  units to add, 1 or more
Returns nothing
Errors  none
Locks   the other shop_stock rows of the product and option that nobody holds. Never waits: so it
        does not matter that some of them are locked and others are not
Example
  CALL _stock_put(1, ''D0001'', ''__noopt__'', 4, 100);'),
('_stock_reclaim', 'stock',
'Gives lapsed holds back to stock',
'_stock_reclaim: give lapsed holds on one product back to stock, the oldest first, until
enough units are free.

A lapsed hold can still be paid: paying is held -> sold, reclaiming held -> released, each under
the lock of the reservation, and only one of them finds it held. What somebody is just doing
something with is skipped.

Parameters
  pi_shop_id, pi_product_id, pi_option_hash  stock rows, all of them locked by the caller
  pi_missing   units wanted
  po_reclaimed OUT: units given back, 0 when nothing has lapsed; may be more than wanted
Returns nothing
Errors  none
Locks   lapsed shop_stock_reservations rows that nobody holds. They come after stock here, the
        other way round than everywhere else: that is why they are never waited for
Example
  CALL _stock_reclaim(1, ''D0001'', ''__noopt__'', 2, @units);'),
('_stock_release', 'stock',
'Gives held units back to stock',
'_stock_release: give an order''s held units back to the stock rows they were taken from. Does so
once: units that are sold or released already are left alone.

Parameters
  pi_order_seq_no  order, locked by the caller
Returns nothing
Errors  none
Locks   shop_stock_reservations rows of the order, then shop_stock rows by (product, option)
Example
  CALL _stock_release(1);'),
('_stock_sell', 'stock',
'Held units become sold units',
'_stock_sell: an order''s held units are sold. No stock row is touched: they left
`free` when they were held.

Parameters
  pi_order_seq_no  order, locked by the caller
  po_sold          OUT: 1 when every unit was still held and is sold now; 0 when
                   not, and nothing changed
Returns nothing
Errors  none
Locks   shop_stock_reservations rows of the order
Example
  CALL _stock_sell(1, @sold);'),
('_stock_spread', 'stock',
'Spreads free units evenly over slots',
'_stock_spread: set the free units of one product and option, spread evenly over its slots. Rows
beyond the number of slots keep none.

Parameters
  pi_shop_id, pi_product_id, pi_option_hash  stock rows, all of them locked by the caller; slots
                                             0 to pi_slots - 1 exist
  pi_slots     number of slots
  pi_quantity  units to spread
Returns nothing
Errors  none
Locks   none beyond the caller''s
Example
  CALL _stock_spread(1, ''D0001'', ''__noopt__'', 4, 100);'),
('_write_order_parts', 'stock',
'Writes down what the sets of an order consist of',
'_write_order_parts: write down what the sets of an order consist of, as it is now. Its units are
held, and later checked, by these rows; whoever packs the order reads them.

Parameters
  pi_order_seq_no  order, whose lines are written
Returns nothing
Errors  none
Locks   the order''s shop_order_parts rows (new)
Example
  CALL _write_order_parts(1);'),
('shop_stock_add', 'stock',
'Books units that came in or went out',
'shop_stock_add: book a delivery: units that came in, or units that went out otherwise than by an
order (broken, stolen, sent back to the supplier).

Nothing is counted, so the call says how many more or fewer there are, and must not be booked
twice: the delivery has a number of its own, and the same call again under that number answers
and books nothing. What is free may be taken out; what unpaid orders hold stays theirs.

Parameters
  pi_shop_id      shop
  pi_product_id   product
  pi_option_hash  option with stock of its own; NULL, '''' or ''__noopt__'' = none
  pi_quantity     units that came in, or with a minus went out: -999999999 to 999999999, not 0
  pi_reason       why, for the ledger; 1 to 200 characters
  pi_reference    the caller''s number of the delivery, one per booking of the shop: 1 to 64 of
                  letters, digits, . _ - (a delivery note with many lines: its number and the
                  line''s)
Returns one row: result, replayed (1 = was booked before), free (units that can be ordered now),
  held (units of unpaid orders now), difference (booked under this reference)
Errors  INVALID_INPUT (also more units than the counter can hold), PRODUCT_NOT_FOUND (also an
  option that the product does not have)
  OUT_OF_STOCK  fewer are free than are to be taken out; detail says how many. Nothing is changed
  IDEMPOTENCY_MISMATCH  the reference was used for other units or another product or option
Locks   units that came in: shop_stock row of slot 0, the other slots that nobody holds (see
        _stock_put); that went out: shop_stock rows of the product and option, by slot. Then the
        new shop_stock_ledger row, which may wait for another call with its reference
Example
  CALL shop_stock_add(1, ''D0001'', NULL, ''40'', ''delivery of the potter'', ''R-0815-1'');'),
('shop_stock_mirror', 'stock',
'Copies free stock beside the products',
'shop_stock_mirror: copy what is free into shop_products.quantity_stock, for pages that show one
number per product; of a set, how many can be ordered. A job and not a trigger on shop_stock: an
order would write the product''s row as well, and that row would be as hot as the stock''s.

Parameters
  pi_batch_size  at most so many products, 1 to 10000; NULL = 1000
Returns one row: result, copied (how many products had another number)
Errors  INVALID_INPUT
Locks   shop_products rows, one at a time; stock is read without a lock
Example
  CALL shop_stock_mirror(1000);'),
('shop_stock_set', 'stock',
'Takes in what was counted and books the difference',
'shop_stock_set: enter what was counted of a product, and book the difference.

Whoever counts on the shelf counts the units of unpaid orders too: they are held, and still
lie there. So the call says which of the two was counted: what is on the shelf, from which
the held units are taken off here, or what can be ordered. Units of paid orders are in
neither: put them aside before you count. An order that is being made or paid comes before
this call or after it, as a whole.

Parameters
  pi_shop_id      shop
  pi_product_id   product
  pi_option_hash  option with stock of its own; NULL, '''' or ''__noopt__'' = none
  pi_counted      shelf = free and held units together; free = what can be ordered
                  from now on. No default
  pi_quantity     units counted, 0 to 999999999
  pi_reason       why, for the ledger, which also says what was on the shelf; NULL or '''' = ''set''
Returns one row: result, free (units that can be ordered now), held (units of unpaid
  orders), difference (booked)
Errors  INVALID_INPUT, PRODUCT_NOT_FOUND (also an option that the product does not have)
  STOCK_BELOW_HELD  fewer on the shelf than unpaid orders hold; detail says how many those
                    are. Nothing is changed
Locks   shop_stock rows of the product and option, by slot. What is held is read under them
        without a lock: whoever changes it locks these rows as well, but for a payment, which
        takes held units off the shelf
Example
  CALL shop_stock_set(1, ''D0001'', NULL, ''shelf'', ''100'', ''stocktaking'');'),
('tr_shop_order_parts_delete', 'stock',
'what the sets of an order consisted of is not forgotten: its units were taken by it',
'tr_shop_order_parts_delete: what the sets of an order consisted of is not forgotten: its units
were taken by it. See tr_shop_order_product_update.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_order_parts;   -- refused'),
('tr_shop_order_parts_update', 'stock',
'what the sets of an order consisted of stays as it was: its units were taken by it',
'tr_shop_order_parts_update: what the sets of an order consisted of stays as it was: its units
were taken by it. See tr_shop_order_product_update.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_order_parts SET quantity = 1;   -- refused'),
('tr_shop_products_mirror', 'stock',
'what a page writes into shop_products.quantity_stock does not count',
'tr_shop_products_mirror: what a page writes into shop_products.quantity_stock does not count.
Ignored and not refused: a product form saves the whole row, with the number that was there when
it was opened. To refuse it would mean that the price of a product that sells could not be
changed. Stock is set by shop_stock_set.
Not @jumun_stock_mirror IS NULL: MySQL decides that once for a compiled trigger, which
connections share with the open table. Compiled for shop_stock_mirror, it would let every
later write of a page pass.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   none
Example
  UPDATE shop_products SET product_name = ''Tea'', quantity_stock = 5
  WHERE shop_id = 1 AND product_id = ''D0001'';'),
('tr_shop_set_parts_delete', 'stock',
'a part that is gone counts no more',
'tr_shop_set_parts_delete: a part that is gone counts no more. A set without parts is a product
like others, with units of its own. Orders keep what they took.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   both products, the set''s offers; the shop
Example
  DELETE FROM shop_set_parts WHERE shop_id = 1 AND product_id = ''TEASET'';'),
('tr_shop_set_parts_insert', 'stock',
'a part that is added gets the stock row that its units are on',
'tr_shop_set_parts_insert: a part that is added gets the stock row that its units are on. A set is
not a part of another one. BEFORE, so that both products are locked before the foreign keys look
at them. Counted is the part by tr_shop_set_parts_inserted: what INSERT IGNORE or ON DUPLICATE
KEY find there already comes by here too.

Parameters  none (a trigger)
Returns nothing
Errors  INVALID_INPUT (part_product_id): the part is a set itself, or the set a part of one, or
        one of the two is not there; (part_option_hash): the part has no such option
Locks   both products; the part''s offer, shared
Example
  INSERT INTO shop_set_parts (shop_id, product_id, part_product_id, quantity)
  VALUES (1, ''TEASET'', ''D0001'', 2);'),
('tr_shop_set_parts_inserted', 'stock',
'a part that was added counts for its set, its product and its shop',
'tr_shop_set_parts_inserted: a part that was added counts for its set, its product and its shop.
See tr_shop_set_parts_insert.

Parameters  none (a trigger)
Returns nothing
Errors  none
Locks   both products, the set''s offers; the shop
Example
  INSERT INTO shop_set_parts … ;'),
('tr_shop_set_parts_update', 'stock',
'a part of a set can be changed in quantity and position',
'tr_shop_set_parts_update: a part of a set can be changed in quantity and position. Its stock row
is looked up anew: the triggers of shop_product_options ask for that by a plain UPDATE when the
option has another one.

Parameters  none (a trigger)
Returns nothing
Errors  INVALID_INPUT (part_product_id): another part is another row; delete this one
Locks   the part''s offer, shared
Example
  UPDATE shop_set_parts SET quantity = 3
  WHERE shop_id = 1 AND product_id = ''TEASET'' AND part_product_id = ''D0001'';'),
('tr_shop_stock_ledger_delete', 'stock',
'what came in or went out by hand is not forgotten',
'tr_shop_stock_ledger_delete: what came in or went out by hand is not forgotten.
See tr_shop_order_product_update.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  DELETE FROM shop_stock_ledger WHERE product_id = ''D0001'';   -- refused'),
('tr_shop_stock_ledger_update', 'stock',
'what came in or went out by hand is not written anew; what was wrong is set right by shop_stock_set, which books the difference',
'tr_shop_stock_ledger_update: what came in or went out by hand is not written anew; what was wrong
is set right by shop_stock_set, which books the difference. See tr_shop_order_product_update.

Parameters  none (a trigger)
Returns nothing
Errors  ROW_IS_KEPT
Locks   none
Example
  UPDATE shop_stock_ledger SET difference = 0;   -- refused'),
('update_adm_stock_strategy', 'stock',
'Spreads a product''s stock over slots',
'update_adm_stock_strategy: say over how many rows a product''s stock is spread. Can be called
while the product is being bought, and again: every state on the way is a right one, since orders
look into all rows before they give up.

Parameters
  pi_shop_id     shop
  pi_product_id  product, with all its options
  pi_strategy    single (one row) | slots
  pi_slots       slots: 2 to 64, about as many as connections that order at
                 once; single: NULL, '''' or 1
Returns one row: result, stock_strategy, stock_slots, free (units that can be ordered, as before)
Errors  INVALID_INPUT, PRODUCT_NOT_FOUND
Locks   one option after the other, each in a transaction of its own: shop_stock rows by
        slot; then the product
Example
  CALL update_adm_stock_strategy(1, ''D0001'', ''slots'', ''16'');'),
('v_sets_left', 'stock',
'how many of each set can be ordered: as many as the scarcest of its parts allows',
'v_sets_left: how many of each set can be ordered: as many as the scarcest of its parts allows.
Parts on one stock row are summed first. Lines of carts say the same, by the same words.

Parameters  none (a view)
Returns one row per set: shop_id, product_id, sets_left
Errors  none
Locks   none
Example
  SELECT sets_left FROM v_sets_left WHERE shop_id = 1 AND product_id = ''TEASET'';')//
DELIMITER ;
COMMIT;
