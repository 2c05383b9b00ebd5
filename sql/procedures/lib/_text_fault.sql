-- _text_fault: what is wrong with a text that a person has typed, or with a name.
--
-- Invisible characters and the blanks that are not ASCII count as the ASCII blank does, Unicode's
-- line breaks and the control characters above ASCII as those of ASCII: two names must not differ
-- in what nobody can see. Hangul is written in whole syllables (NFC): in parts, as some file
-- systems write it, the same name would be another one.
--
-- Parameters
--   pi_text  any text
-- Returns VARCHAR(10)
--   NULL = none of these; 'control' = a control character, line break or half a character;
--   'decomposed' = Hangul in parts; 'blank' = nothing that can be seen;
--   'edge' = begins or ends with a blank or invisible character
-- Errors  none
-- Locks   none
-- Example
--   SELECT _text_fault('demo1 ');   -- 'edge'
SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = 'TRADITIONAL';

DROP FUNCTION IF EXISTS _text_fault;
DELIMITER //
CREATE DEFINER = 'jumun_definer'@'localhost' FUNCTION _text_fault(pi_text LONGTEXT)
    RETURNS VARCHAR(10)
    SQL SECURITY DEFINER
    DETERMINISTIC
    NO SQL
    COMMENT 'What is wrong with a typed text or a name'
BEGIN
    -- Inside of [ ]: blanks, formatting and joining characters, the Hangul fillers, variation
    -- selectors, tags.
    DECLARE v_unseen VARCHAR(400) DEFAULT CONCAT(
        '\\x{20}\\x{A0}\\x{AD}\\x{34F}\\x{61C}\\x{115F}\\x{1160}\\x{1680}',
        '\\x{17B4}\\x{17B5}\\x{180B}-\\x{180F}\\x{2000}-\\x{200F}\\x{202A}-\\x{202F}\\x{205F}-\\x{206F}\\x{2800}',
        '\\x{3000}\\x{3164}\\x{FE00}-\\x{FE0F}\\x{FEFF}\\x{FFA0}\\x{FFF9}-\\x{FFFB}\\x{1D173}-\\x{1D17A}',
        '\\x{E0000}-\\x{E0FFF}');

    -- MariaDB takes surrogates for text, in which nothing is found. (Found here it is a warning, in
    -- what is assigned or returned an error.)
    IF pi_text <> '' AND pi_text NOT REGEXP '[\\s\\S]' THEN
        RETURN 'control';
    END IF;
    RETURN CASE
        WHEN pi_text REGEXP '[\\x00-\\x1F\\x7F-\\x{9F}\\x{2028}\\x{2029}]' THEN 'control'
        -- A first consonant with its vowel, or a syllable with a last consonant behind it. Old
        -- Hangul, which has no whole syllables, passes.
        WHEN pi_text REGEXP
            '[\\x{1100}-\\x{1112}][\\x{1161}-\\x{1175}]|[\\x{AC00}-\\x{D7A3}][\\x{11A8}-\\x{11C2}]'
            THEN 'decomposed'
        WHEN pi_text NOT REGEXP CONCAT('[^', v_unseen, ']') THEN 'blank'
        WHEN pi_text REGEXP CONCAT('\\A[', v_unseen, ']|[', v_unseen, ']\\z') THEN 'edge'
    END;
END//
DELIMITER ;
