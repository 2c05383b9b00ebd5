//! HTTP as bytes on a socket, so that what is sent may also be wrong as HTTP; what comes back is read strictly.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The gateway gives up on a body after fifteen seconds.
const PATIENCE: Duration = Duration::from_secs(40);
const LONGEST_HEAD: usize = 64 * 1024;

/// One answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case, in the order they came.
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// For people: the beginning of it.
    pub fn shown(&self) -> String {
        let body: String = String::from_utf8_lossy(&self.body)
            .chars()
            .take(400)
            .collect();
        let location = self.header("location").unwrap_or_default();
        format!("{} {location} {body}", self.status)
    }

    pub fn header(&self, name: &str) -> Option<String> {
        let mut found = self.headers.iter().filter(|(n, _)| n == name);
        let first = found.next()?;
        Some(String::from_utf8_lossy(&first.1).into_owned())
    }
}

pub struct Connection {
    stream: TcpStream,
    /// Read and not yet used.
    rest: Vec<u8>,
}

impl Connection {
    pub async fn open(port: u16) -> Connection {
        let stream = TcpStream::connect(("127.0.0.1", port))
            .await
            .unwrap_or_else(|e| panic!("the gateway does not take connections: {e}"));
        stream.set_nodelay(true).expect("a socket option");
        Connection {
            stream,
            rest: Vec::new(),
        }
    }

    /// Sends, and says so when nothing follows. The other side may have stopped listening in the middle.
    pub async fn send(&mut self, bytes: &[u8], last: bool) {
        let sent = timeout(PATIENCE, self.stream.write_all(bytes)).await;
        if last && matches!(sent, Ok(Ok(()))) {
            self.stream.shutdown().await.ok();
        }
    }

    /// The next answer; `None` when the connection ends instead. `bodiless`: to HEAD, the length is not what follows.
    ///
    /// # Errors
    /// In words, when it is not good HTTP or does not come.
    pub async fn answer(&mut self, bodiless: bool) -> Result<Option<Answer>, String> {
        match timeout(PATIENCE, self.read(bodiless)).await {
            Ok(answer) => answer,
            Err(_) => Err("no answer, and no end of the connection".to_owned()),
        }
    }

    async fn read(&mut self, bodiless: bool) -> Result<Option<Answer>, String> {
        loop {
            let Some(end) = self.until(b"\r\n\r\n", LONGEST_HEAD).await? else {
                return if self.rest.is_empty() {
                    Ok(None)
                } else {
                    Err("the connection ended in the middle of a head".to_owned())
                };
            };
            let head: Vec<u8> = self.rest.drain(..end).collect();
            let (status, headers) = parse_head(&head)?;
            if (100..200).contains(&status) {
                continue;
            }
            let mut answer = Answer {
                status,
                headers,
                body: Vec::new(),
            };
            let empty = bodiless || status == 204 || status == 304;
            if !empty {
                answer.body = self.body(&answer).await?;
            }
            return Ok(Some(answer));
        }
    }

    async fn body(&mut self, answer: &Answer) -> Result<Vec<u8>, String> {
        if answer.header("transfer-encoding").as_deref() == Some("chunked") {
            return self.chunks().await;
        }
        let Some(length) = answer.header("content-length") else {
            return Err(format!("an answer of unknown length: {:?}", answer.headers));
        };
        let length: usize = length
            .parse()
            .map_err(|_| format!("content-length {length}"))?;
        self.take(length).await
    }

    async fn chunks(&mut self) -> Result<Vec<u8>, String> {
        let mut body = Vec::new();
        loop {
            let end = self
                .until(b"\r\n", 64)
                .await?
                .ok_or("a chunk without a size")?;
            let line: Vec<u8> = self.rest.drain(..end).collect();
            let line = String::from_utf8_lossy(&line).trim().to_owned();
            let size =
                usize::from_str_radix(&line, 16).map_err(|_| format!("a chunk of {line}"))?;
            body.extend(self.take(size).await?);
            self.take(2).await?;
            if size == 0 {
                return Ok(body);
            }
        }
    }

    async fn take(&mut self, length: usize) -> Result<Vec<u8>, String> {
        while self.rest.len() < length {
            if self.fill().await? == 0 {
                return Err("the connection ended in the middle of a body".to_owned());
            }
        }
        Ok(self.rest.drain(..length).collect())
    }

    /// Where the bytes after `mark` begin; `None` when the connection ends before.
    async fn until(&mut self, mark: &[u8], limit: usize) -> Result<Option<usize>, String> {
        loop {
            if let Some(at) = self.rest.windows(mark.len()).position(|part| part == mark) {
                return Ok(Some(at + mark.len()));
            }
            if self.rest.len() > limit {
                return Err("more than fits where a head or a size should be".to_owned());
            }
            if self.fill().await? == 0 {
                return Ok(None);
            }
        }
    }

    async fn fill(&mut self) -> Result<usize, String> {
        let mut part = [0; 16 * 1024];
        // A reset is an end as well: the gateway closes on what it cannot read.
        let length = self.stream.read(&mut part).await.unwrap_or(0);
        self.rest.extend_from_slice(&part[..length]);
        Ok(length)
    }
}

type Head = (u16, Vec<(String, Vec<u8>)>);

fn parse_head(head: &[u8]) -> Result<Head, String> {
    let text = head.strip_suffix(b"\r\n\r\n").unwrap_or(head);
    if text.contains(&0) {
        return Err("a NUL in a head".to_owned());
    }
    let text = String::from_utf8_lossy(text).into_owned();
    let mut lines = text.split("\r\n");
    let first = lines.next().unwrap_or_default();
    let status = first
        .strip_prefix("HTTP/1.1 ")
        .or_else(|| first.strip_prefix("HTTP/1.0 "))
        .and_then(|rest| rest.get(..3)?.parse().ok())
        .ok_or_else(|| format!("not a status line: {first:?}"))?;
    let mut headers = Vec::new();
    for line in lines {
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| format!("not a header: {line:?}"))?;
        if line.contains(['\r', '\n']) || name.contains(char::is_whitespace) {
            return Err(format!("not a header: {line:?}"));
        }
        headers.push((name.to_ascii_lowercase(), value.trim().as_bytes().to_vec()));
    }
    Ok((status, headers))
}
