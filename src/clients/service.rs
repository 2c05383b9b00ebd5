//! The HTTP server around an application: each connection has its place and is watched, each request and answer is
//! told to its connection.

use std::{
    fmt,
    future::{Future, ready},
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

use actix_http::{HttpService, KeepAlive, Request, Response};
use actix_service::{IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt, map_config};
use actix_web::{
    Error, HttpMessage, HttpRequest, Responder,
    body::{BodySize, BoxBody, MessageBody},
    dev::{AppConfig, Payload, ServiceRequest, ServiceResponse},
    http::{ConnectionType, header},
    web::Bytes,
};
use futures_util::future::Either;
use socket2::SockRef;
use tokio::{net::TcpStream, runtime::Handle};
use tokio_util::sync::CancellationToken;

use super::{
    Client, Clients, Visitor,
    client::{LINGER, Length},
    server::Server,
    stream::Stream,
};
use crate::{
    database::admission::Line,
    errors::GatewayError,
    handler::{Gateway, life},
    response::answer::Audience,
};

/// How many connections may have been taken without having a place yet, or be closed without being gone.
pub const IN_BETWEEN: usize = 64;

/// Bytes of an answer that the system keeps until its client takes them. It doubles this for its own needs, and comes
/// to what it begins with; what it would grow to is megabytes, for each client that reads nothing.
const UNTAKEN: usize = 8 * 1024;

/// Serves an application on an address, by these workers, until the server is stopped.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn listen<F, I, S, B>(
    clients: &Arc<Clients>,
    address: SocketAddr,
    workers: &[Handle],
    application: F,
) -> std::io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    <S::Service as Service<Request>>::Future: 'static,
    S::Service: 'static,
    B: MessageBody + 'static,
{
    let most = clients.limits.connections + IN_BETWEEN;
    let clients = Arc::clone(clients);
    let stop = CancellationToken::new();
    let stopping = stop.clone();
    let make = async move || {
        let application = application()
            .into_factory()
            .map_err(|error| error.into().error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || stopping.clone().cancelled_owned())
            // Idle connections have their limit elsewhere.
            .keep_alive(KeepAlive::Os)
            .client_request_timeout(clients.limits.head)
            .client_disconnect_timeout(LINGER)
            .on_connect_ext(|stream: &Stream, data| {
                data.insert(Rc::clone(stream.client()));
            })
            .h1(map_config(application, |()| AppConfig::default()));
        let http = http.new_service(()).await;
        let http = http.map_err(|()| log::error!("the HTTP service cannot be made"));
        let http = http.ok()?;
        Some(move |io: TcpStream| {
            let peer = io.peer_addr().ok();
            // What a client does not take stays here: a page or two.
            drop(SockRef::from(&io).set_send_buffer_size(UNTAKEN));
            let seat = peer.and_then(|peer| clients.seat(peer.ip()));
            let connection = seat.map(|seat| {
                let client = Rc::new(Client::new(seat));
                let stream = Stream::new(io, Rc::clone(&client));
                client.watch(call(&http, (stream, peer)))
            });
            async move {
                if let Some(connection) = connection {
                    // What ended it is of no interest: clients come and go.
                    drop(connection.await);
                }
            }
        })
    };
    Server::start(address, workers, most, stop, make).await
}

fn call<S: Service<R>, R>(service: &S, request: R) -> S::Future {
    service.call(request)
}

/// Lets the application answer a request, and tells its connection where it is.
pub fn answer<S>(
    gateway: &Gateway,
    clients: &Arc<Clients>,
    mut request: ServiceRequest,
    application: &S,
) -> impl Future<Output = Result<ServiceResponse<Answer>, Error>> + use<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    let client = request.request().conn_data::<Rc<Client>>().cloned();
    let length = body_length(&mut request);
    if let Some(client) = &client {
        client.request(length);
    }
    let peer = request.request().peer_addr().map(|peer| peer.ip());
    let (visitor, answered) = match clients.visitor(peer, request.headers()) {
        Ok(visitor) => (visitor, Either::Left(application.call(request))),
        Err(_) => {
            let problem = gateway.problem(GatewayError::Overloaded, "", "");
            let reply = life::told(request.request(), &Audience::Program, &problem);
            let response = reply.respond_to(request.request());
            let response = request.into_response(response);
            (None, Either::Right(ready(Ok(response))))
        }
    };
    async move {
        let mut response = answered.await?;
        if client.as_ref().is_some_and(|client| client.answer()) {
            let head = response.response_mut().head_mut();
            head.set_connection_type(ConnectionType::Close);
        }
        Ok(response.map_body(|_, body| Answer {
            body,
            client,
            _visitor: visitor,
        }))
    }
}

/// In which line a request of somebody unknown waits: that of the address that asks.
pub fn line(request: &HttpRequest) -> Line {
    let client = request.conn_data::<Rc<Client>>().zip(request.peer_addr());
    let asking = client.map(|(client, peer)| {
        let clients = client.seat().clients();
        clients.asking(peer.ip(), request.headers())
    });
    Line::Stranger(asking.unwrap_or(Ipv4Addr::UNSPECIFIED.into()))
}

fn body_length(request: &mut ServiceRequest) -> Length {
    let payload = request.take_payload();
    let none = matches!(payload, Payload::None);
    request.set_payload(payload);
    if none {
        return Length::None;
    }
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
    match (request.chunked(), length) {
        (Ok(false), Some(0)) => Length::None,
        (Ok(false), Some(length)) => Length::Bytes(length),
        _ => Length::Open,
    }
}

/// The body of an answer; when it is dropped, everything of it has been handed over to be written.
pub struct Answer {
    body: BoxBody,
    client: Option<Rc<Client>>,
    _visitor: Option<Visitor>,
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Some(client) = &self.client {
            client.answered();
        }
    }
}

impl MessageBody for Answer {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
