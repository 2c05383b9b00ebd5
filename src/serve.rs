//! `jumun serve`: puts the parts together, runs them, and stops them in order.
//!
//! Order of stopping: say no in /ready, stop accepting, answer what is under way, wait for calls that outlived
//! their request, close connections. The operator address goes last, so that the whole of it can be watched.

mod application;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::{
    App,
    dev::ServiceRequest,
    middleware::{Next, from_fn},
    web::ServiceConfig,
};
use anyhow::Context;
use mysql_async::{Opts, OptsBuilder};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use self::application::{pages, table};
use crate::{
    auth::{identity::Access, keys::ShopKeys},
    call::{self, Caller, Room},
    clients::{self, Answer, Clients, Limits, Networks, Server, workers::Workers},
    config::ServeArgs,
    database::{connect, pool::Connections},
    errors::Catalogue,
    handler::Gateway,
    ops::{
        jobs, metrics::Metrics, operator::Operator, readiness::Readiness, refresh,
        shop_figures::ShopFigures,
    },
    routes::PUBLIC,
};

/// Connections to the operator address: of operators and of whoever asks for health and metrics.
const OPERATOR_CONNECTIONS: usize = 64;

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// When the configuration is wrong or an address cannot be listened on. A database that is away is no error.
pub async fn run(args: ServeArgs) -> anyhow::Result<()> {
    anyhow::ensure!(
        !args.operator_key.trim().is_empty(),
        "JUMUN_OPERATOR_KEY is empty"
    );
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let public_options = options(&args, &args.database_url, "JUMUN_DATABASE_URL")?;
    let operator_options = options(
        &args,
        &args.operator_database_url,
        "JUMUN_OPERATOR_DATABASE_URL",
    )?;
    let catalogue = Arc::new(Catalogue::default());
    let figures = ShopFigures::default();
    let metrics = Arc::new(Metrics::new(figures.clone()));
    let stopping = Arc::new(AtomicBool::new(false));
    // Operators have a worker of their own: whatever the others are at, it is there.
    let workers = Workers::start("worker", usize::from(args.workers))?;
    let operator_worker = Workers::start("operator", 1)?;
    let room = Room {
        queue: args.queue,
        wait: args.queue_wait(),
    };
    let caller = |options: &OptsBuilder, size, workers: &Workers| {
        let known = Arc::clone(&catalogue);
        let connections = Connections::new(options, size, workers.handles(), known)?;
        let (catalogue, metrics) = (Arc::clone(&catalogue), Arc::clone(&metrics));
        let caller = Caller::new(connections, room, limits(&args), catalogue, metrics);
        anyhow::Ok(caller)
    };
    let public_caller = caller(&public_options, args.pool_size, &workers)?;
    let operator_caller = caller(&operator_options, args.operator_pool_size, &operator_worker)?;
    let gateway = |caller: &Caller, access| Gateway {
        caller: caller.clone(),
        access: Arc::new(access),
        catalogue: Arc::clone(&catalogue),
        metrics: Arc::clone(&metrics),
        body_limit: args.body_limit,
        stopping: Arc::clone(&stopping),
    };
    let public = Arc::new(gateway(&public_caller, Access::Shops(ShopKeys::default())));
    let operator = Arc::new(Operator {
        gateway: Arc::new(gateway(
            &operator_caller,
            Access::Operator(args.operator_key.clone()),
        )),
        public: public_caller.clone(),
        figures,
        readiness: Readiness::new(
            Opts::from(public_options),
            Opts::from(operator_options),
            Arc::clone(&catalogue),
        ),
    });

    let stop = CancellationToken::new();
    let mut background = vec![
        tokio::spawn(refresh::keep_catalogue(
            Arc::clone(&catalogue),
            public_caller.clone(),
            stop.clone(),
        )),
        tokio::spawn(refresh::keep_keys(
            Arc::clone(&public.access),
            public_caller.clone(),
            stop.clone(),
        )),
    ];
    if args.jobs {
        background.push(tokio::spawn(jobs::run(
            public_caller.clone(),
            Arc::clone(&metrics),
            stop.clone(),
        )));
    }
    let (public_clients, operator_clients) = clients_of(&args, &metrics)?;
    let gateway = Arc::clone(&public);
    let services = move |app: &mut ServiceConfig| table(app, PUBLIC, &gateway);
    let public_server = listen(args.listen, &workers, public, &public_clients, services).await?;
    let gateway = Arc::clone(&operator.gateway);
    let services = move |app: &mut ServiceConfig| pages(app, &operator);
    let (address, clients) = (args.operator_listen, &operator_clients);
    let operator_server = listen(address, &operator_worker, gateway, clients, services).await?;
    log::info!(
        "serving on {}, operators on {}",
        args.listen,
        args.operator_listen
    );

    tokio::select! {
        _ = interrupted.recv() => log::info!("interrupted, stopping"),
        _ = terminated.recv() => log::info!("terminated, stopping"),
    }
    stopping.store(true, Ordering::Relaxed);
    sleep(Duration::from_millis(args.drain_ms)).await;
    stop.cancel();
    public_server.stop(args.stop_limit()).await;
    for task in background {
        task.await?;
    }
    public_caller.close(args.stop_limit()).await;
    operator_server.stop(args.stop_limit()).await;
    operator_caller.close(args.stop_limit()).await;
    log::info!("stopped");
    Ok(())
}

fn options(args: &ServeArgs, url: &str, what: &str) -> anyhow::Result<OptsBuilder> {
    let options = connect::read_url(url, what)?;
    connect::session_options(options, args.database_ca.as_deref(), args.lock_wait_seconds)
}

fn limits(args: &ServeArgs) -> call::Limits {
    call::Limits {
        deadline: Duration::from_millis(args.deadline_ms),
        abandon: Duration::from_millis(args.abandon_ms),
        failover: Duration::from_millis(args.failover_ms),
    }
}

/// The clients of both addresses. Those of operators are others, so that nobody can keep operators out.
fn clients_of(
    args: &ServeArgs,
    metrics: &Arc<Metrics>,
) -> anyhow::Result<(Arc<Clients>, Arc<Clients>)> {
    let trusted = Networks(args.trusted_proxies.clone());
    let limits = args.client_limits();
    // A connection that is given up may still be open when its successor is.
    let database = 2 * usize::from(args.pool_size + args.operator_pool_size);
    let connections = clients::fit(limits.connections, database + OPERATOR_CONNECTIONS)?;
    let public = Limits {
        connections,
        ..limits
    };
    let operator = Limits {
        connections: OPERATOR_CONNECTIONS,
        ..limits
    };
    let of = |name, limits| Clients::new(name, limits, trusted.clone(), Arc::clone(metrics));
    Ok((of("public", public), of("operator", operator)))
}

/// Listens on an address. Around what `services` has for it are two layers: the life of each request, and in it the
/// clients' places.
async fn listen(
    address: SocketAddr,
    workers: &Workers,
    gateway: Arc<Gateway>,
    clients: &Arc<Clients>,
    services: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> anyhow::Result<Server> {
    let guarding = Arc::clone(clients);
    let server = clients::listen(clients, address, workers.handles(), move || {
        let (living, watched) = (Arc::clone(&gateway), Arc::clone(&gateway));
        let clients = Arc::clone(&guarding);
        let life = from_fn(move |request: ServiceRequest, next: Next<Answer>| {
            Arc::clone(&living).attend(request, next)
        });
        App::new()
            .configure(&services)
            .wrap_fn(move |request, next| clients::answer(&watched, &clients, request, next))
            .wrap(life)
    })
    .await;
    server.with_context(|| format!("cannot listen on {address}"))
}
