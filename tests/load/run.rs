//! The benchmark on one engine: set up, prove that the ways are equal, measure in turn, audit.

use crate::carts::Carts;
use crate::catalogue::{Catalogue, HOT_SINGLE, HOT_SLOTS, PLENTY};
use crate::plan::{Group, Load, Plan};
use crate::progress::Progress;
use crate::result::{EngineResult, GroupResult};
use crate::stamps::HOLD_MINUTES;
use crate::storm::storm;
use crate::support::{Engine, PrivateServer, TestDb};
use crate::ways::{Distance, Outcome, POOL, Side};
use crate::{appside, clock, floor, inside, same, scarce};

/// Nothing of the server's work waits for the size of its logs; every commit is durable all the same.
const SERVER: [&str; 1] = ["--innodb-buffer-pool-size=1G"];

/// Whose stock is made to run out.
const HOT: [(Load, usize); 3] = [
    (Load::HotSingle, HOT_SINGLE),
    (Load::HotSlots, HOT_SLOTS),
    (Load::HotAppSide, HOT_SINGLE),
];

/// What every part of a run needs.
pub struct Stage<'a> {
    pub db: &'a TestDb,
    pub catalogue: &'a Catalogue,
    pub carts: &'a Carts<'a>,
    /// The server's process.
    pub pid: u32,
    pub progress: Progress,
}

pub async fn run(engine: Engine, quick: bool, rounds: Option<usize>) -> EngineResult {
    eprintln!("{}: a server of its own, the catalogue", engine.name());
    let mut options = SERVER.to_vec();
    options.push(match engine {
        Engine::MariaDb => "--innodb-log-file-size=1G",
        Engine::MySql => "--innodb-redo-log-capacity=1G",
    });
    let load_before = load_average();
    let server = PrivateServer::start_with(engine, &options).await;
    let db = TestDb::empty_on(server.url()).await;
    db.load().await;
    db.fixture().await;
    db.exec(&format!(
        "UPDATE shops SET reservation_minutes = {HOLD_MINUTES}"
    ))
    .await;
    let catalogue = Catalogue::create(&db).await;
    Catalogue::open_other_shops(&db).await;
    Catalogue::issue_coupons(&db).await;
    floor::load(&db).await;
    appside::prepare(&db).await;
    catalogue.use_slots(&db).await;
    let mut plan = if quick { Plan::quick() } else { Plan::full() };
    plan.rounds = rounds.unwrap_or(plan.rounds);
    let pid = database_pid(&db).await;
    let near = Side::start(&db, Distance::Loopback).await;
    let far = Side::start(&db, Distance::Millisecond).await;
    let carts = Carts::new(&db, &catalogue);
    same::assert_same_rows(&db, &near, &carts).await;
    let round_trips =
        [near.round_trip().await, far.round_trip().await].map(|time| time.as_secs_f64() * 1e3);

    let one_order = inside::orders(&db, &carts).await;

    let steps: usize = plan
        .groups
        .iter()
        .flat_map(|group| group.loads.iter().map(|load| load.steps(group.orders)))
        .sum();
    let all = steps * plan.rounds + HOT.len() * 2 * plan.scarce;
    let progress = Progress::new(engine.name(), all as u64, "orders");
    let stage = Stage {
        db: &db,
        catalogue: &catalogue,
        carts: &carts,
        pid,
        progress,
    };
    let mut groups: Vec<GroupResult> = plan.groups.iter().map(GroupResult::new).collect();
    for round in 1..=plan.rounds {
        for (group, result) in plan.groups.iter().zip(&mut groups) {
            let side = match group.distance {
                Distance::Loopback => &near,
                Distance::Millisecond => &far,
            };
            stage.progress.say(format!(
                "{}: round {round} of {}, callers {}, {}",
                engine.name(),
                plan.rounds,
                group.callers,
                group.distance.name()
            ));
            measure(&stage, side, group, round, result).await;
        }
    }
    let mut scarce_results = Vec::new();
    for (load, product) in HOT {
        let caller = near.caller(load.way());
        scarce_results
            .extend(scarce::run(&stage, &caller, load.name(), product, plan.scarce).await);
    }
    let orders = db.count("shop_orders").await;
    stage
        .progress
        .say(format!("{}: the audit of {orders} orders", engine.name()));
    // An application of its own and the bare writes seal nothing.
    db.exec("UPDATE v_order_seals SET seal = seal_now WHERE seal IS NULL")
        .await;
    let violations = audit(&db).await;
    stage.progress.end();
    EngineResult {
        engine: engine.name().to_owned(),
        version: db.text("SELECT VERSION()").await,
        plan: plan.name.to_owned(),
        taken_at: clock::minute(clock::now_us()),
        processors: std::thread::available_parallelism().map_or(1, usize::from),
        load_average_before: load_before,
        round_trip_ms: round_trips,
        one_order,
        rounds: plan.rounds,
        groups,
        scarce: scarce_results,
        audit_violations: violations,
    }
}

/// One round of one group. Another load begins every round, so that none is always the one behind the same.
async fn measure(
    stage: &Stage<'_>,
    side: &Side,
    group: &Group,
    round: usize,
    result: &mut GroupResult,
) {
    let count = group.loads.len();
    for &load in group.loads.iter().cycle().skip(round % count).take(count) {
        let sold_out = load
            .sold_out()
            .map(|product| &stage.catalogue.products[product].id);
        if let Some(id) = sold_out {
            scarce::set_stock(stage.db, id, 0).await;
        }
        let caller = side.caller(load.way());
        let warm = stage.carts.make(load.content(), load.warm_up()).await;
        let calls = load.calls(group.orders);
        let made = stage.carts.make(load.content(), calls).await;
        if let Some(before) = load.way().is_after().map(|way| side.caller(way)) {
            for carts in [&warm, &made] {
                storm(&before, POOL, carts.clone(), stage.pid, &stage.progress).await;
            }
        }
        storm(&caller, POOL, warm, stage.pid, &stage.progress).await;
        let answers = storm(&caller, group.callers, made, stage.pid, &stage.progress).await;
        // A deadlock is counted, and told at the end.
        let as_wanted = answers.count(load.outcome()) + answers.count(Outcome::Deadlock);
        assert_eq!(as_wanted, calls, "{} came to something else", load.name());
        result.add(load, answers.round());
        if let Some(id) = sold_out {
            scarce::set_stock(stage.db, id, PLENTY).await;
        }
    }
}

/// Every violated invariant.
pub async fn audit(db: &TestDb) -> Vec<String> {
    let mut conn = db.conn_as_operator().await;
    let sets = db
        .call(&mut conn, "shop_audit", ())
        .await
        .expect("shop_audit");
    sets.set(1)
        .rows
        .iter()
        .map(|row| format!("{row:?}"))
        .collect()
}

/// The server's process.
pub async fn database_pid(db: &TestDb) -> u32 {
    let file = db.text("SELECT @@pid_file").await;
    let dir = db.text("SELECT @@datadir").await;
    let path = std::path::Path::new(&dir).join(file);
    std::fs::read_to_string(path)
        .expect("the server's pid file")
        .trim()
        .parse()
        .expect("a pid")
}

/// What the machine had to do in the last minute.
pub fn load_average() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace()
        .next()
        .and_then(|word| word.parse().ok())
        .unwrap_or(f64::NAN)
}
