//! Each is visited without the silence, which `cargo xtask proxies` adds.

use homing_proxies::forward::Forward;
use homing_proxies::programs::Programs;
use homing_proxies::reverse::Reverse;
use homing_proxies::visit::{Place, visit};

async fn goes_well(place: Place) {
    let programs = Programs::build().await.unwrap();
    let seen = visit(&programs, place, None).await.unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(seen.faults(), Vec::<String>::new(), "{place}: {seen:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_nginx() {
    goes_well(Place::Behind(Reverse::Nginx)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_caddy() {
    goes_well(Place::Behind(Reverse::Caddy)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_apache() {
    goes_well(Place::Behind(Reverse::Apache)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_haproxy() {
    goes_well(Place::Behind(Reverse::Haproxy)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_haproxy_in_mode_tcp() {
    goes_well(Place::Behind(Reverse::HaproxyTcp)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_lighttpd() {
    goes_well(Place::Behind(Reverse::Lighttpd)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_varnish() {
    goes_well(Place::Behind(Reverse::Varnish)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_stunnel() {
    goes_well(Place::Behind(Reverse::Stunnel)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_sslh() {
    goes_well(Place::Behind(Reverse::Sslh)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn through_squid() {
    goes_well(Place::Through(Forward::Squid)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn through_tinyproxy() {
    goes_well(Place::Through(Forward::Tinyproxy)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn through_privoxy() {
    goes_well(Place::Through(Forward::Privoxy)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn through_dante() {
    goes_well(Place::Through(Forward::Dante)).await;
}
