//! A browser's ticket: the shop's word that one buyer may place one order until some time. Format and an example are
//! in src/README.md.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// First field of every ticket; another format gets another word.
const VERSION: &str = "jumun1";
/// Block of SHA-256, to which HMAC pads its key.
pub const BLOCK: usize = 64;
/// Much longer than any ticket can be.
const LONGEST: usize = 1_200;
/// A ticket for longer than this was made with a wrong clock or wrong unit, or is meant to be kept.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// A key as it is stored: not the key, but the two blocks that HMAC-SHA256 makes of it.
pub struct Key {
    pub inner: [u8; BLOCK],
    pub outer: [u8; BLOCK],
}

impl Key {
    fn hmac(&self, message: &[u8]) -> [u8; 32] {
        let inner = Sha256::new()
            .chain_update(self.inner)
            .chain_update(message)
            .finalize();
        Sha256::new()
            .chain_update(self.outer)
            .chain_update(inner)
            .finalize()
            .into()
    }
}

/// Why a ticket does not count. What is said about one whose signature is wrong is always the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    Invalid,
    Expired,
}

/// A ticket as it was sent; nothing in it is believed yet.
#[derive(Debug)]
pub struct Ticket<'a> {
    pub shop_id: u32,
    pub key_no: u8,
    expires: u64,
    user: String,
    number: String,
    signed: &'a str,
    signature: [u8; 32],
}

/// What a good ticket says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    pub user_id: String,
    /// The only `mTrdNo` that may be ordered with it.
    pub number: String,
}

impl<'a> Ticket<'a> {
    /// Takes the text apart: `jumun1.shop.key.expiry.user.mTrdNo.signature`, numbers in digits, the rest in hex, so
    /// that a dot is never part of a field.
    pub fn parse(text: &'a str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let mut fields = signed.split('.');
        if fields.next()? != VERSION {
            return None;
        }
        let shop_id = digits(fields.next()?)?.try_into().ok()?;
        let key_no = digits(fields.next()?)?.try_into().ok()?;
        let expires = digits(fields.next()?)?;
        let mut words = || String::from_utf8(hex::decode(fields.next()?).ok()?).ok();
        let (user, number) = (words()?, words()?);
        // Written in lower case, as src/README.md says, and in no other way.
        if signature.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(signature, &mut bytes).ok()?;
        fields.next().is_none().then_some(Self {
            shop_id,
            key_no,
            expires,
            user,
            number,
            signed,
            signature: bytes,
        })
    }

    /// Believes the ticket when the key has signed it and its time is not over. The signature comes first: about a
    /// forged ticket nothing else is said.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn verify(self, key: &Key, now: SystemTime) -> Result<Granted, Refused> {
        let good: bool = key
            .hmac(self.signed.as_bytes())
            .ct_eq(&self.signature)
            .into();
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        if !good || self.expires > now + LONGEST_LIFE.as_secs() {
            Err(Refused::Invalid)
        } else if self.expires <= now {
            Err(Refused::Expired)
        } else {
            Ok(Granted {
                user_id: self.user,
                number: self.number,
            })
        }
    }
}

/// A number as it is always written, so that one ticket has one text.
fn digits(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2104, as a DBA's procedure does it.
    fn key(bytes: &[u8]) -> Key {
        let mut block = [0; BLOCK];
        block[..bytes.len()].copy_from_slice(bytes);
        Key {
            inner: block.map(|byte| byte ^ 0x36),
            outer: block.map(|byte| byte ^ 0x5c),
        }
    }

    /// The line of src/README.md that begins with this word.
    fn readme(name: &str) -> String {
        let start = format!("{name} ");
        let line = include_str!("../README.md")
            .lines()
            .map(str::trim)
            .find(|line| line.starts_with(&start));
        line.unwrap()[start.len()..].trim().to_owned()
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn the_example_of_the_readme_is_what_it_says() {
        let (ticket, expires) = (readme("ticket"), readme("expires").parse().unwrap());
        let key = key(&hex::decode(readme("key")).unwrap());
        let parse = || Ticket::parse(&ticket).unwrap();
        assert_eq!(parse().shop_id.to_string(), readme("shop"));
        assert_eq!(parse().key_no.to_string(), readme("key_no"));
        let granted = parse().verify(&key, at(expires - 1)).unwrap();
        assert_eq!(granted.user_id, readme("user"));
        assert_eq!(granted.number, readme("mTrdNo"));
        assert_eq!(parse().verify(&key, at(expires)), Err(Refused::Expired));
        let early = at(expires - LONGEST_LIFE.as_secs() - 1);
        assert_eq!(parse().verify(&key, early), Err(Refused::Invalid));
    }

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        let found = key(b"Jefe").hmac(b"what do ya want for nothing?");
        assert_eq!(
            hex::encode(found),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_ticket_that_was_touched_anywhere_is_none() {
        let ticket = readme("ticket");
        let expires: u64 = readme("expires").parse().unwrap();
        let key = key(&hex::decode(readme("key")).unwrap());
        let mut still_parsed = 0;
        for position in 0..ticket.len() {
            for other in ['0', '1', 'a', '.'] {
                let mut touched = ticket.clone();
                touched.replace_range(position..=position, &other.to_string());
                if touched == ticket {
                    continue;
                }
                if let Some(parsed) = Ticket::parse(&touched) {
                    still_parsed += 1;
                    // Also when its time is over: a forger does not learn that the rest was right.
                    for now in [expires - 1, expires + 1] {
                        let key = &key;
                        let again = Ticket::parse(&touched).unwrap();
                        assert_eq!(again.verify(key, at(now)), Err(Refused::Invalid));
                    }
                    drop(parsed);
                }
            }
        }
        assert!(still_parsed > 100, "{still_parsed}");
    }

    #[test]
    fn what_is_not_a_ticket_is_not_parsed() {
        let signature = "00".repeat(32);
        for signed in [
            "",
            "jumun1",
            "jumun1.1.1.5.61",
            "jumun1.1.1.5.61.62.63",
            "jumun2.1.1.5.61.62",
            "jumun1.01.1.5.61.62",
            "jumun1.+1.1.5.61.62",
            "jumun1.1.256.5.61.62",
            "jumun1.1.1.18446744073709551616.61.62",
            "jumun1.1.1.5.6.62",
            "jumun1.1.1.5.ff.62",
            "jumun1.1.1..61.62",
            " jumun1.1.1.5.61.62",
        ] {
            let text = format!("{signed}.{signature}");
            assert!(Ticket::parse(&text).is_none(), "{text}");
        }
        assert!(Ticket::parse(&format!("jumun1.1.1.5.61.62.{signature}")).is_some());
        assert!(Ticket::parse(&format!("jumun1.1.1.5.61.62.{}", &signature[2..])).is_none());
        let lower = format!("jumun1.1.1.5.61.62.{}", "ab".repeat(32));
        assert!(Ticket::parse(&lower).is_some());
        assert!(Ticket::parse(&lower.replace("ab", "AB")).is_none());
        assert!(Ticket::parse(&lower.replacen("ab", "aB", 1)).is_none());
        // A user id of 63 characters and an mTrdNo of 64, of four bytes each.
        let longest = ["f09f8db5".repeat(63), "f09f8db5".repeat(64)].join(".");
        let longest = format!("jumun1.4294967295.255.99999999999.{longest}.{signature}");
        assert!(Ticket::parse(&longest).is_some());
        let long = format!("jumun1.1.1.5.{}.62.{signature}", "61".repeat(LONGEST));
        assert!(Ticket::parse(&long).is_none());
    }
}
