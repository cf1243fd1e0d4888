//! The pages for browsers: what this server is, where to get the app, and how to open an
//! invitation.
//!
//! `/` is for whoever typed the address. `/join` is the target of a join link; its code is in the
//! fragment, which browsers don't send. So the page is the same for every code: neither the page
//! nor a log can leak one, and there is nothing to guess. Without a script the page can't read the
//! code either, so it can't offer the link in our own scheme and says what to copy.
//!
//! The pages are only sent to who accepts HTML. For others these addresses don't exist.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::no_such_address;
use super::problem::ApiError;
use crate::app::App;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
/// Where to get the app.
const APP: &str = env!("CARGO_PKG_REPOSITORY");

/// Allows only our own style, by its hash.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
});

/// The text of a page in one language, as HTML.
struct PageText {
    title: &'static str,
    text: &'static str,
}

const HOME: [PageText; 2] = [
    PageText {
        title: "{space}",
        text: "<p>This is the server of {space}, a team chat on Homing. Open it with the Homing app.</p>\n\
               <ol>\n\
               <li>Get Homing: <a href=\"{app}\">{app}</a></li>\n\
               <li>Open it and paste the invitation you were sent, or sign in if you’re already a \
               member.</li>\n\
               </ol>\n\
               <p class=\"note\">No invitation? Ask someone in {space} for one.</p>",
    },
    PageText {
        title: "{space}",
        text: "<p>这里是 {space} 的服务器，{space} 使用 Homing 进行团队聊天。请用 Homing 应用打开。</p>\n\
               <ol>\n\
               <li>获取 Homing：<a href=\"{app}\">{app}</a></li>\n\
               <li>打开应用，粘贴收到的邀请；已是成员则直接登录。</li>\n\
               </ol>\n\
               <p class=\"note\">没有邀请？请向 {space} 的成员索取。</p>",
    },
];

const JOIN: [PageText; 2] = [
    PageText {
        title: "You’re invited to {space}",
        text: "<p>{space} is a team chat on Homing.</p>\n\
               <ol>\n\
               <li>Get Homing: <a href=\"{app}\">{app}</a></li>\n\
               <li>Copy this page’s whole address from the address bar, including everything after \
               the #.</li>\n\
               <li>Open Homing. It offers to join with the link you copied; if it doesn’t, paste the \
               link.</li>\n\
               </ol>\n\
               <p class=\"note\">Anyone with this address can join.</p>",
    },
    PageText {
        title: "你已受邀加入 {space}",
        text: "<p>{space} 使用 Homing 进行团队聊天。</p>\n\
               <ol>\n\
               <li>获取 Homing：<a href=\"{app}\">{app}</a></li>\n\
               <li>从地址栏复制本页的完整地址，包括 # 之后的全部内容。</li>\n\
               <li>打开 Homing，它会询问是否用复制的链接加入；如未询问，请粘贴链接。</li>\n\
               </ol>\n\
               <p class=\"note\">任何人拿到此地址都能加入。</p>",
    },
];

pub(super) async fn home(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    page(&app, &headers, &HOME).await
}

pub(super) async fn join(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    page(&app, &headers, &JOIN).await
}

async fn page(app: &App, headers: &HeaderMap, [english, chinese]: &[PageText; 2]) -> Response {
    if !text_of(headers, &ACCEPT).contains("text/html") {
        return no_such_address().await.into_response();
    }
    let (lang, words) = match Language::wanted(&text_of(headers, &ACCEPT_LANGUAGE)) {
        Language::English => ("en", english),
        Language::Chinese => ("zh-CN", chinese),
    };
    let space = match app.store.space().await {
        Ok(space) => space.name,
        Err(error) => return ApiError::from(error).into_response(),
    };
    // The space's name is inserted last, so that placeholders in it are not replaced.
    let html = PAGE
        .replace("{lang}", lang)
        .replace("{style}", STYLE)
        .replace("{title}", words.title)
        .replace("{text}", words.text)
        .replace("{app}", APP)
        .replace("{space}", &escape(&space));
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY.as_str()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (VARY, "accept, accept-language"),
    ];
    (StatusCode::OK, headers, html).into_response()
}

/// All values of a header, joined and in lower case. Values that are not text are left out.
fn text_of(headers: &HeaderMap, name: &HeaderName) -> String {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.collect::<Vec<_>>().join(",").to_ascii_lowercase()
}

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    English,
    Chinese,
}

impl Language {
    /// The preferred language (<https://www.rfc-editor.org/rfc/rfc9110#name-accept-language>), or
    /// English.
    fn wanted(accept: &str) -> Self {
        let mut best = (0.0, Self::English);
        for wish in accept.split(',') {
            let (tag, weight) = wish.split_once(';').unwrap_or((wish, ""));
            let weight = weight.trim().strip_prefix("q=");
            let weight = weight.map_or(1.0, |weight| weight.trim().parse().unwrap_or(0.0));
            let language = match tag.trim().split('-').next() {
                Some("en") => Self::English,
                Some("zh") => Self::Chinese,
                _ => continue,
            };
            // Of equal weights the first wins.
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }
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

    #[test]
    fn a_reader_gets_the_language_that_they_like_best() {
        use Language::{Chinese, English};
        for (accept, language) in [
            ("", English),
            ("zh-cn", Chinese),
            ("zh", Chinese),
            ("en-us,en;q=0.9,zh-cn;q=0.8", English),
            ("en;q=0.5, zh-cn;q=0.8", Chinese),
            ("de-de,de;q=0.9,zh-cn;q=0.5,en;q=0.3", Chinese),
            ("fr,*;q=0.1", English),
            ("zh;q=0, en;q=0.1", English),
            ("zh;q=much,en;q=0.1", English),
            ("zh;q=nan", English),
        ] {
            assert_eq!(Language::wanted(accept), language, "{accept}");
        }
    }
}
