//! The page that a browser shows for a join link: what this is, and what to do.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::problem::Path;
use super::who::From as ClientAddress;
use crate::app::App;
use crate::auth::secret::Hash;

const PAGE: &str = include_str!("join.html");
const GONE: &str = include_str!("gone.html");

pub(super) async fn join(
    State(app): State<Arc<App>>,
    ClientAddress(from): ClientAddress,
    Path(code): Path<String>,
) -> Response {
    if app.may_try(from).is_err() {
        return html(StatusCode::TOO_MANY_REQUESTS, GONE.to_owned());
    }
    if app.store.invite(Hash::of_code(&code)).await.is_err() {
        app.note_failure(from);
        return html(StatusCode::NOT_FOUND, GONE.to_owned());
    }
    // Whatever else was hung onto it did not count when it was looked up.
    let code = code.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let link = app.link(code).to_string();
    // The link first: nobody chose it, so nothing in it is taken for a place to fill in.
    let page = PAGE.replace("{link}", &escape(&link)).replace("{space}", &escape(&app.space.name));
    html(StatusCode::OK, page)
}

fn html(status: StatusCode, page: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, page).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_name_becomes_markup() {
        assert_eq!(escape("<b onload='x'>\"&"), "&lt;b onload=&#39;x&#39;&gt;&quot;&amp;");
    }
}
