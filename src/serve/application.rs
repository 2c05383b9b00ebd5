//! The route table and the operator's pages as services of actix-web.

use std::sync::Arc;

use actix_web::{
    HttpRequest, Resource, Route as Service,
    dev::RequestHead,
    guard,
    http::{Method, header},
    web::{self, Payload, ServiceConfig},
};

use crate::{
    handler::Gateway,
    ops::operator::{Operator, Page},
    request::body::form_fields,
    routes::{Auth, OPERATOR, Route, Verb},
};

/// All rows of a table; there is nothing at other addresses.
pub fn table(app: &mut ServiceConfig, table: &'static [Route], gateway: &Arc<Gateway>) {
    let mut paths: Vec<&'static str> = Vec::new();
    for route in table {
        if !paths.contains(&route.path) {
            paths.push(route.path);
            app.service(resource(table, route.path, gateway));
        }
    }
    app.default_service(refused(gateway, "-", None));
}

/// The operator's pages, and the rows of the operator's table.
pub fn pages(app: &mut ServiceConfig, operator: &Arc<Operator>) {
    for page in Page::ALL {
        let showing = Arc::clone(operator);
        let shown = asked(Verb::Get)
            .to(move |request: HttpRequest| Arc::clone(&showing).page(page, request));
        let refused = refused(&operator.gateway, page.path(), Some("GET, HEAD".to_owned()));
        app.service(
            web::resource(page.path())
                .route(shown)
                .default_service(refused),
        );
    }
    table(app, OPERATOR, &operator.gateway);
}

/// No such path, or, when methods are allowed on it, no such method.
fn refused(gateway: &Arc<Gateway>, path: &'static str, allowed: Option<String>) -> Service {
    let gateway = Arc::clone(gateway);
    web::to(move |request: HttpRequest, payload: Payload| {
        Arc::clone(&gateway).refuse(request, payload, path, allowed.clone())
    })
}

/// All rows of one path, and the refusal of every other method.
fn resource(table: &'static [Route], path: &'static str, gateway: &Arc<Gateway>) -> Resource {
    let mut resource = web::resource(path);
    let (mut allowed, mut from_pages) = (Vec::new(), Vec::new());
    for route in table.iter().filter(|route| route.path == path) {
        let methods = route.verb.methods().iter().map(Method::as_str);
        if route.auth == Auth::BuyerOrTicket {
            from_pages.extend(methods.clone());
        }
        for method in methods {
            if !allowed.contains(&method) {
                allowed.push(method);
            }
        }
        let gateway = Arc::clone(gateway);
        let mut service = asked(route.verb);
        if let Some(name) = route.given {
            service = service.guard(guard::fn_guard(move |request| {
                has_in_query(request.head(), name)
            }));
        }
        resource = resource.route(service.to(move |request: HttpRequest, payload: Payload| {
            Arc::clone(&gateway).serve(route, request, payload)
        }));
    }
    if !from_pages.is_empty() {
        resource = resource.route(preflight(gateway, path, from_pages.join(", ")));
    }
    resource.default_service(refused(gateway, path, Some(allowed.join(", "))))
}

/// Whether this name is in the query, with any value. A query that cannot be read has no names: the row that answers then
/// says what is wrong with it.
fn has_in_query(request: &RequestHead, name: &str) -> bool {
    let query = request.uri.query().unwrap_or_default();
    form_fields(query.as_bytes()).is_ok_and(|fields| fields.get(name).is_some())
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
            Arc::clone(&gateway).preflight(path, methods.clone(), request)
        })
}
