//! A database of its own for every test.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, OptsBuilder, Params};
use tokio::sync::{Mutex, OnceCell};

use super::call::{CallError, Row, Sets, call, query};
use super::load::{
    Script, load_database, load_database_with, tables_as_they_are, tables_of_the_schema,
    unlock_accounts, unlock_accounts_once,
};
use super::pool::{Loaded, definitions};
use super::server::{PROCESSLIST, connect, options, server_url};

/// Password of jumun_gateway and jumun_operator on a test server.
pub const TEST_PASSWORD: &str = "only-for-tests";

/// A database with everything of `sql/load.sql` in it. At the end of the test whatever connections to it are left are
/// ended, and it is emptied for another test, or dropped, see `pool.rs`.
pub struct TestDb {
    name: String,
    server: String,
    /// Not dropped at the end.
    kept: bool,
    /// Emptied at the end for another test, if this one passes.
    loaded: Option<Loaded>,
    /// For the little questions of a test; its sessions take connections of their own.
    admin: Mutex<Conn>,
}

impl TestDb {
    /// Schema, catalogue, procedures, grants; no shop.
    pub async fn new() -> TestDb {
        if let Some(loaded) = Loaded::take() {
            let mut db = TestDb::existing_on(server_url(), &loaded.name).await;
            db.kept = false;
            db.loaded = Some(loaded);
            return db;
        }
        static TABLES: OnceCell<Script> = OnceCell::const_new();
        let tables = TABLES.get_or_init(|| async {
            let db = TestDb::empty().await;
            let mut admin = db.admin.lock().await;
            tables_of_the_schema(&mut admin).await
        });
        let tables = tables.await;
        let mut db = TestDb::empty().await;
        let admin = db.admin.get_mut();
        load_database_with(admin, tables).await;
        unlock_accounts_once(admin).await;
        db.loaded = Some(Loaded::look(admin, &db.name).await);
        db
    }

    /// What `jumun db load` makes of an empty database. The program runs once: what it made is compared with what the files
    /// make, and each database is made as the tests make theirs, with the program's tables and rows.
    pub async fn as_loaded(load: impl AsyncFnOnce(&TestDb)) -> TestDb {
        static TABLES: OnceCell<Script> = OnceCell::const_new();
        let tables = TABLES.get_or_init(|| async {
            let db = TestDb::empty().await;
            load(&db).await;
            let mut admin = db.admin.lock().await;
            let tables = tables_as_they_are(&mut admin).await;
            let same = TestDb::empty().await;
            let mut conn = same.admin.lock().await;
            load_database_with(&mut conn, &tables).await;
            assert_eq!(
                definitions(&mut admin).await.unwrap(),
                definitions(&mut conn).await.unwrap(),
                "jumun db load makes something else of the files"
            );
            // MySQL names the character set of a column where a statement has named the collation.
            let plain = |made: Script| {
                made.statements
                    .join("\n")
                    .replace("CHARACTER SET utf8mb4 ", "")
            };
            assert_eq!(
                plain(tables_as_they_are(&mut admin).await),
                plain(tables_as_they_are(&mut conn).await),
                "jumun db load makes other tables, or leaves other rows"
            );
            drop((admin, conn));
            tables
        });
        let tables = tables.await;
        let mut db = TestDb::empty().await;
        let admin = db.admin.get_mut();
        load_database_with(admin, tables).await;
        unlock_accounts_once(admin).await;
        db
    }

    /// The same with the standard shops, see `fixture.rs`.
    pub async fn with_fixture() -> TestDb {
        let db = TestDb::new().await;
        db.fixture().await;
        db
    }

    /// A database with nothing in it, for tests of the loader and of the driver.
    pub async fn empty() -> TestDb {
        TestDb::empty_on(server_url()).await
    }

    /// A database with nothing in it on another server.
    pub async fn empty_on(server: &str) -> TestDb {
        let name = format!("jumun_it_{:012x}", rand::random::<u64>() >> 16);
        let mut admin = connect(options(server)).await;
        let create =
            format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; USE {name}");
        admin
            .query_drop(&create)
            .await
            .unwrap_or_else(|e| panic!("{create}: {e}"));
        TestDb {
            name,
            server: server.to_owned(),
            kept: false,
            loaded: None,
            admin: Mutex::new(admin),
        }
    }

    /// A database that is there already, and stays.
    pub async fn existing_on(server: &str, name: &str) -> TestDb {
        TestDb {
            name: name.to_owned(),
            server: server.to_owned(),
            kept: true,
            loaded: None,
            admin: Mutex::new(connect(options(server).db_name(Some(name))).await),
        }
    }

    /// Leaves it on the server for other tests; its name.
    pub fn keep(mut self) -> String {
        self.kept = true;
        self.name.clone()
    }

    /// Takes a new connection for the little questions: the server was restarted.
    pub async fn reconnect(&self) {
        *self.admin.lock().await = connect(self.options(None)).await;
    }

    /// Loads everything that `new` loads into a database made by `empty` or `empty_on`.
    pub async fn load(&self) {
        let mut admin = self.admin.lock().await;
        load_database(&mut admin).await;
        unlock_accounts(&mut admin).await;
    }

    /// Name of the database.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn options(&self, account: Option<&str>) -> OptsBuilder {
        let opts = options(&self.server).db_name(Some(&self.name));
        match account {
            Some(account) => opts.user(Some(account)).pass(Some(TEST_PASSWORD)),
            None => opts,
        }
    }

    /// URL of this database for jumun_gateway or jumun_operator.
    pub fn url_as(&self, account: &str) -> String {
        let opts = mysql_async::Opts::from(self.options(None));
        format!(
            "mysql://{account}:{TEST_PASSWORD}@{}:{}/{}",
            opts.ip_or_hostname(),
            opts.tcp_port(),
            self.name
        )
    }

    /// Administrator's URL of this database.
    pub fn admin_url(&self) -> String {
        format!("{}/{}", self.server.trim_end_matches('/'), self.name)
    }

    /// A connection of the administrator.
    pub async fn conn(&self) -> Conn {
        connect(self.options(None)).await
    }

    /// A connection of the account that the gateway uses.
    pub async fn conn_as_gateway(&self) -> Conn {
        connect(self.options(Some("jumun_gateway"))).await
    }

    /// A connection of the operator's account.
    pub async fn conn_as_operator(&self) -> Conn {
        connect(self.options(Some("jumun_operator"))).await
    }

    /// `CALL` on a connection; parameters are a tuple, or `()`.
    pub async fn call(
        &self,
        conn: &mut Conn,
        procedure: &str,
        params: impl Into<Params>,
    ) -> Result<Sets, CallError> {
        call(conn, procedure, params).await
    }

    /// Runs statements as the administrator.
    pub async fn exec(&self, sql: &str) {
        query(&mut *self.admin.lock().await, sql)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// Rows of one SELECT as the administrator.
    pub async fn rows(&self, sql: &str) -> Vec<Row> {
        let sets = query(&mut *self.admin.lock().await, sql)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
        sets.0.into_iter().next().map_or_else(Vec::new, |s| s.rows)
    }

    /// The only row of a SELECT.
    pub async fn row(&self, sql: &str) -> Row {
        let mut rows = self.rows(sql).await;
        assert_eq!(rows.len(), 1, "{sql}: not one row but {rows:?}");
        rows.remove(0)
    }

    /// The only value of a SELECT as text; NULL becomes an empty string.
    pub async fn text(&self, sql: &str) -> String {
        self.row(sql).await.only().unwrap_or_default()
    }

    /// The only value of a SELECT as an integer.
    pub async fn int(&self, sql: &str) -> i64 {
        let text = self.text(sql).await;
        text.parse()
            .unwrap_or_else(|_| panic!("{sql}: {text:?} is not an integer"))
    }

    /// Runs statements of which only the last answers, with one integer.
    pub async fn int_after(&self, sql: &str) -> i64 {
        let sets = query(&mut *self.admin.lock().await, sql)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
        let text = sets.first().only().unwrap_or_default();
        text.parse()
            .unwrap_or_else(|_| panic!("{sql}: {text:?} is not an integer"))
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        self.int(&format!("SELECT COUNT(*) FROM {table}")).await
    }

    /// Rows of every table, as one text: equal before and after means that nothing was changed. Not of shop_health,
    /// where whoever looks whether all is well leaves when that was, nor of shop_help, which is long and the files' own.
    pub async fn snapshot(&self) -> String {
        let mut text = String::new();
        for table in self.tables_of_a_snapshot().await {
            for row in self
                .rows(&format!("SELECT * FROM {table} ORDER BY 1, 2"))
                .await
            {
                text.push_str(&format!("{table} {row:?}\n"));
            }
        }
        text
    }

    /// A statement whose rows are the same as long as `snapshot` is, and much cheaper to ask for.
    pub async fn checksum(&self) -> String {
        let tables = self.tables_of_a_snapshot().await;
        format!("CHECKSUM TABLE {} EXTENDED", tables.join(", "))
    }

    /// All that makes the database but its rows, as one text.
    pub async fn definitions(&self) -> String {
        definitions(&mut *self.admin.lock().await).await.unwrap()
    }

    /// All but what the server keeps about itself, and quotes: these are kept whatever becomes of the order.
    async fn tables_of_a_snapshot(&self) -> Vec<String> {
        let tables = self
            .rows(
                "SELECT TABLE_NAME AS t FROM information_schema.TABLES
                 WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'
                   AND TABLE_NAME NOT IN ('shop_health', 'shop_help', 'shop_quotes')
                 ORDER BY TABLE_NAME",
            )
            .await;
        tables.iter().map(|table| table.str("t")).collect()
    }

    /// Lets tests change what the triggers keep: history, or an order's status. What is on sale is still kept up to date.
    /// Waits for every open transaction.
    pub async fn without_triggers(&self) {
        let triggers = "SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
                        AND EVENT_OBJECT_TABLE NOT IN ('shops', 'shop_products', 'shop_product_options',
                            'shop_delivery_policy', 'shop_offers', 'shop_delivery_now', 'shop_cart')";
        for row in self.rows(triggers).await {
            self.exec(&format!("DROP TRIGGER {}", row.str("name")))
                .await;
        }
    }

    /// Lets tests put an order into any status by hand; the routines still know their own moves only.
    pub async fn any_status_by_hand(&self) {
        self.exec(
            "INSERT IGNORE INTO shop_order_transitions (from_status, action, actor, to_status)
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 13)
             SELECT f.i, CONCAT('test_', t.i), 'dba', t.i FROM n f JOIN n t",
        )
        .await;
    }

    /// Asks `shop_audit` and panics with what it found besides so many contradictions of payment gateways, which stand
    /// there until somebody has looked them up.
    pub async fn assert_audit_finds_contradictions(&self, count: usize) {
        let sets = query(&mut *self.admin.lock().await, "CALL shop_audit()")
            .await
            .unwrap_or_else(|e| panic!("shop_audit: {e}"));
        let found = sets.set(1).column("invariant");
        let expected = vec!["contradiction".to_owned(); count];
        assert_eq!(found, expected, "shop_audit found {:#?}", sets.set(1).rows);
    }

    /// Asks `shop_audit` and panics with what it found besides contradictions, however many.
    pub async fn assert_audit_finds_contradictions_only(&self) {
        let sql =
            "SELECT COUNT(*) FROM shop_pg_duties WHERE reason = 'contradiction' AND state = 'owed'";
        let count = self.int(sql).await;
        let count = usize::try_from(count).expect("a count");
        self.assert_audit_finds_contradictions(count.min(1000))
            .await;
    }

    /// Asks `shop_audit` and panics with what it found.
    pub async fn assert_audit_clean(&self) {
        let sets = query(&mut *self.admin.lock().await, "CALL shop_audit()")
            .await
            .unwrap_or_else(|e| panic!("shop_audit: {e}"));
        let violations = &sets.set(1).rows;
        assert!(violations.is_empty(), "shop_audit found {violations:#?}");
        assert_eq!(sets.first().int("violation_count"), 0);
        self.assert_proven().await;
    }

    /// Computes every order once more, where they are not too many for a test.
    async fn assert_proven(&self) {
        let priced = "SELECT seq_no FROM shop_orders WHERE pricing_version IS NOT NULL LIMIT 301";
        let orders = self.rows(priced).await;
        if orders.len() > 300 {
            return;
        }
        for order in orders {
            let seq_no = order.str("seq_no");
            let proof = format!(
                "CALL _prove_order({seq_no}, @list, @area, @point, @cash, @rate, @p, @f, @parcels, @ds, @d, @shares,
                                   @t, @s, @v, @free, @differences);
                 SELECT @differences AS differences"
            );
            let proof = query(&mut *self.admin.lock().await, &proof).await;
            let proof = proof.unwrap_or_else(|e| panic!("order {seq_no}: {e}"));
            assert_eq!(proof.first().str("differences"), "[]", "order {seq_no}");
        }
    }
}

impl Drop for TestDb {
    /// On a thread with a runtime of its own: the test's runtime cannot be waited for from inside it.
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        let (name, opts) = (self.name.clone(), options(&self.server));
        let loaded = self.loaded.take().filter(|_| !std::thread::panicking());
        let cleaner = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let done =
                    tokio::time::timeout(Duration::from_secs(30), clean(&name, opts, loaded));
                done.await
                    .map_err(std::io::Error::other)?
                    .map_err(std::io::Error::other)
            })
        });
        match cleaner.join() {
            Ok(Ok(())) => {}
            // A server that a test killed cannot be cleaned, and need not be.
            Ok(Err(e)) => eprintln!("database {} is left over: {e}", self.name),
            Err(_) => eprintln!("database {} is left over", self.name),
        }
    }
}

/// Ends whatever is in the database, and makes it free for another test, or drops it.
async fn clean(name: &str, opts: OptsBuilder, loaded: Option<Loaded>) -> mysql_async::Result<()> {
    let mut conn = Conn::new(opts).await?;
    conn.query_drop("SET SESSION lock_wait_timeout = 20")
        .await?;
    // Not only for order: DROP DATABASE waits for every open transaction that has touched it. Another test that asks
    // information_schema about all databases is for a moment in this one, too, while MariaDB reads its triggers.
    let ids: Vec<u64> = conn
        .exec(
            format!(
                "SELECT ID FROM {PROCESSLIST} WHERE DB = ? AND ID <> CONNECTION_ID()
                 AND COALESCE(INFO, '') NOT LIKE '%information_schema%'"
            ),
            (name,),
        )
        .await?;
    for id in ids {
        conn.query_drop(format!("KILL {id}")).await.ok(); // it may have gone by itself
    }
    let mut is_free = false;
    if let Some(loaded) = loaded {
        conn.query_drop(format!("USE {name}")).await?;
        is_free = loaded.give_back(&mut conn).await?;
    }
    if !is_free {
        conn.query_drop(format!("DROP DATABASE {name}")).await?;
    }
    // What the db commands make beside a database.
    for beside in ["before_jumun", "pages", "adopt", "jumun_scratch"] {
        conn.query_drop(format!("DROP DATABASE IF EXISTS {name}_{beside}"))
            .await?;
    }
    conn.disconnect().await
}
