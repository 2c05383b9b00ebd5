//! `jumun db check` as a command among others: its exit codes, and outputs that nobody reads to the end.

use std::io::Read as _;
use std::process::Stdio;

use super::*;

/// Exit code of a command whose reader goes away after the first bytes, or at once; and its complaints.
async fn cut_off(mut command: Command, read: bool) -> (Option<i32>, String) {
    tokio::task::spawn_blocking(move || {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = child.stdout.take().unwrap();
        if read {
            out.read_exact(&mut [0; 1]).ok();
        }
        drop(out);
        let output = child.wait_with_output().unwrap();
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), words)
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn a_reader_that_goes_away_is_no_failure() {
    let db = loaded().await;
    for read in [true, false] {
        let (code, words) = cut_off(command(&db, "check", &[]), read).await;
        assert_eq!((code, words.as_str()), (Some(0), ""));
        assert_eq!(left_over(&db).await, [""; 0]);
    }
    let files = Files::new();
    for path in [
        "lib/_raise",
        "lib/_report_error",
        "cart/add_shop_cart",
        "order/shop_order_insert",
    ] {
        files.edit(
            &format!("procedures/{path}.sql"),
            "COMMENT '",
            "COMMENT 'Also: ",
        );
    }
    let (code, words) = cut_off(files.check(&db), true).await;
    assert_eq!((code, words.as_str()), (Some(1), ""));
    // A load goes on to its end: what it says is not what it does.
    for read in [true, false] {
        let (code, words) = cut_off(
            if read {
                files.load(&db)
            } else {
                command(&db, "load", &[])
            },
            read,
        )
        .await;
        assert_eq!((code, words.as_str()), (Some(0), ""));
        let check = if read {
            files.check(&db)
        } else {
            command(&db, "check", &[])
        };
        succeed(check).await;
    }
    let help = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jumun"));
        command.args(["db", "load", "--help"]);
        command
    };
    let (_, words) = cut_off(help(), false).await;
    assert!(!words.contains("panicked"), "{words}");
    let adopt = crate::adopt::old_shop(crate::adopt::CLEAN).await;
    let (code, words) = cut_off(command(&adopt, "adopt", &crate::adopt::ANSWERS), true).await;
    assert_eq!((code, words.as_str()), (Some(0), ""));
}

#[tokio::test]
async fn nothing_differs_something_differs_and_not_compared_are_told_apart() {
    let db = loaded().await;
    let code = async |mut command: Command| {
        let output = tokio::task::spawn_blocking(move || command.output())
            .await
            .unwrap()
            .unwrap();
        output.status.code()
    };
    assert_eq!(code(command(&db, "check", &[])).await, Some(0));
    db.exec("DROP PROCEDURE _raise").await;
    assert_eq!(code(command(&db, "check", &[])).await, Some(1));
    assert_eq!(
        code(command(&db, "check", &["--sql-dir", "/nowhere"])).await,
        Some(2)
    );
    for url in ["mysql://root@127.0.0.1:1/shop", "nonsense"] {
        let mut command = command(&db, "check", &[]);
        command.env("JUMUN_ADMIN_DATABASE_URL", url);
        assert_eq!(code(command).await, Some(2), "{url}");
    }
    let mut command = command(&db, "check", &[]);
    command.env(
        "JUMUN_ADMIN_DATABASE_URL",
        db.admin_url().replace("jumun_it_", "jumun_no_"),
    );
    assert_eq!(code(command).await, Some(2));
}
