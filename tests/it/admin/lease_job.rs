//! `lease_job` and `finish_job`: every gateway process asks for work, one gets it.

use std::time::Duration;

use crate::support::refusal::*;
use crate::support::*;

const JOB: &str = "shop_order_expire";

/// A database with this job only.
async fn one_job() -> TestDb {
    let db = TestDb::new().await;
    db.exec(&format!("DELETE FROM shop_jobs WHERE job_name <> '{JOB}'"))
        .await;
    db
}

async fn lease(db: &TestDb, conn: &mut Conn, holder: &str) -> Option<String> {
    let answer = db.call(conn, "lease_job", (holder,)).await.unwrap();
    assert_eq!(answer.count(), 1);
    assert_eq!(
        *answer.set(0).columns,
        ["result", "job_name", "batch_size", "lease_seconds"]
    );
    assert_eq!(answer.first().str("result"), "OK");
    let job = answer.first().opt("job_name");
    assert_eq!(answer.first().opt("batch_size").is_some(), job.is_some());
    assert_eq!(answer.first().opt("lease_seconds").is_some(), job.is_some());
    job
}

async fn finish(db: &TestDb, conn: &mut Conn, job: &str, holder: &str, result: &str) {
    let answer = db
        .call(conn, "finish_job", (job, holder, result))
        .await
        .unwrap();
    assert_eq!(answer.first().str("result"), "OK");
    assert_eq!(*answer.set(0).columns, ["result"]);
}

/// `seconds` back in time: what was due or held then.
async fn pass(db: &TestDb, seconds: u32) {
    db.exec(&format!(
        "UPDATE shop_jobs SET lease_until = lease_until - INTERVAL {seconds} SECOND,
             next_run_at = next_run_at - INTERVAL {seconds} SECOND"
    ))
    .await;
}

#[tokio::test]
async fn a_job_that_is_due_is_leased_to_one_until_the_lease_ends() {
    let db = one_job().await;
    let mut conn = db.conn_as_gateway().await;
    conn.query_drop("SET time_zone = '+09:00'").await.unwrap(); // times are UTC whatever the session says
    let answer = db
        .call(&mut conn, "lease_job", ("gateway 1",))
        .await
        .unwrap();
    assert_eq!(answer.first().str("job_name"), JOB);
    assert_eq!(answer.first().int("batch_size"), 500);
    assert_eq!(answer.first().int("lease_seconds"), 60);
    let row = db
        .row(
            "SELECT lease_holder, last_result, TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), lease_until) AS lease,
                    TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), next_run_at) AS next,
                    TIMESTAMPDIFF(SECOND, last_run_at, UTC_TIMESTAMP(6)) AS ago FROM shop_jobs",
        )
        .await;
    assert_eq!(row.str("lease_holder"), "gateway 1");
    assert_eq!(row.opt("last_result"), None);
    assert!((55..=60).contains(&row.int("lease")), "{row:?}");
    assert!((0..=5).contains(&row.int("next")), "{row:?}");
    assert!((0..=5).contains(&row.int("ago")), "{row:?}");
    // The next run is due, the lease is not over: nobody gets it, its holder neither.
    pass(&db, 30).await;
    assert_eq!(lease(&db, &mut conn, "gateway 2").await, None);
    assert_eq!(lease(&db, &mut conn, "gateway 1").await, None);
    pass(&db, 31).await;
    assert_eq!(
        lease(&db, &mut conn, "gateway 2").await.as_deref(),
        Some(JOB)
    );
    assert_eq!(
        db.text("SELECT lease_holder FROM shop_jobs").await,
        "gateway 2"
    );
}

#[tokio::test]
async fn a_finished_job_is_free_and_runs_again_when_its_time_has_come() {
    let db = one_job().await;
    let mut conn = db.conn_as_gateway().await;
    lease(&db, &mut conn, "gateway 1").await.unwrap();
    finish(&db, &mut conn, JOB, "gateway 1", "expired 3").await;
    let row = db.row("SELECT lease_holder, last_result, lease_until <= UTC_TIMESTAMP(6) AS free FROM shop_jobs").await;
    assert_eq!(row.opt("lease_holder"), None);
    assert_eq!(row.str("last_result"), "expired 3");
    assert_eq!(row.int("free"), 1);
    assert_eq!(
        lease(&db, &mut conn, "gateway 2").await,
        None,
        "not before the interval is over"
    );
    pass(&db, 5).await;
    assert_eq!(
        lease(&db, &mut conn, "gateway 2").await.as_deref(),
        Some(JOB)
    );
}

#[tokio::test]
async fn only_the_holder_can_give_a_lease_back() {
    let db = one_job().await;
    let mut conn = db.conn_as_gateway().await;
    lease(&db, &mut conn, "slow").await.unwrap();
    let before = db.snapshot().await;
    for (job, holder) in [
        (JOB, "other"),
        (JOB, "SLOW"),
        (JOB, ""),
        ("", "slow"),
        ("nosuch", "slow"),
        ("%", "%"),
    ] {
        finish(&db, &mut conn, job, holder, "done").await;
        assert_eq!(db.snapshot().await, before, "{job} {holder}");
    }
    let nothing: Option<&str> = None;
    db.call(&mut conn, "finish_job", (nothing, nothing, nothing))
        .await
        .unwrap();
    db.call(&mut conn, "finish_job", (JOB, nothing, nothing))
        .await
        .unwrap();
    assert_eq!(db.snapshot().await, before);
    // The slow one comes back after its lease went to another: too late to say anything.
    pass(&db, 61).await;
    assert_eq!(lease(&db, &mut conn, "other").await.as_deref(), Some(JOB));
    let before = db.snapshot().await;
    finish(&db, &mut conn, JOB, "slow", "expired 99").await;
    assert_eq!(db.snapshot().await, before);
    finish(&db, &mut conn, JOB, "other", "expired 1").await;
    assert_eq!(
        db.text("SELECT last_result FROM shop_jobs").await,
        "expired 1"
    );
    // Given back once is given back: a repeat must not overwrite what the next run says.
    let before = db.snapshot().await;
    finish(&db, &mut conn, JOB, "other", "twice").await;
    assert_eq!(db.snapshot().await, before);
}

/// A server whose clock was a day ahead leased the job and died with it, or gave it back: it runs again at once.
#[tokio::test]
async fn a_lease_or_a_next_run_of_a_clock_that_has_gone_back_counts_as_over() {
    let db = one_job().await;
    let mut conn = db.conn_as_gateway().await;
    for given_back in [false, true] {
        let mut ahead = db.conn_as_gateway().await;
        ahead
            .query_drop("SET TIMESTAMP = UNIX_TIMESTAMP() + 86400")
            .await
            .unwrap();
        assert!(lease(&db, &mut ahead, "ahead").await.is_some());
        if given_back {
            finish(&db, &mut ahead, JOB, "ahead", "result OK, expired 0").await;
        }
        assert_eq!(
            lease(&db, &mut conn, "gateway 1").await.as_deref(),
            Some(JOB),
            "given back: {given_back}"
        );
        // What it wrote itself holds.
        assert_eq!(lease(&db, &mut conn, "gateway 2").await, None);
        pass(&db, 6).await;
        assert_eq!(lease(&db, &mut conn, "gateway 2").await, None, "leased");
        finish(&db, &mut conn, JOB, "gateway 1", "result OK, expired 0").await;
        pass(&db, 86_400).await;
    }
}

#[tokio::test]
async fn only_a_run_that_ended_well_is_a_success() {
    let db = one_job().await;
    let mut conn = db.conn_as_gateway().await;
    let success = "SELECT COALESCE(last_success_at, '') FROM shop_jobs";
    let mut last = String::new();
    for (result, good) in [
        ("error 1213: Deadlock found", false),
        ("result OK, expired 3, failed 0", true),
        ("deadline exceeded", false),
        ("nothing", false),
        ("result INTERNAL_ERROR", false),
        ("result OK", true),
    ] {
        lease(&db, &mut conn, "gateway 1").await.unwrap();
        finish(&db, &mut conn, JOB, "gateway 1", result).await;
        let now = db.text(success).await;
        assert_eq!(now != last, good, "{result}: {last} {now}");
        last = now;
        pass(&db, 60).await;
    }
}

#[tokio::test]
async fn a_disabled_job_is_nobodys() {
    let db = one_job().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec("UPDATE shop_jobs SET is_enabled = 0").await;
    let before = db.snapshot().await;
    assert_eq!(lease(&db, &mut conn, "gateway 1").await, None);
    assert_eq!(db.snapshot().await, before);
    db.exec("UPDATE shop_jobs SET is_enabled = 1").await;
    assert!(lease(&db, &mut conn, "gateway 1").await.is_some());
}

#[tokio::test]
async fn without_jobs_there_is_nothing_to_do() {
    let db = one_job().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec("DELETE FROM shop_jobs").await;
    assert_eq!(lease(&db, &mut conn, "gateway 1").await, None);
}

#[tokio::test]
async fn the_job_that_waits_longest_comes_first_and_each_goes_to_one() {
    let db = one_job().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec(
        "INSERT INTO shop_jobs (job_name, interval_seconds, lease_seconds, batch_size, lease_until, next_run_at)
         VALUES ('late', 60, 10, 7, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) - INTERVAL 1 HOUR),
                ('later', 60, 10, 7, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) - INTERVAL 2 HOUR),
                ('future', 7200, 10, 7, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 1 HOUR)",
    )
    .await;
    let mut order = Vec::new();
    while let Some(job) = lease(&db, &mut conn, "gateway 1").await {
        order.push(job);
    }
    assert_eq!(order, ["later", "late", JOB]);
}

/// Several rounds, since only luck would let a careless version pass: all ask at the same moment.
#[tokio::test]
async fn many_holders_at_once_get_one_job_once() {
    let db = one_job().await;
    for round in 0..8 {
        db.exec("UPDATE shop_jobs SET lease_holder = NULL, lease_until = UTC_TIMESTAMP(6), next_run_at = UTC_TIMESTAMP(6)")
            .await;
        let answers = storm(&db, 12, |number, mut conn| async move {
            let answer = call(&mut conn, "lease_job", (format!("gateway {number}"),))
                .await
                .unwrap();
            answer
                .first()
                .opt("job_name")
                .map(|_| format!("gateway {number}"))
        })
        .await;
        let winners: Vec<String> = answers.into_iter().flatten().collect();
        assert_eq!(winners.len(), 1, "round {round}: {winners:?}");
        assert_eq!(
            db.text("SELECT lease_holder FROM shop_jobs").await,
            winners[0]
        );
    }
}

/// The same in the one interleaving that matters: the other's lease is written and not yet committed.
#[tokio::test]
async fn a_job_that_is_just_being_leased_is_passed_over_without_waiting() {
    let db = one_job().await;
    let mut conn = db.conn_as_gateway().await;
    db.exec(
        "INSERT INTO shop_jobs (job_name, interval_seconds, lease_seconds, batch_size, lease_until, next_run_at)
         VALUES ('second', 60, 10, 7, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
    )
    .await;
    let mut other = db.conn().await;
    other
        .query_drop(
            "BEGIN; UPDATE shop_jobs SET lease_holder = 'other', lease_until = UTC_TIMESTAMP(6) + INTERVAL 60 SECOND
             WHERE job_name = 'shop_order_expire'",
        )
        .await
        .unwrap();
    let mut at_once = async || {
        let answer =
            tokio::time::timeout(Duration::from_secs(5), lease(&db, &mut conn, "gateway 1"));
        answer.await.expect("an answer although the row is locked")
    };
    assert_eq!(at_once().await.as_deref(), Some("second"));
    assert_eq!(at_once().await, None);
    other.query_drop("COMMIT").await.unwrap();
    assert_eq!(at_once().await, None);
    assert_eq!(
        db.text("SELECT lease_holder FROM shop_jobs WHERE job_name = 'shop_order_expire'")
            .await,
        "other"
    );
}

/// The lease of another one, between its choice and its commit, held there by a trigger that waits for a row of ours.
#[tokio::test]
async fn one_who_leases_a_job_does_not_hide_the_others_that_are_due() {
    let db = TestDb::with_fixture().await;
    db.exec(&format!("DELETE FROM shop_jobs WHERE job_name <> '{JOB}'"))
        .await;
    db.exec(
        "INSERT INTO shop_jobs (job_name, interval_seconds, lease_seconds, batch_size, lease_until, next_run_at)
         VALUES ('later', 60, 10, 7, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) - INTERVAL 1 HOUR)",
    )
    .await;
    let mut holder = db.conn().await;
    db.exec(
        "CREATE TRIGGER slow_lease BEFORE UPDATE ON shop_jobs FOR EACH ROW
             UPDATE shops SET shop_name = shop_name WHERE shop_id = IF(NEW.lease_holder = 'slow', 1, 0)",
    )
    .await;
    holder
        .query_drop("BEGIN; SELECT * FROM shops WHERE shop_id = 1 FOR UPDATE")
        .await
        .unwrap();
    let mut slow = Running::call(&db, "lease_job", ("slow",)).await;
    slow.wait_until_blocked().await;
    let mut conn = db.conn_as_gateway().await;
    assert_eq!(
        lease(&db, &mut conn, "gateway 1").await.as_deref(),
        Some(JOB)
    );
    assert_eq!(lease(&db, &mut conn, "gateway 1").await, None);
    holder.query_drop("COMMIT").await.unwrap();
    let answer = slow.finish().await.unwrap();
    assert_eq!(answer.first().str("job_name"), "later");
}

#[tokio::test]
async fn a_holder_has_1_to_64_characters_and_what_it_says_is_cut_at_200() {
    let db = one_job().await;
    let conn = db.conn_as_gateway().await;
    let mut hostile = Hostile::new(&db, conn, "lease_job", vec!["gateway 1".into()]).await;
    let bad = vec![
        Value::NULL,
        "".into(),
        "h".repeat(65).into(),
        "책".repeat(65).into(),
        "h".repeat(60_000).into(),
    ];
    hostile.refuses(0, "holder", bad).await;
    hostile.refuses_what_is_no_text(&[0], &["holder"]).await;
    drop(hostile);

    let mut conn = db.conn_as_gateway().await;
    let holder = format!("'; DROP TABLE shops; -- {}", "책".repeat(40)); // 64
    assert_eq!(lease(&db, &mut conn, &holder).await.as_deref(), Some(JOB));
    assert_eq!(db.text("SELECT lease_holder FROM shop_jobs").await, holder);
    finish(&db, &mut conn, JOB, &holder, &"결과".repeat(5_000)).await;
    assert_eq!(
        db.int("SELECT CHAR_LENGTH(last_result) FROM shop_jobs")
            .await,
        200
    );

    let conn = db.conn_as_gateway().await;
    let good = vec![JOB.into(), "gateway 1".into(), "expired 0".into()];
    let mut hostile = Hostile::new(&db, conn, "finish_job", good).await;
    hostile
        .refuses_what_is_no_text(&[0, 1, 2], &["", "", ""])
        .await;
}
