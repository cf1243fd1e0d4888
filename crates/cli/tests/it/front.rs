//! A reverse proxy of the test's own: it reads what is asked first on a connection, and decides.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy, copy_bidirectional, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What becomes of a connection.
pub(crate) enum Then {
    /// It is answered by the proxy itself.
    Say(String),
    /// It is carried to this address.
    Pass(SocketAddr),
}

pub(crate) struct Front {
    pub(crate) addr: SocketAddr,
    _tasks: JoinSet<()>,
}

impl Front {
    pub(crate) async fn start(decide: impl Fn(&str) -> Then + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let decide = Arc::new(decide);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut carried = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let decide = decide.clone();
                carried.spawn(async move { _ = carry(stream, &*decide).await });
            }
        });
        Self { addr, _tasks: tasks }
    }
}

async fn carry(mut stream: TcpStream, decide: &impl Fn(&str) -> Then) -> std::io::Result<()> {
    let mut first = [0; 4096];
    let read = stream.peek(&mut first).await?;
    match decide(&String::from_utf8_lossy(&first[..read])) {
        Then::Say(answer) => {
            stream.read_exact(&mut first[..read]).await?;
            stream.write_all(answer.as_bytes()).await?;
            // Until it is read: closing with something unread would reset it.
            copy(&mut stream, &mut sink()).await?;
        }
        Then::Pass(to) => {
            copy_bidirectional(&mut stream, &mut TcpStream::connect(to).await?).await?;
        }
    }
    Ok(())
}
