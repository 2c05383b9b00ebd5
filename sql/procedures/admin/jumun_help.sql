-- jumun_help: what a routine does, what it takes, returns, raises and locks, with an example: the
-- header of its file. Without a name, the routines that may be called from outside.
--
-- Parameters
--   pi_routine  name of any routine, view or trigger of jumun; NULL or '' = the list of the public
--               routines
-- Returns one row: result, routine_count (of the list; 1 with a name)
-- then, without a name, routines: area, routine, summary
-- then, with a name, lines: help, one row a line
-- Errors  INVALID_INPUT: nothing of jumun has this name
-- Locks   none
-- Example
--   CALL jumun_help('shop_order_insert');
--   CALL jumun_help(NULL);
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP PROCEDURE IF EXISTS jumun_help;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' PROCEDURE jumun_help(
    pi_routine TEXT)
    SQL SECURITY DEFINER
    READS SQL DATA
    COMMENT 'What a routine does and how it is called'
BEGIN
    DECLARE v_step     VARCHAR(30) DEFAULT 'read the request';
    DECLARE v_errno    SMALLINT UNSIGNED;
    DECLARE v_sqlstate CHAR(5);
    DECLARE v_message, v_field, v_detail TEXT;
    DECLARE v_help     TEXT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1
            v_errno = MYSQL_ERRNO, v_sqlstate = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
            v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _report_error('jumun_help', v_step, v_errno, v_sqlstate, v_message, v_field, v_detail,
            '', NULL, JSON_OBJECT('routine', LEFT(pi_routine, 64)));
        RESIGNAL;
    END;

    CALL _start_reading();
    IF COALESCE(pi_routine, '') = '' THEN
        SET v_step = 'answer';
        SELECT 'OK' AS result, COUNT(*) AS routine_count
        FROM shop_help WHERE routine NOT REGEXP '^(_|v_|tr_)';
        SELECT area, routine, summary
        FROM shop_help WHERE routine NOT REGEXP '^(_|v_|tr_)' ORDER BY area, routine;
    ELSE
        SELECT help INTO v_help FROM shop_help WHERE routine = pi_routine;
        IF v_help IS NULL THEN
            CALL _raise('INVALID_INPUT', 'routine',
                'no such name: CALL jumun_help(NULL) lists them');
        END IF;
        SET v_step = 'answer';
        SELECT 'OK' AS result, 1 AS routine_count;
        -- A client draws a table around the lines, which it cannot around a text of many lines.
        SELECT l.help
        FROM JSON_TABLE(
            CONCAT('["',
                   REPLACE(REPLACE(REPLACE(v_help, '\\', '\\\\'), '"', '\\"'), '\n', '","'),
                   '"]'),
            '$[*]' COLUMNS (
                line_no FOR ORDINALITY,
                help    VARCHAR(400) PATH '$')) l
        ORDER BY l.line_no;
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;
END//
DELIMITER ;
