//! By which address a client is counted, and whose word on that counts.

use std::{net::IpAddr, str::FromStr};

use actix_web::http::header::HeaderMap;

/// Where a proxy says for whom it asks: each appends the address that it was asked from.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// One line of a provider's customer: who has one IPv6 address has all of these.
const CUSTOMER: u32 = 64;

/// Addresses with a common beginning: `10.0.0.0/8`, `::1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is no address and no network such as 10.0.0.0/8");
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().map_err(|_| wrong())?,
            None => most,
        };
        if bits > most {
            return Err(wrong());
        }
        Ok(Self { address, bits })
    }
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        self.address.is_ipv4() == address.is_ipv4()
            && head(self.address, self.bits) == head(address, self.bits)
    }
}

/// The first bits of an address, the others zero.
fn head(address: IpAddr, bits: u32) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or_default();
            IpAddr::V4((u32::from(address) & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or_default();
            IpAddr::V6((u128::from(address) & mask).into())
        }
    }
}

#[derive(Debug, Clone, Default)]
pub struct Networks(pub Vec<Network>);

impl Networks {
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(address))
    }
}

/// The address that a client's connections are counted by.
pub fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => head(IpAddr::V6(address), CUSTOMER),
        address => address,
    }
}

/// For whom a trusted proxy asks: the last address named that is not a trusted proxy's as well. What stands before
/// it was written by whoever that is.
pub fn forwarded(headers: &HeaderMap, trusted: &Networks) -> Option<IpAddr> {
    let lines: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .filter_map(|line| line.to_str().ok())
        .collect();
    lines
        .iter()
        .flat_map(|line| line.split(','))
        .rev()
        .map_while(|hop| hop.trim().parse::<IpAddr>().ok())
        .find(|hop| !trusted.contain(*hop))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn networks(list: &[&str]) -> Networks {
        Networks(list.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn a_network_contains_what_begins_like_it() {
        let trusted = networks(&["10.1.0.0/16", "127.0.0.1", "fd00::/8", "0.0.0.0/32"]);
        for inside in [
            "10.1.255.1",
            "127.0.0.1",
            "fd12::1",
            "::ffff:10.1.2.3",
            "0.0.0.0",
        ] {
            assert!(trusted.contain(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["10.2.0.1", "127.0.0.2", "fe80::1", "::1", "0.0.0.1"] {
            assert!(!trusted.contain(outside.parse().unwrap()), "{outside}");
        }
        assert!(networks(&["0.0.0.0/0"]).contain("203.0.113.9".parse().unwrap()));
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "a", "::1/129", "1.2.3.4/x"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_last_hop_that_is_no_proxy_of_ours_counts() {
        let trusted = networks(&["10.0.0.0/8"]);
        for (lines, expected) in [
            (&["203.0.113.9"][..], Some("203.0.113.9")),
            (&["198.51.100.1, 203.0.113.9"], Some("203.0.113.9")),
            (&["203.0.113.9, 10.0.0.1"], Some("203.0.113.9")),
            (
                &["198.51.100.1", "203.0.113.9", "10.0.0.1,10.0.0.2"],
                Some("203.0.113.9"),
            ),
            (&["10.0.0.1"], None),
            (&["203.0.113.9, nonsense"], None),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                let name = HeaderName::from_static(FORWARDED_FOR);
                headers.append(name, HeaderValue::from_str(line).unwrap());
            }
            let expected = expected.map(|address| address.parse().unwrap());
            assert_eq!(forwarded(&headers, &trusted), expected, "{lines:?}");
        }
    }

    #[test]
    fn one_customer_is_one_address() {
        let address = |text: &str| counted(text.parse().unwrap());
        assert_eq!(address("2001:db8:0:1::5"), address("2001:db8:0:1:9:9:9:9"));
        assert_ne!(address("2001:db8:0:1::5"), address("2001:db8:0:2::5"));
        assert_eq!(address("::ffff:203.0.113.9"), address("203.0.113.9"));
    }
}
