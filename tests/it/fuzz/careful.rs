//! An order reads the usual request in a short way and any other one with care. Both are the same reading: of random
//! requests, each is held against the careful routines and against what the contract says, field by field, down to the
//! hash by which a repeat is known.

use std::sync::Arc;

use serde_json::json;

use super::order_requests::Request;
use super::receivers::MEMBERS;
use super::{Dice, Findings, Plan, Progress};
use crate::support::*;

/// What the careful routines say of a request, in the order in which an order asks them.
const CAREFUL: &str = "
CREATE PROCEDURE careful(pi_ids LONGTEXT, pi_address_id TEXT, pi_receiver LONGTEXT, pi_total TEXT)
BEGIN
    DECLARE v_code, v_field, v_detail TEXT;
    DECLARE v_ids LONGTEXT;
    DECLARE v_count INT UNSIGNED;
    DECLARE v_address_id BIGINT UNSIGNED;
    DECLARE v_name VARCHAR(60);
    DECLARE v_phone VARCHAR(20);
    DECLARE v_post_code VARCHAR(10);
    DECLARE v_address, v_detailed, v_message VARCHAR(200);
    DECLARE v_total DECIMAL(18,2);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1 v_code = MESSAGE_TEXT, v_field = COLUMN_NAME, v_detail = CONSTRAINT_NAME;
        SELECT v_code AS code, v_field AS field, v_detail AS detail;
    END;
    CALL _parse_ids(pi_ids, 'selected_cart_ids', v_ids, v_count);
    CALL _parse_receiver(pi_address_id, pi_receiver, v_address_id, v_name, v_phone, v_post_code, v_address, v_detailed,
                        v_message);
    CALL _parse_amount(pi_total, 'trdAmt', v_total);
    SELECT '' AS code, '' AS field, '' AS detail, v_ids AS ids, v_address_id AS address_id, v_name AS receiver_name, v_phone AS receiver_phone,
           v_post_code AS post_code, v_address AS address, v_detailed AS address_detail, v_message AS delivery_msg,
           v_total AS total;
END";

/// Buyers; the first two are members with a stored address. Names beyond plain letters are names as well.
const USERS: [&str; 4] = ["u1", "u2", "홍 길동", "naver:a_b'c@d.kr"];

/// One buyer with a cart of a few rows.
struct Session {
    user: String,
    admin: Conn,
    conn: Conn,
    rows: Vec<i64>,
}

impl Session {
    async fn new(db: &TestDb, number: usize) -> Session {
        let user = USERS[number % USERS.len()].to_owned();
        Session {
            user,
            admin: db.conn().await,
            conn: db.conn_as_gateway().await,
            rows: Vec::new(),
        }
    }

    /// Puts more rows into the cart when it is nearly empty.
    async fn fill(&mut self) {
        if self.rows.len() >= 3 {
            return;
        }
        let row = format!(
            "(1, '{}', 'book', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
            self.user.replace('\'', "''")
        );
        let sql = format!(
            "INSERT INTO shop_cart (shop_id, user_id, product_id, quantity, create_date, update_date)
             VALUES {}; SELECT LAST_INSERT_ID() AS id",
            vec![row; 24].join(", ")
        );
        let first = query(&mut self.admin, &sql)
            .await
            .unwrap()
            .first()
            .int("id");
        self.rows.extend(first..first + 24);
    }

    /// Says what is wrong, or what came of the request.
    async fn check(&mut self, dice: &mut Dice, request: &Request) -> Result<&'static str, String> {
        let (address, receiver) = request.goes_to();
        let params = (
            request.ids_json.as_str(),
            address,
            receiver,
            request.amount.1,
        );
        let careful = call(&mut self.admin, "careful", params)
            .await
            .map_err(|e| format!("careful: {e}"))?;
        let careful = careful.first().clone();
        let order = request.call(&self.user);
        let expected = request.expected();
        let answer = order.call(&mut self.conn).await;

        let said = [
            careful.str("code"),
            careful.str("field"),
            careful.str("detail"),
        ];
        let error = match &answer {
            Ok(_) => ["code", "field", "detail"].map(|_| String::new()),
            Err(e) => [
                e.code().to_owned(),
                e.row().str("field"),
                e.row().str("detail"),
            ],
        };
        if !said[0].is_empty() && said != error {
            return Err(format!(
                "the careful reading says {said:?}, the order {error:?}"
            ));
        }
        let kept = match (&answer, expected) {
            (Ok(_), Some(Ok(texts))) => texts,
            (Err(_), Some(Err((code, field)))) if error[0] == code && error[1] == field => {
                return Ok("refused");
            }
            (_, Some(expected)) => {
                return Err(format!("{expected:?} expected, the order says {error:?}"));
            }
            (Ok(_), None) if !said[0].is_empty() => {
                return Err(format!("an order of what is {said:?}"));
            }
            (Ok(_), None) if request.receiver.is_json => {
                return Err("an order of no flat object".to_owned());
            }
            // JSON for this engine only: the careful reading has read it.
            (Ok(_), None) => MEMBERS.map(|member| careful.str(member)),
            (Err(_), None) if said[0].is_empty() => {
                // Read well, and refused for something else than the receiver.
                let other = ["trdAmt", "selected_cart_ids"].contains(&error[1].as_str());
                return if other {
                    Ok("refused")
                } else {
                    Err(format!("only the order says {error:?}"))
                };
            }
            (Err(_), None) if !request.receiver.is_json || error[1].starts_with("receiver") => {
                return Ok("refused");
            }
            (Err(_), None) => return Err(format!("no flat object, and {error:?}")),
        };
        self.rows.retain(|id| !request.named.contains(id));
        self.kept(&answer.unwrap(), request, &careful, &kept)
            .await?;
        if dice.percent(25) {
            self.again(request, &kept).await?;
        }
        Ok("order")
    }

    /// The order keeps what was read, and the hash of it.
    async fn kept(
        &mut self,
        answer: &Sets,
        request: &Request,
        careful: &Row,
        kept: &[String; 6],
    ) -> Result<(), String> {
        if answer.first().int("replayed") != 0 {
            return Err("replayed".to_owned());
        }
        let sql = format!(
            "SELECT {}, client_total, order_mode, LOWER(HEX(request_sha256)) AS sha, line_count FROM shop_orders
             WHERE shop_id = 1 AND order_number = '{}'",
            MEMBERS.join(", "),
            request.number
        );
        let row = query(&mut self.admin, &sql).await.unwrap().first().clone();
        let stored = MEMBERS.map(|member| row.str(member));
        let careful_texts = MEMBERS.map(|member| careful.opt(member).unwrap_or_default());
        let total = careful.str("total");
        let facts = [
            (stored == *kept, format!("stored {stored:?}, not {kept:?}")),
            (
                request.stored.is_some() || stored == careful_texts,
                format!("stored {stored:?}, careful {careful_texts:?}"),
            ),
            (
                row.str("client_total") == total,
                format!("total of {total}"),
            ),
            (
                Some(total.as_str()) == request.amount.0,
                format!("total read as {total}"),
            ),
            (row.str("order_mode") == "cart", "mode".to_owned()),
            (
                row.int("line_count") == i64::try_from(request.named.len()).unwrap(),
                "lines".to_owned(),
            ),
            (
                row.str("sha") == request.sha256(&self.user, kept),
                "the hash is another one".to_owned(),
            ),
        ];
        match facts.into_iter().find(|(holds, _)| !holds) {
            Some((_, wrong)) => Err(wrong),
            None => Ok(()),
        }
    }

    /// The same request in other words is a repeat, and one that differs in one member is not.
    async fn again(&mut self, request: &Request, kept: &[String; 6]) -> Result<(), String> {
        let mut object = json!({});
        for (member, text) in MEMBERS.iter().zip(kept).rev() {
            object[*member] = text.as_str().into();
        }
        let ids: Vec<_> = request
            .named
            .iter()
            .rev()
            .map(|id| json!({"id": id.to_string()}))
            .collect();
        let order = OrderCall::new(&request.number, &[])
            .user(1, &self.user)
            .cart_ids_json(Some(&json!(ids).to_string()))
            .client_total(request.amount.0.unwrap_or_default())
            .mode(Some(request.mode.1));
        let typed = order
            .clone()
            .address(None)
            .receiver(Some(&object.to_string()));
        let same = if request.stored.is_some() {
            order.clone()
        } else {
            typed.clone()
        };
        match same.call(&mut self.conn).await {
            Ok(sets) if sets.first().int("replayed") == 1 => {}
            other => return Err(format!("in other words no repeat: {other:?}")),
        }
        object["delivery_msg"] = "else".into();
        let other = typed
            .receiver(Some(&object.to_string()))
            .call(&mut self.conn)
            .await;
        match other {
            Err(e) if e.code() == "IDEMPOTENCY_MISMATCH" => Ok(()),
            other => Err(format!("another message, and {other:?}")),
        }
    }
}

#[tokio::test]
async fn an_order_reads_a_request_as_the_careful_reading_does() {
    let plan = Plan::part(1_500);
    let db = TestDb::with_fixture().await;
    db.exec(
        "UPDATE shops SET total_tolerance = 9999999999999999; UPDATE shop_stock SET free = 1000000 WHERE product_id = 'book';
         INSERT INTO shop_stock_ledger (shop_id, product_id, option_hash, difference, reason, actor, create_date)
         VALUES (1, 'book', '__noopt__', 999900, 'more', 'test', UTC_TIMESTAMP(6))",
    )
    .await;
    db.exec(CAREFUL).await;
    let findings = Arc::new(Findings::new(plan));
    let progress = Arc::new(Progress::new("requests read with care", plan));
    let mut tasks = Vec::new();
    for number in 0..plan.sessions {
        let mut session = Session::new(&db, number).await;
        let (findings, progress) = (findings.clone(), progress.clone());
        tasks.push(tokio::spawn(async move {
            let mut dice = plan.dice(number);
            for n in 0..plan.share(number) {
                session.fill().await;
                let key = format!("S{number}-{n}");
                let key = if dice.percent(5) {
                    format!("{key:_<64}")
                } else {
                    key
                };
                let address = session.user.strip_prefix('u').map(|n| format!("10{n}"));
                let address = address.map(|id| id.parse().unwrap());
                let request = Request::random(&mut dice, address, &session.rows, key);
                match session.check(&mut dice, &request).await {
                    Ok(outcome) => progress.step(outcome),
                    Err(wrong) => {
                        findings.add(&wrong, number, n, &request.told());
                        progress.step("wrong");
                    }
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    findings.assert_none();
    progress.finish(&["order", "refused"]);
    assert_eq!(db.count("shop_error_log").await, 0);
    db.exec("DELETE FROM shop_cart").await; // which had the same product many times
    db.assert_audit_clean().await;
}
