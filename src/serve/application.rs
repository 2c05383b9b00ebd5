//! The route table and the operator's pages as services of actix-web.

use std::sync::Arc;

use actix_web::{
    HttpRequest, Resource, Route as Service, guard,
    http::{Method, header},
    web::{self, Payload, ServiceConfig},
};

use crate::{
    handler::Gateway,
    ops::operator::{Operator, Page},
    routes::{Auth, Route, Verb},
};

/// All rows of a table.
pub fn table(app: &mut ServiceConfig, table: &'static [Route], gateway: &Arc<Gateway>) {
    let mut paths: Vec<&'static str> = Vec::new();
    for route in table {
        if !paths.contains(&route.path) {
            paths.push(route.path);
            app.service(resource(table, route.path, gateway));
        }
    }
}

/// The operator's pages.
pub fn pages(app: &mut ServiceConfig, operator: &Arc<Operator>) {
    for page in Page::ALL {
        let showing = Arc::clone(operator);
        let shown = asked(Verb::Get).to(move |request: HttpRequest| {
            let operator = Arc::clone(&showing);
            async move { operator.page(page, &request).await }
        });
        let refused = refused(&operator.gateway, page.path(), Some("GET, HEAD".to_owned()));
        app.service(
            web::resource(page.path())
                .route(shown)
                .default_service(refused),
        );
    }
}

/// No such path, or, when methods are allowed on it, no such method.
pub fn refused(gateway: &Arc<Gateway>, path: &'static str, allowed: Option<String>) -> Service {
    let gateway = Arc::clone(gateway);
    web::to(move |request: HttpRequest, payload: Payload| {
        let (gateway, allowed) = (Arc::clone(&gateway), allowed.clone());
        async move { gateway.refuse(request, payload, path, allowed).await }
    })
}

/// All rows of one path, and the refusal of every other method.
fn resource(table: &'static [Route], path: &'static str, gateway: &Arc<Gateway>) -> Resource {
    let mut resource = web::resource(path);
    let (mut allowed, mut from_pages) = (Vec::new(), Vec::new());
    for route in table.iter().filter(|route| route.path == path) {
        let methods = route.verb.methods().iter().map(Method::as_str);
        allowed.extend(methods.clone());
        if route.auth == Auth::BuyerOrTicket {
            from_pages.extend(methods);
        }
        let gateway = Arc::clone(gateway);
        resource = resource.route(asked(route.verb).to(
            move |request: HttpRequest, payload: Payload| {
                let gateway = Arc::clone(&gateway);
                async move { gateway.serve(route, request, payload).await }
            },
        ));
    }
    if !from_pages.is_empty() {
        resource = resource.route(preflight(gateway, path, from_pages.join(", ")));
    }
    resource.default_service(refused(gateway, path, Some(allowed.join(", "))))
}

/// Requests with one of the methods that a row answers.
fn asked(verb: Verb) -> Service {
    web::route().guard(guard::fn_guard(move |request| {
        verb.methods().contains(&request.head().method)
    }))
}

/// What a browser asks before a script of a page may post.
fn preflight(gateway: &Arc<Gateway>, path: &'static str, methods: String) -> Service {
    let gateway = Arc::clone(gateway);
    web::method(Method::OPTIONS)
        .guard(guard::fn_guard(|request| {
            request.head().headers().contains_key(header::ORIGIN)
        }))
        .to(move |request: HttpRequest| {
            let (gateway, methods) = (Arc::clone(&gateway), methods.clone());
            async move { gateway.preflight(path, &methods, &request).await }
        })
}
