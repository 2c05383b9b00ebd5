//! `jumun db areas`: where delivery costs more, from a file.

use super::*;

const HEADER: &str = "area_code,area_name,surcharge,from_code,to_code\n";

async fn shop() -> TestDb {
    let db = TestDb::new().await;
    db.fixture().await;
    db
}

/// A file that is there as long as this lives.
struct Table(PathBuf);

impl Table {
    fn of(bytes: &[u8]) -> Table {
        let path = temp_dir().join(format!("areas-{:012x}.csv", rand::random::<u64>() >> 16));
        std::fs::write(&path, bytes).expect("a file");
        Table(path)
    }

    fn load(&self, db: &TestDb, shop: &str) -> Command {
        let file = self.0.to_str().expect("a path");
        command(db, "areas", &[file, "--shop", shop])
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

/// Loads these rows, which must succeed; what it said.
async fn load(db: &TestDb, rows: &str) -> String {
    let table = Table::of(format!("{HEADER}{rows}").as_bytes());
    succeed(table.load(db, "1")).await
}

/// Areas and codes of the first shop.
async fn areas(db: &TestDb) -> String {
    db.text(
        "SELECT COALESCE(GROUP_CONCAT(CONCAT_WS(' ', z.area_code, z.area_name, z.surcharge, g.from_code, g.to_code)
                         ORDER BY z.area_code, g.from_code SEPARATOR ', '), 'none')
         FROM shop_delivery_areas z
         LEFT JOIN shop_area_codes g ON g.shop_id = z.shop_id AND g.area_code = z.area_code
         WHERE z.shop_id = 1",
    )
    .await
}

#[tokio::test]
async fn the_areas_of_a_file_replace_all_that_there_were() {
    let db = shop().await;
    let rows = "jeju,제주,3000,63000,63644\nisland,\"울릉, 독도\",5000,40200,40240\nisland,\"울릉, 독도\",5000,31708,\n";
    let said = load(&db, rows).await;
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "area     island (울릉, 독도): surcharge 5000.00, ranges 2",
            "area     jeju (제주): surcharge 3000.00, ranges 1",
            "areas    2, ranges 3, changes 2"
        ]
    );
    let now = "island 울릉, 독도 5000.00 31708 31708, island 울릉, 독도 5000.00 40200 40240, \
               jeju 제주 3000.00 63000 63644";
    assert_eq!(areas(&db).await, now);
    // Once more, as Excel writes it.
    let table = Table::of(
        format!("\u{feff}{HEADER}{rows}")
            .replace('\n', "\r\n")
            .as_bytes(),
    );
    let said = succeed(table.load(&db, "1")).await;
    assert!(
        said.ends_with("areas    2, ranges 3, changes 0\n"),
        "{said}"
    );
    assert_eq!(areas(&db).await, now);
    assert_eq!(db.count("shop_area_rules").await, 2);
    // Jeju costs more, the islands are gone.
    let said = load(&db, "jeju,제주,4000,63000,63644\n").await;
    assert!(
        said.ends_with("areas    1, ranges 1, changes 2\n"),
        "{said}"
    );
    assert_eq!(areas(&db).await, "jeju 제주 4000.00 63000 63644");
    let said = load(&db, "").await;
    assert_eq!(said, "areas    0, ranges 0, changes 1\n");
    assert_eq!(areas(&db).await, "none");
    db.assert_audit_clean().await;
}

#[tokio::test]
async fn operators_may_load_them_as_well() {
    let db = shop().await;
    let table = Table::of(format!("{HEADER}jeju,제주,3000,63000,63644\n").as_bytes());
    let mut load = table.load(&db, "1");
    load.env("JUMUN_ADMIN_DATABASE_URL", db.url_as("jumun_operator"));
    succeed(load).await;
    assert_eq!(areas(&db).await, "jeju 제주 3000.00 63000 63644");
    let mut load = table.load(&db, "1");
    load.env("JUMUN_ADMIN_DATABASE_URL", db.url_as("jumun_gateway"));
    let words = fail(load).await;
    assert!(words.contains("update_adm_delivery_areas"), "{words}");
}

#[tokio::test]
async fn a_file_that_is_refused_changes_nothing() {
    let db = shop().await;
    load(&db, "jeju,제주,3000,63000,63644\n").await;
    let before = areas(&db).await;
    let twice = "jeju,제주,3000,63000,63644\nisland,섬,5000,63100,63100\n";
    for (rows, words) in [
        // What the reader of files says.
        ("jeju,제주,3000,63000\n", "line 2: 4 fields instead of 5"),
        (
            "jeju,제주,3000,63000,\njeju,제주,4000,63001,\n",
            "line 3: the surcharge of jeju is",
        ),
        ("jeju,제주,3000,,63644\n", "line 2: from_code is empty"),
        // What the procedure says.
        (
            twice,
            "INVALID_INPUT: areas.codes: 63100: no range, or in two of them",
        ),
        (
            "jeju,제주,3000,63644,63000\n",
            "INVALID_INPUT: areas.codes: 63644: no range",
        ),
        (
            "jeju,제주,3000,63000,630001\n",
            "INVALID_INPUT: areas.codes: 63000: no range",
        ),
        (
            "jeju,제주,3000,우편번호,\n",
            "INVALID_INPUT: areas.codes: 우편번호",
        ),
        (
            "jeju,제주,\"3,000\",63000,63644\n",
            "INVALID_INPUT: areas: entry 1: ",
        ),
        (
            "jeju,제주,-1,63000,63644\n",
            "INVALID_INPUT: areas: entry 1: ",
        ),
        (
            "jeju,제주,0.5,63000,63644\n",
            "INVALID_INPUT: areas: entry 1: ",
        ),
        (
            "ok,섬,1,10000,\n제주,제주,3000,63000,63644\n",
            "INVALID_INPUT: areas: entry 2: ",
        ),
    ] {
        let table = Table::of(format!("{HEADER}{rows}").as_bytes());
        let told = fail(table.load(&db, "1")).await;
        assert!(told.contains(words), "{rows}: {told}");
        assert!(told.contains(table.0.to_str().unwrap()), "{told}");
        assert_eq!(areas(&db).await, before, "{rows}");
    }
    let table = Table::of(&vec![b' '; 10 * 1024 * 1024 + 1]);
    let told = fail(table.load(&db, "1")).await;
    assert!(told.contains("more than 10 MB"), "{told}");
    let table = Table::of(HEADER.as_bytes());
    let told = fail(table.load(&db, "99")).await;
    assert!(
        told.contains("nothing was changed: SHOP_NOT_FOUND"),
        "{told}"
    );
    let mut elsewhere = table.load(&db, "1");
    elsewhere.env(
        "JUMUN_ADMIN_DATABASE_URL",
        db.admin_url().replace("jumun_it_", "jumun_no_"),
    );
    let told = fail(elsewhere).await;
    assert!(told.contains("cannot use the database jumun_no_"), "{told}");
    drop(table);
    let told = fail(command(&db, "areas", &["no-such-file.csv", "--shop", "1"])).await;
    assert!(told.contains("no-such-file.csv: "), "{told}");
    assert_eq!(areas(&db).await, before);
    assert_eq!(db.count("shop_area_rules").await, 1);
}
