-- Orders. number: order numbers are unique in jumun; of several equal ones the first order keeps
-- it, the others get their seq_no behind it. placed: an order without a date gets that of the
-- payment, or of the order before it.
-- needs: seq_no, order_status
-- key: seq_no
SELECT i.*,
       COALESCE(i.order_date, i.paid_at,
                FIRST_VALUE(i.order_date) OVER (PARTITION BY i.dated ORDER BY i.seq_no)) AS placed,
       CASE WHEN i.nth = 1 AND CHAR_LENGTH(i.wanted) <= 64 THEN i.wanted
            ELSE CONCAT(LEFT(i.wanted, 43), '-', i.seq_no) END AS number
FROM (SELECT o.*, COALESCE(m.user_id, o.user_id, '') AS buyer,
             COALESCE(NULLIF(o.order_number, ''), CONCAT('adopted-', o.seq_no)) AS wanted,
             ROW_NUMBER() OVER (PARTITION BY COALESCE(NULLIF(o.order_number, ''),
                                                      CONCAT('adopted-', o.seq_no))
                                ORDER BY o.seq_no) AS nth,
             -- How many dates there were so far: the same for an order with a date and those
             -- without behind it. (A running MAX would do, if MariaDB did not begin at the first
             -- row for every row.)
             COUNT(o.order_date) OVER (ORDER BY o.seq_no ROWS UNBOUNDED PRECEDING) AS dated,
             CASE WHEN o.seq_no IS NULL THEN 'no seq_no'
                  WHEN ROW_NUMBER() OVER (PARTITION BY o.seq_no ORDER BY o.order_number) > 1
                      THEN 'seq_no twice'
                  WHEN CHAR_LENGTH(o.user_id) > 63 THEN 'user_id is longer than 63'
                  WHEN o.order_status IS NULL OR o.order_status NOT BETWEEN 1 AND 13
                      THEN 'order_status is not 1 to 13'
                  WHEN o.total_payment < 0 THEN 'total_payment is negative'
             END AS fault
      FROM old_shop_orders o
      LEFT JOIN known_user m ON m.folded = LOWER(o.user_id)) i;
