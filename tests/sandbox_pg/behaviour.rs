//! What the sandbox can be told to do with a payment: the decision, and the ways in which messages go wrong.

use serde::Serialize;
use std::time::Duration;

/// What the buyer did on the payment page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Pay,
    Fail,
    /// The window was closed: the browser returns, no notification is sent.
    Close,
}

impl Action {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "pay" => Some(Self::Pay),
            "fail" => Some(Self::Fail),
            "close" => Some(Self::Close),
            _ => None,
        }
    }
}

/// How the result reaches the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// Notification and return at the same time, in no particular order.
    Normal,
    /// Two equal notifications at once, and the return.
    NotifyTwice,
    /// The notification comes `delay` after the return.
    NotifyLate,
    /// The browser is held until the notification is acknowledged (or the wait for it is over).
    NotifyFirst,
    /// No notification.
    ReturnOnly,
    /// The browser stays on the wallet's page.
    NotifyOnly,
    /// A valid hash over one unit more than was asked for.
    WrongAmount,
    /// A hash that does not match, in both messages.
    WrongHash,
    /// Notification and return both come `delay` later: choose it beyond the order's expiry.
    AfterExpiry,
}

impl Behaviour {
    /// All of them with their form values and the words of the selector.
    pub const ALL: [(Self, &'static str, &'static str); 9] = [
        (Self::Normal, "normal", "정상"),
        (Self::NotifyTwice, "notify_twice", "통지 두 번"),
        (Self::NotifyLate, "notify_late", "통지 지연"),
        (Self::NotifyFirst, "notify_first", "통지가 복귀보다 먼저"),
        (Self::ReturnOnly, "return_only", "복귀만 (통지 없음)"),
        (Self::NotifyOnly, "notify_only", "통지만 (복귀 없음)"),
        (Self::WrongAmount, "wrong_amount", "금액 변조 (+1)"),
        (Self::WrongHash, "wrong_hash", "해시 오류"),
        (Self::AfterExpiry, "after_expiry", "주문 만료 후 결과 도착"),
    ];

    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::Normal);
        }
        let found = Self::ALL.iter().find(|(_, value, _)| *value == text)?;
        Some(found.0)
    }

    /// Number of notifications sent for a decision.
    pub fn notifications(self, action: Action) -> usize {
        match (action, self) {
            (Action::Close, _) | (_, Self::ReturnOnly) => 0,
            (_, Self::NotifyTwice) => 2,
            _ => 1,
        }
    }

    /// How long after the decision notifications are sent.
    pub fn notify_delay(self, delay: Duration) -> Duration {
        match self {
            Self::NotifyLate | Self::AfterExpiry => delay,
            _ => Duration::ZERO,
        }
    }

    /// How long the browser is kept on the wallet's page.
    pub fn return_delay(self, delay: Duration) -> Duration {
        match self {
            Self::AfterExpiry => delay,
            _ => Duration::ZERO,
        }
    }
}

/// How the browser goes back to the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ReturnMethod {
    Get,
    Post,
}

impl ReturnMethod {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "" | "GET" => Some(Self::Get),
            "POST" => Some(Self::Post),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_behaviour_is_found_under_its_serialized_name() {
        for (behaviour, value, _) in Behaviour::ALL {
            assert_eq!(Behaviour::parse(value), Some(behaviour));
            let json = serde_json::to_value(behaviour).unwrap();
            assert_eq!(json, value);
        }
        assert_eq!(Behaviour::parse(""), Some(Behaviour::Normal));
        assert_eq!(Behaviour::parse("unknown"), None);
    }

    #[test]
    fn a_closed_window_is_never_notified() {
        for (behaviour, _, _) in Behaviour::ALL {
            assert_eq!(behaviour.notifications(Action::Close), 0);
        }
        assert_eq!(Behaviour::NotifyTwice.notifications(Action::Fail), 2);
        assert_eq!(Behaviour::ReturnOnly.notifications(Action::Pay), 0);
    }
}
