//! The least that a cart's read over HTTP costs with the same libraries: a handler of a few lines that makes the same
//! CALL and writes the rows as JSON. No key, no deadline, no log, no limits.

use std::fmt::Write;

use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use mysql_async::{Column, Pool, Row};

use crate::support::{Conn, Queryable, Value};
use crate::ways::{get, pool};

/// As many as the gateway has when nothing is said.
const WORKERS: usize = 2;

/// Serves until it is killed. In a process of its own: it is the process's CPU that counts.
pub fn serve(database_url: &str, port: u16) {
    let url = database_url.to_owned();
    actix_web::rt::System::new().block_on(async {
        HttpServer::new(move || {
            // One for each worker, as the gateway has: a connection belongs to the runtime that opened it, and a call
            // from another one wakes both threads.
            App::new()
                .app_data(Data::new(pool(&url, false)))
                .route("/v1/cart", web::get().to(cart))
        })
        .workers(WORKERS)
        .bind(("127.0.0.1", port))
        .expect("a free port")
        .run()
        .await
        .expect("a server");
    });
}

async fn cart(pool: Data<Pool>, request: HttpRequest) -> HttpResponse {
    let user = request.headers().get("X-User-Id");
    let user = user.and_then(|user| user.to_str().ok()).expect("a buyer");
    let json = read(&mut get(&pool).await, user).await;
    HttpResponse::Ok()
        .content_type("application/json")
        .body(json)
}

async fn read(conn: &mut Conn, user: &str) -> String {
    let call = "CALL select_shop_cart(?, ?, NULL)";
    let mut result = conn.exec_iter(call, (1, user)).await.expect("the cart");
    let mut json = String::from("[");
    while !result.is_empty() {
        let columns = result.columns().expect("columns");
        json.push_str(if json.len() > 1 { ",[" } else { "[" });
        for (at, row) in result
            .collect::<Row>()
            .await
            .expect("rows")
            .into_iter()
            .enumerate()
        {
            json.push_str(if at > 0 { ",{" } else { "{" });
            write_row(&mut json, &columns, row);
            json.push('}');
        }
        json.push(']');
    }
    result.drop_result().await.expect("the end");
    json.push(']');
    json
}

fn write_row(json: &mut String, columns: &[Column], row: Row) {
    for (at, (column, value)) in columns.iter().zip(row.unwrap()).enumerate() {
        let comma = if at > 0 { "," } else { "" };
        write!(json, "{comma}\"{}\":", column.name_str()).ok();
        match value {
            Value::NULL => json.push_str("null"),
            Value::Int(number) => write!(json, "{number}").expect("text"),
            Value::UInt(number) => write!(json, "{number}").expect("text"),
            Value::Bytes(bytes) => {
                let text = serde_json::to_string(&String::from_utf8_lossy(&bytes));
                json.push_str(&text.expect("JSON"));
            }
            other => write!(json, "{:?}", other.as_sql(true)).expect("text"),
        }
    }
}
