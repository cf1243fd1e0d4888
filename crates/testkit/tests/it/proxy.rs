use std::io::ErrorKind;
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use homing_testkit::Proxy;
use homing_testkit::proxy::{Cut, Flow};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

/// A server that sends back what it gets, and the proxy in front of it.
struct Echo {
    proxy: Proxy,
    _server: JoinSet<()>,
}

impl Echo {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Proxy::start(listener.local_addr().unwrap());
        let mut server = JoinSet::new();
        server.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                connections.spawn(async move {
                    let (mut from, mut to) = stream.split();
                    _ = tokio::io::copy(&mut from, &mut to).await;
                    _ = to.shutdown().await;
                });
            }
        });
        Self { proxy, _server: server }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.proxy.addr).await.unwrap()
    }

    /// A connection that is known to be carried on both sides.
    async fn warm(&self) -> TcpStream {
        let mut stream = self.connect().await;
        assert_eq!(say(&mut stream, b"warm").await, b"warm");
        stream
    }
}

async fn say(stream: &mut TcpStream, words: &[u8]) -> Vec<u8> {
    stream.write_all(words).await.unwrap();
    let mut answer = vec![0; words.len()];
    stream.read_exact(&mut answer).await.unwrap();
    answer
}

async fn is_silent(stream: &mut TcpStream) -> bool {
    let mut byte = [0];
    timeout(Duration::from_secs(60), stream.read(&mut byte)).await.is_err()
}

fn some<T>(value: u32) -> Option<T>
where
    T: TryFrom<NonZeroU32>,
{
    NonZeroU32::new(value).and_then(|value| value.try_into().ok())
}

#[tokio::test(start_paused = true)]
async fn it_carries_and_counts() {
    let echo = Echo::start().await;
    let mut stream = echo.connect().await;
    let words = vec![7; 300_000];
    let (mut from, mut to) = stream.split();
    let mut answer = Vec::new();
    let (written, read) = tokio::join!(
        async {
            to.write_all(&words).await?;
            to.shutdown().await
        },
        from.read_to_end(&mut answer),
    );
    written.unwrap();
    read.unwrap();
    assert_eq!(answer, words);
    echo.proxy.settled().await;
    let traffic = echo.proxy.traffic();
    assert_eq!((traffic.connections, traffic.open), (1, 0));
    assert_eq!((traffic.up, traffic.down), (300_000, 300_000));
}

#[tokio::test(start_paused = true)]
async fn a_reset_is_seen_as_one() {
    let echo = Echo::start().await;
    let mut stream = echo.warm().await;
    echo.proxy.cut(Cut::Reset).await;
    let error = stream.read_u8().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert_eq!(echo.proxy.traffic().open, 0);
    echo.warm().await;
}

#[tokio::test(start_paused = true)]
async fn a_finish_is_an_orderly_end() {
    let echo = Echo::start().await;
    let mut stream = echo.warm().await;
    let (cut, read) = tokio::join!(echo.proxy.cut(Cut::Finish), async {
        let end = stream.read(&mut [0; 8]).await;
        drop(stream);
        end
    });
    let () = cut;
    assert_eq!(read.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_cut_does_not_wait_for_who_is_back_already() {
    let echo = Echo::start().await;
    let mut old = echo.warm().await;
    let back = async {
        let mut new = echo.connect().await;
        assert_eq!(say(&mut new, b"back").await, b"back");
        assert_eq!(old.read(&mut [0; 8]).await.unwrap(), 0);
        drop(old);
        new
    };
    let cut = async { tokio::join!(echo.proxy.cut(Cut::Finish), back) };
    let ((), _new) = timeout(Duration::from_secs(60), cut).await.expect("it ends");
    assert_eq!(echo.proxy.traffic().open, 1);
}

#[tokio::test(start_paused = true)]
async fn offline_refuses_and_online_comes_back_on_the_same_port() {
    let echo = Echo::start().await;
    for _ in 0..20 {
        let mut stream = echo.warm().await;
        echo.proxy.offline().await;
        assert!(stream.read_u8().await.is_err());
        let error = TcpStream::connect(echo.proxy.addr).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        echo.proxy.online().await;
    }
    echo.warm().await;
}

#[tokio::test(start_paused = true)]
async fn the_port_stays_reserved_while_offline() {
    let echo = Echo::start().await;
    echo.proxy.offline().await;
    let taken = std::net::TcpListener::bind(echo.proxy.addr).unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AddrInUse);
    echo.proxy.online().await;
}

#[tokio::test(start_paused = true)]
async fn refusing_leaves_open_connections_alone() {
    let echo = Echo::start().await;
    let mut stream = echo.warm().await;
    echo.proxy.refuse().await;
    assert!(TcpStream::connect(echo.proxy.addr).await.is_err());
    assert_eq!(say(&mut stream, b"still here").await, b"still here");
}

#[tokio::test(start_paused = true)]
async fn silence_takes_everything_and_says_nothing() {
    let echo = Echo::start().await;
    let mut old = echo.warm().await;
    echo.proxy.silence();
    let mut new = echo.connect().await;
    for stream in [&mut old, &mut new] {
        stream.write_all(b"anybody?").await.unwrap();
        assert!(is_silent(stream).await);
    }
    let traffic = echo.proxy.traffic();
    assert_eq!((traffic.connections, traffic.open), (2, 2));
    assert_eq!((traffic.up, traffic.down), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_lost_bytes_never_speaks_again() {
    let echo = Echo::start().await;
    let mut hurt = echo.warm().await;
    let mut idle = echo.warm().await;
    echo.proxy.silence();
    hurt.write_all(b"lost").await.unwrap();
    assert!(is_silent(&mut hurt).await);
    echo.proxy.pass();
    hurt.write_all(b"more").await.unwrap();
    assert!(is_silent(&mut hurt).await);
    assert_eq!(say(&mut idle, b"unhurt").await, b"unhurt");
}

#[tokio::test(start_paused = true)]
async fn one_direction_can_be_silent() {
    for (up, delivered) in [(true, 0), (false, 4)] {
        let echo = Echo::start().await;
        let mut stream = echo.connect().await;
        if up {
            echo.proxy.up(|line| line.flow = Flow::Swallow);
        } else {
            echo.proxy.down(|line| line.flow = Flow::Swallow);
        }
        stream.write_all(b"ping").await.unwrap();
        assert!(is_silent(&mut stream).await);
        assert_eq!(echo.proxy.traffic().up, delivered, "up silent: {up}");
        assert_eq!(echo.proxy.traffic().down, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_silent_connection_is_not_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = Proxy::start(listener.local_addr().unwrap());
    let client = TcpStream::connect(proxy.addr).await.unwrap();
    let (mut server, _) = listener.accept().await.unwrap();
    proxy.silence();
    drop(client);
    assert!(is_silent(&mut server).await);
    proxy.cut(Cut::Reset).await;
    assert!(server.read_u8().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn what_was_held_arrives_whole_when_the_network_heals() {
    let echo = Echo::start().await;
    let mut stream = echo.warm().await;
    echo.proxy.both(|line| line.flow = Flow::Hold);
    stream.write_all(b"one ").await.unwrap();
    assert!(is_silent(&mut stream).await);
    stream.write_all(b"two").await.unwrap();
    echo.proxy.pass();
    let mut answer = [0; 7];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"one two");
}

#[tokio::test(start_paused = true)]
async fn latency_counts_each_way_and_does_not_limit_throughput() {
    let echo = Echo::start().await;
    let mut stream = echo.warm().await;
    echo.proxy.both(|line| line.latency = Duration::from_secs(2));
    let start = Instant::now();
    assert_eq!(say(&mut stream, b"there and back").await, b"there and back");
    assert_eq!(start.elapsed().as_secs(), 4);

    // Parcel after parcel, half a megabyte would take two minutes. A paused clock may jump while the
    // kernel still moves bytes, so there is room above the four seconds.
    let start = Instant::now();
    assert_eq!(say(&mut stream, &[1; 500_000]).await.len(), 500_000);
    let took = start.elapsed();
    assert!((4..40).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn jitter_is_drawn_from_the_seed_and_keeps_order() {
    let mut rounds = Vec::new();
    for seed in [1, 1, 2] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Proxy::seeded(listener.local_addr().unwrap(), seed);
        proxy.up(|line| line.jitter = Duration::from_secs(8));
        let mut client = TcpStream::connect(proxy.addr).await.unwrap();
        let (mut server, _) = listener.accept().await.unwrap();
        let mut times = Vec::new();
        for n in 0..10 {
            let start = Instant::now();
            client.write_u8(n).await.unwrap();
            assert_eq!(server.read_u8().await.unwrap(), n);
            times.push(start.elapsed().as_millis());
        }
        rounds.push(times);
    }
    assert!(rounds[0].iter().any(|took| *took > 1000), "{rounds:?}");
    assert_eq!(rounds[0], rounds[1]);
    assert_ne!(rounds[0], rounds[2]);
}

#[tokio::test(start_paused = true)]
async fn bandwidth_is_paced() {
    let echo = Echo::start().await;
    let mut stream = echo.warm().await;
    echo.proxy.up(|line| line.bytes_per_second = some(1000));
    let start = Instant::now();
    // The pace comes after a piece, so the first is early and the last is on time.
    for _ in 0..11 {
        say(&mut stream, &[1; 1000]).await;
    }
    let took = start.elapsed();
    assert!((10..12).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn slices_arrive_as_slices() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = Proxy::start(listener.local_addr().unwrap());
    proxy.up(|line| line.slice = NonZeroUsize::new(1));
    let mut client = TcpStream::connect(proxy.addr).await.unwrap();
    let (mut server, _) = listener.accept().await.unwrap();
    client.write_all(&[9; 64]).await.unwrap();
    let mut reads = 0;
    let mut bytes = 0;
    while bytes < 64 {
        bytes += server.read(&mut [0; 64]).await.unwrap();
        reads += 1;
    }
    assert!(reads > 32, "{reads} reads for 64 slices");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_away_resets_the_client() {
    let nobody: SocketAddr = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let proxy = Proxy::start(nobody);
    let mut stream = TcpStream::connect(proxy.addr).await.unwrap();
    assert!(stream.read_u8().await.is_err());
    proxy.settled().await;
}

#[tokio::test(start_paused = true)]
async fn the_last_handle_stops_it() {
    let echo = Echo::start().await;
    let mut stream = echo.warm().await;
    let addr = echo.proxy.addr;
    let other = echo.proxy.clone();
    drop(echo);
    assert!(TcpStream::connect(addr).await.is_ok());
    drop(other);
    assert!(stream.read_u8().await.is_err());
    while TcpStream::connect(addr).await.is_ok() {
        tokio::task::yield_now().await;
    }
}
