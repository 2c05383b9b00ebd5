//! The ways in which a cart becomes an order here, what else is called about it, and what each needs: connections, a
//! gateway, a distance.

use std::time::Duration;

use mysql_async::{Opts, OptsBuilder, Pool, PoolConstraints, PoolOpts};

use crate::carts::Cart;
use crate::support::{Conn, Gateway, Proxy, Queryable, TestDb};
use crate::{appside, beside, direct, floor, gateway};

/// Connections of every way, however many callers there are.
pub const POOL: usize = 16;

/// What became of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is an order, or whatever else was asked for.
    Done,
    SoldOut,
    /// The engine chose this transaction as the victim, and the caller was told.
    Deadlock,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `CALL shop_order_insert` by a pooled client.
    Direct,
    /// `POST /v1/orders`.
    Gateway,
    /// The row writes of an order in one CALL, nothing else.
    Floor,
    /// The same transaction out of the application.
    AppSide,
    /// `CALL shop_order_update` with the approval of an order that waits for it.
    Pay,
    /// `CALL shop_order_quote`.
    Quote,
    /// `CALL select_shop_cart`.
    ReadCart,
    /// `CALL add_shop_cart`, of one more of what is there.
    AddToCart,
}

impl Way {
    /// What has to be done with the cart before, unmeasured.
    pub fn is_after(self) -> Option<Way> {
        (self == Way::Pay).then_some(Way::Direct)
    }
}

/// Distance between the caller's side and the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distance {
    Loopback,
    /// One more millisecond for every round trip.
    Millisecond,
}

impl Distance {
    pub fn name(self) -> &'static str {
        match self {
            Distance::Loopback => "loopback",
            Distance::Millisecond => "1 ms",
        }
    }
}

/// Connections of all ways at one distance, open before anything is timed.
pub struct Side {
    called: Pool,
    written: Pool,
    gateway: Gateway,
    /// Gone with this: the database is not reached any more.
    _proxy: Option<Proxy>,
}

/// Who calls: cheap to clone, one for each caller.
#[derive(Clone)]
pub enum Caller {
    Direct(Pool),
    Floor(Pool),
    AppSide(Pool),
    Gateway(reqwest::Client, String),
    Pay(Pool),
    Quote(Pool),
    ReadCart(Pool),
    AddToCart(Pool),
}

impl Caller {
    pub async fn take(&self, cart: &Cart) -> Outcome {
        match self {
            Caller::Direct(pool) => direct::order(pool, cart).await,
            Caller::Floor(pool) => floor::order(pool, cart).await,
            Caller::AppSide(pool) => appside::order(pool, cart).await,
            Caller::Gateway(client, url) => gateway::order(client, url, cart).await,
            Caller::Pay(pool) => beside::pay(&mut get(pool).await, cart).await,
            Caller::Quote(pool) => beside::quote(&mut get(pool).await, cart).await,
            Caller::ReadCart(pool) => beside::read(&mut get(pool).await, cart).await,
            Caller::AddToCart(pool) => beside::add(&mut get(pool).await, cart).await,
        }
    }
}

impl Side {
    pub async fn start(db: &TestDb, distance: Distance) -> Side {
        let proxy = match distance {
            Distance::Loopback => None,
            Distance::Millisecond => Some(Proxy::with_delay(
                &db.admin_url(),
                Duration::from_micros(500),
            )),
        };
        let through = |url: String| proxy.as_ref().map_or(url.clone(), |proxy| proxy.url(&url));
        let size = POOL.to_string();
        let settings = [
            ("JUMUN_POOL_SIZE", size.as_str()),
            ("RUST_LOG", "warn"),
            ("JUMUN_DATABASE_URL", &through(db.url_as("jumun_gateway"))),
        ];
        Side {
            called: pool(&through(db.url_as("jumun_gateway")), false),
            written: pool(&through(db.url_as(appside::ACCOUNT)), true),
            gateway: Gateway::start_with(db, &settings).await,
            _proxy: proxy,
        }
    }

    pub fn caller(&self, way: Way) -> Caller {
        match way {
            Way::Direct => Caller::Direct(self.called.clone()),
            Way::Floor => Caller::Floor(self.called.clone()),
            Way::AppSide => Caller::AppSide(self.written.clone()),
            Way::Pay => Caller::Pay(self.called.clone()),
            Way::Quote => Caller::Quote(self.called.clone()),
            Way::ReadCart => Caller::ReadCart(self.called.clone()),
            Way::AddToCart => Caller::AddToCart(self.called.clone()),
            Way::Gateway => {
                Caller::Gateway(self.gateway.client.clone(), self.gateway.url("/v1/orders"))
            }
        }
    }

    /// Median of what one round trip to the database takes.
    pub async fn round_trip(&self) -> Duration {
        let mut conn = get(&self.called).await;
        let mut times = Vec::new();
        for _ in 0..51 {
            let start = std::time::Instant::now();
            conn.ping().await.expect("the server");
            times.push(start.elapsed());
        }
        times.sort();
        times[times.len() / 2]
    }
}

/// As many connections as the gateway has, kept as they are between orders. An application that writes by itself
/// saves a round trip with `autocommit` off: its first statement begins the transaction.
pub fn pool(url: &str, own_transactions: bool) -> Pool {
    let opts = Opts::from_url(url).expect("a URL");
    let constraints = PoolConstraints::new(POOL, POOL).expect("limits");
    let mut setup = vec![
        "SET NAMES utf8mb4 COLLATE utf8mb4_bin",
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    ];
    if own_transactions {
        setup.push("SET SESSION autocommit = 0");
    }
    let opts = OptsBuilder::from_opts(opts)
        .prefer_socket(false)
        .setup(setup)
        .pool_opts(
            PoolOpts::default()
                .with_constraints(constraints)
                .with_reset_connection(false),
        );
    Pool::new(opts)
}

/// A connection out of the pool.
pub async fn get(pool: &Pool) -> Conn {
    pool.get_conn().await.expect("a connection")
}
