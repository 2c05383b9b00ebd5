//! The demonstration's MariaDB: its own data directory, socket and port, every commit durable.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, ensure};
use mysql_async::{Conn, OptsBuilder};
use nix::unistd::{Uid, User};
use tokio::process::Command;

use super::part::{Part, command_as};
use super::secrets::{Secrets, write_private};
use jumun::dbtool::say::say;

/// The longest path that the address of a socket can hold, with some room.
const SOCKET_PATH: usize = 100;

/// Where it is and who runs it.
pub struct Database {
    dir: PathBuf,
    /// Holds everything that belongs to the server's user.
    home: PathBuf,
    socket: PathBuf,
    port: u16,
    root_password: String,
    /// The user to become; `None` = stay who we are.
    user: Option<User>,
}

impl Database {
    /// Prepares the directory; nothing runs yet.
    ///
    /// # Errors
    /// When MariaDB is not installed or the directory cannot be prepared.
    pub fn new(dir: &Path, port: u16, secrets: &Secrets) -> anyhow::Result<Database> {
        let home = dir.join("mariadb");
        let tmp = home.join("tmp");
        std::fs::create_dir_all(&tmp)
            .with_context(|| format!("cannot create {}", tmp.display()))?;
        let user = server_user(&home)?;
        let owner = user.as_ref().map_or(Uid::effective(), |user| user.uid);
        if std::fs::metadata(&home)?.uid() != owner.as_raw() {
            give(&home, owner, user.as_ref().map(|user| user.gid.as_raw()))?;
        }
        chown(&tmp, Some(owner.as_raw()), None)?;
        std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o700))?;
        let mut socket = home.join("sock");
        if socket.as_os_str().len() > SOCKET_PATH {
            socket = std::env::temp_dir().join(format!("jumun-dev-{port}.sock"));
        }
        let database = Database {
            dir: dir.to_owned(),
            home,
            socket,
            port,
            root_password: secrets.root.clone(),
            user,
        };
        database.write_settings(owner)?;
        Ok(database)
    }

    /// What the server runs before it lets anybody in, and what the mysql client reads.
    fn write_settings(&self, owner: Uid) -> anyhow::Result<()> {
        let password = &self.root_password;
        let first = self.home.join("init.sql");
        let mut sql = String::from("SET SESSION sql_log_bin = 0;\n");
        for host in ["localhost", "127.0.0.1"] {
            sql.push_str(&format!(
                "CREATE USER IF NOT EXISTS 'root'@'{host}';\n\
                 ALTER USER 'root'@'{host}' IDENTIFIED BY '{password}';\n\
                 GRANT ALL PRIVILEGES ON *.* TO 'root'@'{host}' WITH GRANT OPTION;\n"
            ));
        }
        // Accounts without a password that a new data directory comes with.
        sql.push_str(
            "DROP USER IF EXISTS 'root'@'::1', ''@'localhost';\n\
             EXECUTE IMMEDIATE CONCAT('DROP USER IF EXISTS root@', QUOTE(@@hostname), ', ``@', QUOTE(@@hostname));\n",
        );
        write_private(&first, &sql)?;
        chown(&first, Some(owner.as_raw()), None)?;
        let client = format!(
            "[client]\nsocket={}\nuser=root\npassword={password}\ndefault-character-set=utf8mb4\n",
            self.socket.display()
        );
        write_private(&self.dir.join("client.cnf"), &client)
    }

    /// Makes the data directory, unless it is there.
    ///
    /// # Errors
    /// With the words of mariadb-install-db.
    pub async fn initialise(&self) -> anyhow::Result<()> {
        let (data, draft) = (self.home.join("data"), self.home.join("data.new"));
        if data.exists() {
            return Ok(());
        }
        say!("jumun: preparing a database in {}", data.display());
        if draft.exists() {
            std::fs::remove_dir_all(&draft)?;
        }
        let mut command = self.command("mariadb-install-db");
        let output = command
            .args(["--skip-test-db", "--auth-root-authentication-method=normal"])
            .arg(format!("--datadir={}", draft.display()))
            .stdin(Stdio::null())
            .output()
            .await
            .context("mariadb-install-db cannot be started; tests/tools/install run")?;
        let words = [output.stdout, output.stderr].concat();
        ensure!(
            output.status.success(),
            "mariadb-install-db failed:\n{}",
            String::from_utf8_lossy(&words)
        );
        // Renamed last: a data directory that exists is complete.
        std::fs::rename(&draft, &data).with_context(|| format!("cannot rename {}", draft.display()))
    }

    /// Starts the server.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(&self) -> anyhow::Result<Part> {
        let mut command = self.command("mariadbd");
        command
            .arg(format!("--datadir={}", self.home.join("data").display()))
            .arg(format!("--socket={}", self.socket.display()))
            .arg(format!(
                "--pid-file={}",
                self.home.join("server.pid").display()
            ))
            .arg(format!(
                "--init-file={}",
                self.home.join("init.sql").display()
            ))
            .arg(format!("--port={}", self.port))
            .args([
                "--bind-address=127.0.0.1",
                "--max-connections=200",
                "--event-scheduler=OFF",
            ])
            .args([
                "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_bin",
            ])
            // An acknowledged order is on disk.
            .args(["--innodb-flush-log-at-trx-commit=1", "--sync-binlog=1"])
            .args(["--log-bin=bin", "--server-id=1", "--expire-logs-days=7"]);
        Part::start(&self.dir, "mariadb", command)
    }

    fn command(&self, program: &str) -> Command {
        let user = self.user.as_ref().map(|user| user.name.as_str());
        let mut command = command_as(user, Path::new(program));
        command.arg("--no-defaults");
        // A server that starts deletes what it takes for left-over temporary tables, also those of another server
        // that uses the same directory, which crashes: this one stays in its own.
        let tmp = self.home.join("tmp");
        command.env("TMPDIR", std::path::absolute(&tmp).unwrap_or(tmp));
        if self.user.is_none() && Uid::effective().is_root() {
            command.arg("--user=root");
        }
        command
    }

    /// Administrator's URL of a database.
    pub fn admin_url(&self, database: &str) -> String {
        format!(
            "mysql://root:{}@127.0.0.1:{}/{database}",
            self.root_password, self.port
        )
    }

    /// A connection of the administrator.
    ///
    /// # Errors
    /// When the server does not let it in.
    pub async fn connect(&self, database: Option<&str>) -> anyhow::Result<Conn> {
        let options = OptsBuilder::default()
            .ip_or_hostname("127.0.0.1")
            .tcp_port(self.port)
            .prefer_socket(false)
            .user(Some("root"))
            .pass(Some(&self.root_password))
            .db_name(database);
        Ok(Conn::new(options).await?)
    }

    /// Whether it lets the administrator in.
    pub async fn answers(&self) -> bool {
        match self.connect(None).await {
            Ok(conn) => conn.disconnect().await.is_ok(),
            Err(_) => false,
        }
    }
}

/// Root should not run a database: the user that Debian's package creates does, where it can reach the directory.
fn server_user(home: &Path) -> anyhow::Result<Option<User>> {
    if !Uid::effective().is_root() {
        return Ok(None);
    }
    let Some(user) = User::from_name("mysql")? else {
        return Ok(None);
    };
    // Every folder above must be open to others; the directory itself will be given to the user.
    let above = home.parent().unwrap_or(home);
    let reachable = std::process::Command::new("setpriv")
        .args([
            &format!("--reuid={}", user.name),
            &format!("--regid={}", user.name),
            "--init-groups",
        ])
        .args(["--", "test", "-x"])
        .arg(above)
        .stdin(Stdio::null())
        .status()
        .context("setpriv cannot be started; it is in Debian's package util-linux")?;
    Ok(reachable.success().then_some(user))
}

/// Gives a directory and everything in it to a user.
fn give(path: &Path, owner: Uid, group: Option<u32>) -> anyhow::Result<()> {
    chown(path, Some(owner.as_raw()), group).with_context(|| path.display().to_string())?;
    if path.symlink_metadata()?.is_dir() {
        for entry in std::fs::read_dir(path)? {
            give(&entry?.path(), owner, group)?;
        }
    }
    Ok(())
}
