//! What is counted of connections.

use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

/// Why we closed a connection, or gave up a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
pub enum Why {
    /// A request's head did not come in time.
    Head,
    /// A body was answered before its end, and its client did not go.
    Body,
    /// The answer was not taken in time.
    Answer,
    /// No further request came.
    Idle,
    /// There was a newer connection, and no room for both.
    MadeRoom,
    /// The same, for the memory of bodies.
    BodyMadeRoom,
    /// It came when there was no room, and nobody waited.
    Refused,
}

const EVERY: [Why; 7] = [
    Why::Head,
    Why::Body,
    Why::Answer,
    Why::Idle,
    Why::MadeRoom,
    Why::BodyMadeRoom,
    Why::Refused,
];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AddressLabels {
    address: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ClosedLabels {
    address: &'static str,
    why: Why,
}

/// Of both addresses, by the name of each.
#[derive(Debug, Default)]
pub struct Counts {
    connections: Family<AddressLabels, Gauge>,
    closed: Family<ClosedLabels, Counter>,
}

impl Counts {
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "connections",
            "Connections of clients",
            self.connections.clone(),
        );
        registry.register(
            "connections_closed",
            "Connections that were closed on their clients, and bodies that were given up",
            self.closed.clone(),
        );
    }

    /// Counts from nothing on.
    pub fn begin(&self, address: &'static str) {
        self.connections(address, 0);
        for why in EVERY {
            let _ = self.closed.get_or_create(&ClosedLabels { address, why });
        }
    }

    pub fn connections(&self, address: &'static str, count: usize) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.connections
            .get_or_create(&AddressLabels { address })
            .set(count);
    }

    pub fn closed(&self, address: &'static str, why: Why) {
        self.closed
            .get_or_create(&ClosedLabels { address, why })
            .inc();
    }
}
