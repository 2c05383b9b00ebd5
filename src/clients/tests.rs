//! Tests of the room that connections and bodies get, and of who makes way.

use super::*;

fn clients(connections: usize, per_address: usize, bodies: usize) -> Arc<Clients> {
    let second = Duration::from_secs(1);
    let limits = Limits {
        head: second,
        body: second,
        answer: second,
        idle: second,
        connections,
        per_address,
        bodies,
    };
    let trusted = Networks(vec!["10.0.0.0/8".parse().unwrap()]);
    let metrics = Metrics::new(crate::ops::shop_figures::ShopFigures::default());
    Clients::new("test", limits, trusted, Arc::new(metrics))
}

fn address(last: u8) -> IpAddr {
    IpAddr::from([203, 0, 113, last])
}

fn waiting(clients: &Arc<Clients>, last: u8) -> Seat {
    let seat = clients.seat(address(last)).unwrap();
    seat.wait(false);
    seat
}

async fn is_closed(seat: &Seat) -> bool {
    tokio::time::timeout(Duration::from_millis(20), seat.closed())
        .await
        .is_ok()
}

#[tokio::test]
async fn at_the_cap_whoever_has_waited_longest_makes_room() {
    let clients = clients(3, 3, 100);
    let seats: Vec<Seat> = (1..=3).map(|n| waiting(&clients, n)).collect();
    // The first is being worked on, the second has begun to wait anew.
    seats[0].work();
    seats[1].wait(false);
    let fourth = clients.seat(address(4)).unwrap();
    assert!(!is_closed(&seats[0]).await && !is_closed(&seats[1]).await);
    assert!(is_closed(&seats[2]).await);
    // Its place is given up once, however late it is dropped.
    drop(seats);
    assert_eq!(clients.lock().connections, 1);
    drop(fourth);
    assert_eq!(clients.lock().connections, 0);
    assert!(clients.lock().addresses.is_empty() && clients.lock().waiting.is_empty());
}

#[tokio::test]
async fn nobody_makes_room_while_everybody_is_worked_on() {
    let clients = clients(2, 2, 100);
    let seats = [
        clients.seat(address(1)).unwrap(),
        clients.seat(address(2)).unwrap(),
    ];
    seats.iter().for_each(Seat::work);
    assert!(clients.seat(address(3)).is_none());
    drop(seats);
    assert!(clients.seat(address(3)).is_some());
}

#[tokio::test]
async fn an_address_at_its_cap_makes_room_itself() {
    let clients = clients(10, 2, 100);
    let other = waiting(&clients, 1);
    let first = waiting(&clients, 2);
    let second = waiting(&clients, 2);
    let third = waiting(&clients, 2);
    assert!(is_closed(&first).await);
    assert!(!is_closed(&other).await && !is_closed(&second).await);
    second.work();
    third.work();
    assert!(clients.seat(address(2)).is_none());
    // A trusted one has no cap of its own.
    let proxy = IpAddr::from([10, 0, 0, 1]);
    let proxies: Vec<Seat> = (0..4).map(|_| clients.seat(proxy).unwrap()).collect();
    assert_eq!(clients.lock().connections, 7);
    drop(proxies);
}

#[tokio::test]
async fn bodies_have_one_limit_and_the_slowest_gives_way() {
    let clients = clients(10, 10, 100);
    let seats: Vec<Seat> = (1..=3).map(|n| clients.seat(address(n)).unwrap()).collect();
    for seat in &seats {
        seat.wait(true);
    }
    seats[0].hold(60).unwrap();
    seats[1].hold(40).unwrap();
    seats[2].hold(50).unwrap();
    let soon = Duration::from_millis(20);
    assert!(tokio::time::timeout(soon, seats[0].cut()).await.is_ok());
    assert!(tokio::time::timeout(soon, seats[1].cut()).await.is_err());
    assert_eq!(clients.lock().held, 90);
    // Who is the slowest gets nothing more; a body that is complete keeps what it has.
    assert_eq!(seats[1].hold(20), Err(Overloaded));
    seats[1].work();
    assert_eq!(seats[2].hold(20), Err(Overloaded));
    seats[1].release();
    seats[2].hold(50).unwrap();
    drop(seats);
    assert_eq!(clients.lock().held, 0);
}

#[test]
fn a_long_head_is_memory_as_a_body_is() {
    let clients = clients(10, 10, 100_000);
    let client = Client::new(waiting(&clients, 1));
    client.lines_read(&[b'x'; 8 * 1024]).unwrap();
    assert_eq!(clients.lock().held, 0);
    // Of what is longer than most, as much as its buffer may grow by.
    client.lines_read(&[b'x'; 1000]).unwrap();
    assert_eq!(clients.lock().held, 2000);
    assert_eq!(client.lines_read(&[b'x'; 60_000]), Err(Overloaded));
    client.request(client::Length::None);
    assert_eq!(clients.lock().held, 0);
}

#[test]
fn a_proxy_s_word_counts_and_nobody_else_s() {
    let clients = clients(10, 2, 100);
    let mut headers = HeaderMap::new();
    let name = actix_web::http::header::HeaderName::from_static("x-forwarded-for");
    headers.insert(name, "203.0.113.9".parse().unwrap());
    let proxy = Some(IpAddr::from([10, 0, 0, 1]));
    let first = clients.visitor(proxy, &headers).unwrap();
    let second = clients.visitor(proxy, &headers).unwrap();
    assert!(first.is_some() && second.is_some());
    assert!(clients.visitor(proxy, &headers).is_err());
    assert!(
        clients
            .visitor(Some(address(1)), &headers)
            .unwrap()
            .is_none()
    );
    drop(first);
    assert!(clients.visitor(proxy, &headers).is_ok());
    drop(second);
    assert!(clients.lock().addresses.is_empty());
}
