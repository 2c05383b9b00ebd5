-- What each routine, view and trigger is, for CALL jumun_help(…): the header of its file, where a DBA at the prompt
-- can read it who has no files.

CREATE TABLE shop_help (
    routine VARCHAR(64)  NOT NULL COMMENT 'name of a routine, view or trigger',
    area    VARCHAR(20)  NOT NULL COMMENT 'folder of its file, below sql/procedures',
    summary VARCHAR(200) NOT NULL COMMENT 'what it is, in a few words; its COMMENT, where it may have one',
    help    TEXT         NOT NULL COMMENT 'header of its file: what it takes, returns, raises and locks, with an example',
    CONSTRAINT pk_shop_help PRIMARY KEY (routine)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin
  COMMENT 'Headers of the files of sql/procedures, for jumun_help. Written by every load';

INSERT INTO shop_schema_version (version, file_name, applied_at)
VALUES (18, '0018_help.sql', UTC_TIMESTAMP(6));
