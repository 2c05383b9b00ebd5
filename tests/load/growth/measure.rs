//! Times the life of orders on both databases in turn.

use std::time::{Duration, Instant};

use mysql_async::Params;

use super::Growth;
use super::kept::Kept;
use crate::beside::approval;
use crate::carts::{Carts, Content};
use crate::catalogue::HOT_SINGLE;
use crate::direct::call;
use crate::progress::Progress;
use crate::result::Spread;
use crate::support::{Conn, Engine, TestDb, settle};
use crate::{clock, storm};

/// Orders of one round on each database, and how many of them before it is the other's turn: what else happens on the
/// machine hits both alike.
const ORDERS: usize = 200;
const TURN: usize = 20;
/// Before the first round, to have in memory what is always used.
const WARM_UP: usize = 1_000;

/// What is timed, and whether growth must not slow it down.
const STATEMENTS: [(&str, bool); 7] = [
    ("insert: shop_order_insert", true),
    ("update: shop_order_update, paid", true),
    ("select: shop_order_select, this order", true),
    ("shop_order_select, any order of all", false),
    ("select_shop_cart", false),
    ("shop_order_expire(100), nothing lapsed", false),
    ("select_adm_pg_duties, owed", false),
];

/// One database that is measured.
struct Subject<'a> {
    db: &'a TestDb,
    carts: Carts<'a>,
    conn: Conn,
    operator: Conn,
    orders: u64,
}

pub async fn both(
    engine: Engine,
    small: &Kept,
    large: &Kept,
    orders: [u64; 2],
    rounds: usize,
) -> Vec<Growth> {
    let mut subjects = [
        subject(small, orders[0]).await,
        subject(large, orders[1]).await,
    ];
    let steps = subjects.len() * (WARM_UP + rounds * ORDERS);
    let progress = Progress::new(
        &format!("{}: growth", engine.name()),
        steps as u64,
        "orders",
    );
    for subject in &mut subjects {
        life(subject, WARM_UP, &progress).await;
    }
    // By database, statement and round.
    let mut medians = [(); 2].map(|()| vec![Vec::with_capacity(rounds); STATEMENTS.len()]);
    for round in 1..=rounds {
        progress.say(format!("{}: round {round} of {rounds}", engine.name()));
        let mut times = [(); 2].map(|()| [(); STATEMENTS.len()].map(|()| Vec::new()));
        for turn in 0..ORDERS / TURN {
            // Neither is always the one behind the other.
            for which in if turn % 2 == 0 { [0, 1] } else { [1, 0] } {
                let new = life(&mut subjects[which], TURN, &progress).await;
                for (all, new) in times[which].iter_mut().zip(new) {
                    all.extend(new);
                }
            }
        }
        for (medians, times) in medians.iter_mut().zip(&mut times) {
            for (of_statement, times) in medians.iter_mut().zip(times) {
                times.sort();
                of_statement.push(storm::at(times, 0.5).as_secs_f64() * 1e6);
            }
        }
    }
    progress.end();
    let [small, large] = medians;
    STATEMENTS
        .iter()
        .zip(small.into_iter().zip(large))
        .map(|(&(what, has_target), (small, large))| Growth {
            what: what.to_owned(),
            has_target,
            ratio: Spread::of(small.iter().zip(&large).map(|(s, l)| l / s)).expect("rounds"),
            small_p50_us: Spread::of(small).expect("rounds"),
            large_p50_us: Spread::of(large).expect("rounds"),
        })
        .collect()
}

async fn subject(kept: &Kept, orders: u64) -> Subject<'_> {
    // Behind everything that is there, also of earlier runs.
    let number = usize::try_from(clock::now_us() / 100).expect("a number");
    Subject {
        db: &kept.db,
        carts: Carts::from(&kept.db, &kept.catalogue, number, 10 * number as i64),
        conn: kept.db.conn_as_gateway().await,
        operator: kept.db.conn_as_operator().await,
        orders,
    }
}

/// Orders, pays and looks at so many carts; what each statement took.
async fn life(
    subject: &mut Subject<'_>,
    orders: usize,
    progress: &Progress,
) -> [Vec<Duration>; STATEMENTS.len()] {
    let carts = subject.carts.make(Content::Hot(HOT_SINGLE), orders).await;
    let mut times = [(); STATEMENTS.len()].map(|()| Vec::with_capacity(orders));
    for cart in &carts {
        let number = &cart.order_number;
        let start = Instant::now();
        call(cart).call(&mut subject.conn).await.expect("an order");
        times[0].push(start.elapsed());

        let message = approval(cart);
        let start = Instant::now();
        let settled = settle(&mut subject.conn, "return", &message)
            .await
            .expect("a verdict");
        times[1].push(start.elapsed());
        assert_eq!(settled.first().str("verdict"), "paid");

        times[2].push(select(subject, number).await);
        let any = format!("G{}", 1 + rand::random::<u64>() % subject.orders);
        times[3].push(select(subject, &any).await);
        let user = cart.user_id.as_str();
        times[4].push(
            timed(
                subject.db,
                &mut subject.conn,
                "select_shop_cart",
                (1, user, None::<&str>),
            )
            .await,
        );
        times[5].push(timed(subject.db, &mut subject.conn, "shop_order_expire", (100,)).await);
        times[6].push(
            timed(
                subject.db,
                &mut subject.operator,
                "select_adm_pg_duties",
                (1, "owed"),
            )
            .await,
        );
        progress.step();
    }
    times
}

async fn select(subject: &mut Subject<'_>, number: &str) -> Duration {
    timed(
        subject.db,
        &mut subject.conn,
        "shop_order_select",
        (1, None::<String>, number),
    )
    .await
}

async fn timed(
    db: &TestDb,
    conn: &mut Conn,
    procedure: &str,
    params: impl Into<Params>,
) -> Duration {
    let start = Instant::now();
    db.call(conn, procedure, params)
        .await
        .unwrap_or_else(|e| panic!("{procedure}: {e}"));
    start.elapsed()
}
