//! Tests of who is admitted, who waits, and in which order.

use super::*;

fn stranger(last: u8) -> Line {
    Line::Stranger(IpAddr::from([203, 0, 113, last]))
}

fn admission(queue: usize) -> Arc<Admission> {
    Arc::new(Admission::new(vec![1], queue, Duration::from_secs(5)))
}

/// A call in a line, once it waits there; it runs for a moment, and says when.
async fn waits(
    admission: &Arc<Admission>,
    line: Line,
    name: &'static str,
    ran: &Arc<Mutex<Vec<&'static str>>>,
) -> tokio::task::JoinHandle<Result<(), Refusal>> {
    let task = tokio::spawn({
        let (admission, ran) = (Arc::clone(admission), Arc::clone(ran));
        async move {
            let deadline = Instant::now() + Duration::from_secs(5);
            let permit = admission.enter(line, None, deadline).await?;
            ran.lock().unwrap().push(name);
            drop(permit);
            Ok(())
        }
    });
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    task
}

#[tokio::test]
async fn the_queue_is_bounded_and_the_wait_too() {
    let admission = Arc::new(Admission::new(vec![1], 1, Duration::from_millis(50)));
    let deadline = Instant::now() + Duration::from_secs(5);
    let first = admission.enter(Line::Known, None, deadline).await.unwrap();
    let queued = tokio::spawn({
        let admission = Arc::clone(&admission);
        async move { admission.enter(Line::Known, None, deadline).await.map(drop) }
    });
    while admission.waiting() == 0 {
        tokio::task::yield_now().await;
    }
    for line in [Line::Known, stranger(1)] {
        assert!(admission.is_full(line));
        assert_eq!(
            admission.enter(line, None, deadline).await.unwrap_err(),
            Refusal::QueueFull
        );
    }
    assert_eq!(queued.await.unwrap(), Err(Refusal::WaitedTooLong));
    assert_eq!(admission.waiting(), 0);
    assert!(!admission.is_full(Line::Known));
    drop(first);
    assert!(admission.enter(Line::Known, None, deadline).await.is_ok());
}

#[tokio::test]
async fn strangers_and_known_ones_take_turns_and_addresses_too() {
    let admission = admission(20);
    let ran = Arc::default();
    let deadline = Instant::now() + Duration::from_secs(5);
    let first = admission.enter(Line::Known, None, deadline).await.unwrap();
    let mut tasks = Vec::new();
    for (line, name) in [
        (stranger(1), "1a"),
        (stranger(1), "1b"),
        (stranger(1), "1c"),
        (stranger(2), "2a"),
        (Line::Known, "a"),
        (stranger(2), "2b"),
        (Line::Known, "b"),
        (Line::Known, "c"),
    ] {
        tasks.push(waits(&admission, line, name, &ran).await);
    }
    // One that goes away leaves its place.
    let gone = waits(&admission, stranger(3), "3a", &ran).await;
    assert_eq!(admission.waiting(), 9);
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    assert_eq!(admission.waiting(), 8);
    drop(first);
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(
        *ran.lock().unwrap(),
        ["a", "1a", "b", "2a", "c", "1b", "2b", "1c"]
    );
    assert_eq!(admission.waiting(), 0);
    assert!(admission.enter(stranger(1), None, deadline).await.is_ok());
}

#[tokio::test]
async fn strangers_have_half_the_queue_and_the_longest_line_makes_room() {
    let admission = admission(6);
    let ran = Arc::default();
    let deadline = Instant::now() + Duration::from_secs(5);
    let first = admission.enter(stranger(1), None, deadline).await.unwrap();
    let mut one = Vec::new();
    for name in ["1a", "1b", "1c"] {
        one.push(waits(&admission, stranger(1), name, &ran).await);
    }
    assert!(admission.is_full(stranger(1)) && !admission.is_full(stranger(2)));
    let two = waits(&admission, stranger(2), "2a", &ran).await;
    assert_eq!(one.remove(2).await.unwrap(), Err(Refusal::QueueFull));
    // Nobody is sent away for one who would have as much.
    assert!(admission.is_full(stranger(2)));
    let three = waits(&admission, stranger(3), "3a", &ran).await;
    assert_eq!(one.remove(1).await.unwrap(), Err(Refusal::QueueFull));
    assert!(admission.is_full(stranger(4)));
    let mut known = Vec::new();
    for name in ["a", "b", "c"] {
        assert!(!admission.is_full(Line::Known));
        known.push(waits(&admission, Line::Known, name, &ran).await);
    }
    assert!(admission.is_full(Line::Known));
    drop(first);
    for task in one.into_iter().chain([two, three]).chain(known) {
        task.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_permit_for_one_who_has_just_gone_is_not_lost() {
    let admission = admission(4);
    let deadline = Instant::now() + Duration::from_secs(5);
    let first = admission.enter(Line::Known, None, deadline).await.unwrap();
    let mut gone = Box::pin(admission.enter(Line::Known, None, deadline));
    assert!(futures_util::poll!(&mut gone).is_pending());
    // It has been given the permit and has not looked yet.
    drop(first);
    drop(gone);
    assert!(!admission.is_full(Line::Known));
    assert!(admission.enter(Line::Known, None, deadline).await.is_ok());
}

#[tokio::test]
async fn a_call_takes_a_connection_of_its_own_home_and_any_other_before_it_waits() {
    let admission = Admission::new(vec![1, 2], 1, Duration::from_millis(10));
    let deadline = Instant::now() + Duration::from_secs(5);
    let enter = async |home| admission.enter(Line::Known, home, deadline).await;
    let own = enter(Some(0)).await.unwrap();
    assert_eq!(own.home(), 0);
    let other = enter(Some(0)).await.unwrap();
    assert_eq!(other.home(), 1);
    drop(own);
    // Whoever has no home leaves it to those who have.
    let stray = enter(None).await.unwrap();
    let last = enter(Some(9)).await.unwrap();
    assert_eq!(stray.home() + last.home(), 1);
    assert!(!admission.is_full(Line::Known), "one may wait");
    assert_eq!(enter(Some(0)).await.unwrap_err(), Refusal::WaitedTooLong);
    drop(other);
    assert_eq!(enter(Some(0)).await.unwrap().home(), 1);
}
