-- Members. fault = why a row cannot be taken over; NULL = it is.
-- needs: user_id
-- key: user_id
SELECT o.*,
       CASE WHEN COALESCE(o.user_id, '') = '' THEN 'no user_id'
            WHEN CHAR_LENGTH(o.user_id) > 63 THEN 'user_id is longer than 63'
            WHEN ROW_NUMBER() OVER (PARTITION BY o.user_id ORDER BY o.cust_no) > 1
                THEN 'user_id twice'
       END AS fault
FROM old_member o;
