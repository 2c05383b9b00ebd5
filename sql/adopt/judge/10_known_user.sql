-- How a member is spelled. The old shop took Kim and kim for the same;
-- jumun compares letters exactly.
-- key: folded
SELECT LOWER(o.user_id) AS folded, MIN(o.user_id) AS user_id
FROM old_member o
WHERE o.user_id <> ''
GROUP BY LOWER(o.user_id)
HAVING COUNT(DISTINCT o.user_id) = 1;
