//! Connects to the first of several addresses that responds (RFC 8305, "Happy Eyeballs").
//!
//! An address that drops packets, because of a broken IPv6 route or a firewall, delays the
//! connection by a quarter of a second and does not prevent it. The address families alternate,
//! starting with the one that the resolver put first. Slower attempts are dropped.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep_until, timeout};

use super::connector::ConnectProgress;

/// The delay before the next attempt: RFC 8305, section 5, recommends 250 ms.
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);
/// The timeout of one address. Linux repeats a SYN after 1, 3 and 7 s, and the last of these has
/// one second for its answer; the whole attempt has fifteen.
const ADDRESS_TIMEOUT: Duration = Duration::from_secs(8);

/// Connects to the first address that responds. Returns the stream and the address.
///
/// # Errors
/// The last failure, if all attempts fail.
pub(super) async fn connect<T, F>(
    addresses: Vec<SocketAddr>,
    dial: impl Fn(SocketAddr) -> F,
    tell: impl Fn(ConnectProgress),
) -> io::Result<(T, SocketAddr)>
where
    F: Future<Output = io::Result<T>>,
{
    let missed = |address, error: String| tell(ConnectProgress::AddressFailed { address, error });
    let mut waiting = interleave(addresses);
    let mut asked: Vec<(SocketAddr, Instant)> = Vec::new();
    let mut tries = FuturesUnordered::new();
    let mut next = Instant::now();
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    loop {
        tokio::select! {
            // A result that is here counts before another attempt is started.
            biased;
            Some((address, tried)) = tries.next(), if !tries.is_empty() => match tried {
                Ok(stream) => {
                    // The earlier addresses that did not respond are the reason for the delay.
                    let before = asked.iter().take_while(|(one, _)| *one != address);
                    for (silent, since) in before {
                        missed(*silent, format!("no answer within {:?}", since.elapsed()));
                    }
                    return Ok((stream, address));
                }
                Err(error) => {
                    let error: io::Error = error;
                    asked.retain(|(one, _)| *one != address);
                    missed(address, error.to_string());
                    last = error;
                    // This address has failed, so the next one need not wait.
                    next = Instant::now();
                }
            },
            () = sleep_until(next), if !waiting.is_empty() => {
                if let Some(address) = waiting.pop_front() {
                    let now = Instant::now();
                    asked.push((address, now));
                    next = now + ATTEMPT_DELAY;
                    let dialled = dial(address);
                    tries.push(async move {
                        let tried: io::Result<T> = timeout(ADDRESS_TIMEOUT, dialled)
                            .await
                            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
                        (address, tried)
                    });
                }
            }
            else => return Err(last),
        }
    }
}

/// Alternates the address families, each in the resolver's order (RFC 8305, section 4).
fn interleave(addresses: Vec<SocketAddr>) -> VecDeque<SocketAddr> {
    let preferred = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut one, mut other): (VecDeque<_>, VecDeque<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == preferred);
    let mut turns = VecDeque::with_capacity(one.len() + other.len());
    while !one.is_empty() || !other.is_empty() {
        turns.extend(one.pop_front());
        turns.extend(other.pop_front());
    }
    turns
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn v4(last: u8) -> SocketAddr {
        ([192, 0, 2, last], 4664).into()
    }

    fn v6(last: u16) -> SocketAddr {
        ([0x2001, 0xdb8, 0, 0, 0, 0, 0, last], 4664).into()
    }

    /// What each address does: nothing, fail after a delay, or answer after a delay.
    #[derive(Clone, Copy)]
    enum Does {
        Swallows,
        Refuses(u64),
        Answers(u64),
    }

    /// The winner and its time in milliseconds; when each address was tried; which failures were
    /// reported.
    type Raced = (io::Result<SocketAddr>, u128, Vec<(SocketAddr, u128)>, Vec<SocketAddr>);

    async fn race(script: &[(SocketAddr, Does)]) -> Raced {
        let start = Instant::now();
        let (asked, missed) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        let dial = |address: SocketAddr| {
            asked.lock().unwrap().push((address, start.elapsed().as_millis()));
            let (_, does) = script.iter().find(|(one, _)| *one == address).unwrap();
            let does = *does;
            async move {
                match does {
                    Does::Swallows => std::future::pending().await,
                    Does::Refuses(ms) => {
                        tokio::time::sleep(Duration::from_millis(ms)).await;
                        Err(io::ErrorKind::ConnectionRefused.into())
                    }
                    Does::Answers(ms) => {
                        tokio::time::sleep(Duration::from_millis(ms)).await;
                        Ok(())
                    }
                }
            }
        };
        let tell = |progress| {
            if let ConnectProgress::AddressFailed { address, .. } = progress {
                missed.lock().unwrap().push(address);
            }
        };
        let addresses = script.iter().map(|(address, _)| *address).collect();
        let found = connect(addresses, dial, tell).await.map(|((), address)| address);
        let took = start.elapsed().as_millis();
        (found, took, asked.into_inner().unwrap(), missed.into_inner().unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_swallows_packets_costs_a_quarter_of_a_second() {
        let script = [(v6(1), Does::Swallows), (v4(1), Does::Answers(30))];
        let (found, took, asked, missed) = race(&script).await;
        assert_eq!(found.unwrap(), v4(1));
        assert!((280..=282).contains(&took), "{took}");
        assert!(asked[0] == (v6(1), 0) && (250..=251).contains(&asked[1].1), "{asked:?}");
        assert_eq!(missed, [v6(1)], "it is said whose silence that was");
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_refuses_is_not_waited_for() {
        let script =
            [(v4(1), Does::Refuses(10)), (v4(2), Does::Refuses(10)), (v4(3), Does::Answers(5))];
        let (found, took, _, missed) = race(&script).await;
        assert_eq!(found.unwrap(), v4(3));
        assert!((25..=30).contains(&took), "{took}");
        assert_eq!(missed, [v4(1), v4(2)]);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_answers_first_is_taken_also_when_asked_earlier() {
        let script = [(v6(1), Does::Answers(300)), (v4(1), Does::Answers(200))];
        let (found, took, _, missed) = race(&script).await;
        assert_eq!(found.unwrap(), v6(1));
        assert!((300..=305).contains(&took), "{took}");
        assert_eq!(missed, []);
    }

    #[tokio::test(start_paused = true)]
    async fn when_all_are_silent_each_has_its_own_time() {
        let script = [(v6(1), Does::Swallows), (v4(1), Does::Swallows), (v6(2), Does::Swallows)];
        let (found, took, asked, missed) = race(&script).await;
        assert_eq!(found.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(
            asked.iter().map(|(address, _)| *address).collect::<Vec<_>>(),
            [v6(1), v4(1), v6(2)]
        );
        assert_eq!(missed.len(), 3);
        assert!((8500..=8510).contains(&took), "{took}");
        assert!(race(&[]).await.0.is_err());
    }

    #[test]
    fn families_take_turns_from_the_one_that_comes_first() {
        assert_eq!(
            interleave(vec![v6(1), v6(2), v6(3), v4(1), v4(2)]),
            [v6(1), v4(1), v6(2), v4(2), v6(3)]
        );
        assert_eq!(interleave(vec![v4(1), v6(1), v6(2)]), [v4(1), v6(1), v6(2)]);
        assert_eq!(interleave(vec![v4(1), v4(2)]), [v4(1), v4(2)]);
    }
}
