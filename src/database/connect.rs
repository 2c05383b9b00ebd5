//! How connections to the database are opened: options, session settings, pool.

use std::{path::Path, time::Duration};

use anyhow::Context;
use mysql_async::{Opts, OptsBuilder, Pool, PoolConstraints, PoolOpts, SslOpts};

/// A connection is replaced at this age, so that a moved server is noticed and memory is given back.
const CONNECTION_AGE: Duration = Duration::from_secs(30 * 60);
/// Spreads the replacements.
const CONNECTION_AGE_JITTER: Duration = Duration::from_secs(5 * 60);
/// A peer that vanished without a word is noticed after about this long without traffic.
const KEEPALIVE: Duration = Duration::from_secs(30);
/// More than the procedures one process calls.
const STATEMENTS_PER_CONNECTION: usize = 64;
/// The only collation of the schema; texts in CALL parameters compare the same way as columns.
const NAMES: &str = "NAMES utf8mb4 COLLATE utf8mb4_bin";
/// Strict: a value that does not fit is an error, never cut.
const SQL_MODE: &str = "TRADITIONAL";
/// Whatever the server's defaults are: no CALL that chains transactions, refuses joins or updates, cuts lists or sets
/// short, or looks past keys. What MariaDB alone has, or lets everybody set, is in its comment.
const SESSION: &str = "SESSION autocommit = 1, SESSION completion_type = 0, SESSION sql_big_selects = 1, \
    SESSION sql_safe_updates = 0, SESSION sql_select_limit = 18446744073709551615, SESSION group_concat_max_len = 1048576, \
    SESSION foreign_key_checks = 1, SESSION unique_checks = 1 \
    /*M! , SESSION max_error_count = 64, SESSION check_constraint_checks = 1 */";

/// Reads a `mysql://user:password@host:port/database` URL. The text is never part of an error,
/// since it holds a password.
///
/// # Errors
/// When the URL cannot be read or names no user or no database.
pub fn read_url(url: &str, what: &str) -> anyhow::Result<Opts> {
    let options = Opts::from_url(url).map_err(|_| {
        anyhow::anyhow!("{what} is not a URL like mysql://user:password@host:port/database")
    })?;
    anyhow::ensure!(
        options.user().is_some_and(|user| !user.is_empty()),
        "{what} names no user"
    );
    anyhow::ensure!(
        options.db_name().is_some_and(|name| !name.is_empty()),
        "{what} names no database"
    );
    Ok(options)
}

/// Options that every connection of this program has.
///
/// # Errors
/// When the file of certificate authorities cannot be read.
pub fn session_options(
    options: Opts,
    authorities: Option<&Path>,
    lock_wait_seconds: u32,
) -> anyhow::Result<OptsBuilder> {
    let encryption = authorities
        .map(|path| {
            std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
            anyhow::Ok(SslOpts::default().with_root_certs(vec![path.to_path_buf().into()]))
        })
        .transpose()?;
    let encryption = encryption.or_else(|| options.ssl_opts().cloned());
    Ok(OptsBuilder::from_opts(options)
        .ssl_opts(encryption)
        // On a loopback URL the driver would reconnect through the server's socket: another account.
        .prefer_socket(false)
        .tcp_keepalive(Some(KEEPALIVE))
        .stmt_cache_size(Some(STATEMENTS_PER_CONNECTION))
        // One statement, because the driver runs this list from the last to the first, after every reset.
        .setup(vec![format!(
            "SET {NAMES}, SESSION sql_mode = '{SQL_MODE}', SESSION innodb_lock_wait_timeout = {lock_wait_seconds}, \
             SESSION lock_wait_timeout = {lock_wait_seconds}, {SESSION}"
        )]))
}

/// A pool of exactly `size` connections, opened when they are first needed. A connection is reset when it
/// comes back, unless the borrower has proven that there is nothing to reset.
pub fn open_pool(options: OptsBuilder, size: usize) -> anyhow::Result<Pool> {
    let constraints =
        PoolConstraints::new(size, size).context("a pool needs at least one connection")?;
    let pool_options = PoolOpts::default()
        .with_constraints(constraints)
        .with_reset_connection(true)
        .with_abs_conn_ttl(Some(CONNECTION_AGE))
        .with_abs_conn_ttl_jitter(Some(CONNECTION_AGE_JITTER));
    Ok(Pool::new(options.pool_opts(pool_options)))
}

#[cfg(test)]
mod tests {
    use super::read_url;

    #[test]
    fn a_bad_url_is_refused_without_repeating_it() {
        for url in [
            "mysql://u:secret@host",
            "http://u:secret@h/d",
            "secret",
            "mysql://:secret@h/d",
        ] {
            let text = format!("{:#}", read_url(url, "JUMUN_DATABASE_URL").unwrap_err());
            assert!(
                text.contains("JUMUN_DATABASE_URL") && !text.contains("secret"),
                "{text}"
            );
        }
        assert!(read_url("mysql://u:p@h:1/d", "x").is_ok());
    }
}
