//! The PROXY protocol, versions 1 and 2: how a TCP proxy names the client.
//!
//! The proxy sends one header before all other bytes, TLS included. The specification says that the
//! receiver must be configured to expect it and must not guess, because a client could send one as
//! well. So connections from configured addresses must start with it, and others must not. Health
//! checks (`LOCAL`, `UNKNOWN`) name no client.
//!
//! <https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt>

use std::io;
use std::net::SocketAddr;

use proxy_header::{ParseConfig, ProxyHeader};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The signature of version 2. Version 1 starts with `PROXY ` and is longer than this.
const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// Maximum bytes of version 1, including the line end.
const TEXT_BYTES: usize = 107;
/// Maximum bytes of version 2. Addresses take 52 and TLS data some hundred; the format's 64 KiB are
/// never used.
const BINARY_BYTES: usize = 2048;
/// Bytes of the fixed part of version 2.
const FIXED: usize = 16;

/// Reads exactly the header. The client's address; none for the proxy's own connections and for
/// clients without an address.
///
/// # Errors
/// `InvalidData` for anything else, `UnexpectedEof` when it is incomplete.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<SocketAddr>> {
    let mut header = vec![0; SIGNATURE.len()];
    stream.read_exact(&mut header).await?;
    if header == SIGNATURE {
        binary(stream, &mut header).await?;
    } else if header.starts_with(b"PROXY ") {
        text(stream, &mut header).await?;
    } else {
        return Err(refused("it doesn't start with a PROXY header"));
    }
    let config = ParseConfig { include_tlvs: false, ..ParseConfig::default() };
    let (read, length) = ProxyHeader::parse(&header, config)
        .map_err(|error| refused(&format!("its PROXY header can't be read: {error}")))?;
    if length != header.len() {
        return Err(refused("its PROXY header is longer than it says"));
    }
    Ok(read.proxied_address().map(|addresses| addresses.source))
}

async fn binary(stream: &mut (impl AsyncRead + Unpin), header: &mut Vec<u8>) -> io::Result<()> {
    header.resize(FIXED, 0);
    stream.read_exact(header.get_mut(SIGNATURE.len()..).unwrap_or_default()).await?;
    let length = match header.as_slice() {
        [.., high, low] => usize::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    };
    if FIXED + length > BINARY_BYTES {
        return Err(refused("its PROXY header is too long"));
    }
    header.resize(FIXED + length, 0);
    stream.read_exact(header.get_mut(FIXED..).unwrap_or_default()).await?;
    Ok(())
}

/// Byte by byte, because the data after the line must not be read.
async fn text(stream: &mut (impl AsyncRead + Unpin), header: &mut Vec<u8>) -> io::Result<()> {
    while header.last() != Some(&b'\n') {
        if header.len() == TEXT_BYTES {
            return Err(refused("its PROXY header is too long"));
        }
        header.push(stream.read_u8().await?);
    }
    Ok(())
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FOUR: &[u8] = b"\x21\x11\x00\x0c\xc6\x33\x64\x07\x7f\x00\x00\x01\x12\x67\x12\x38";

    fn two(rest: &[u8]) -> Vec<u8> {
        [SIGNATURE, rest].concat()
    }

    async fn of(header: &[u8]) -> (io::Result<Option<SocketAddr>>, Vec<u8>) {
        let mut stream = header;
        (read(&mut stream).await, stream.to_vec())
    }

    #[tokio::test]
    async fn both_versions_name_the_client_and_leave_the_rest() {
        let mut six = vec![0x21, 0x21, 0, 36];
        six.extend([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
        six.extend([0; 16]);
        six.extend([0x12, 0x67, 0x12, 0x38]);
        let mut with_more = FOUR.to_vec();
        with_more[3] += 5;
        with_more.extend(b"\x04\x00\x02xx");
        for (header, client) in [
            (
                b"PROXY TCP4 198.51.100.7 127.0.0.1 4711 4664\r\n".to_vec(),
                Some("198.51.100.7:4711"),
            ),
            (b"PROXY TCP6 2001:db8::7 ::1 4711 4664\r\n".to_vec(), Some("[2001:db8::7]:4711")),
            (b"PROXY UNKNOWN\r\n".to_vec(), None),
            (two(FOUR), Some("198.51.100.7:4711")),
            (two(&six), Some("[2001:db8::7]:4711")),
            (two(&with_more), Some("198.51.100.7:4711")),
            // A proxy's own check.
            (two(b"\x20\x00\x00\x00"), None),
        ] {
            let (found, rest) = of(&[&header[..], b"GET / HTTP/1.1\r\n"].concat()).await;
            let expected = client.map(|client| client.parse().unwrap());
            assert_eq!(found.unwrap(), expected, "{header:?}");
            assert_eq!(rest, b"GET / HTTP/1.1\r\n");
        }
    }

    #[tokio::test]
    async fn what_is_no_header_is_refused() {
        let long = [b"PROXY TCP4 ", &b"1"[..].repeat(200)[..]].concat();
        for (header, kind) in [
            (&b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..], io::ErrorKind::InvalidData),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\x00", io::ErrorKind::InvalidData),
            (b"PROXY TCP4 198.51.100.7\r\n", io::ErrorKind::InvalidData),
            (&long, io::ErrorKind::InvalidData),
            (&two(b"\x21\x11\xff\xff"), io::ErrorKind::InvalidData),
            (&two(b"\x31\x11\x00\x00"), io::ErrorKind::InvalidData),
            (&two(b"\x21\x11\x00\x04\x01\x02\x03\x04"), io::ErrorKind::InvalidData),
            (b"", io::ErrorKind::UnexpectedEof),
            (b"PROXY TCP4 198.51", io::ErrorKind::UnexpectedEof),
            (&two(&FOUR[..9]), io::ErrorKind::UnexpectedEof),
        ] {
            let (found, _) = of(header).await;
            assert_eq!(found.map_err(|error| error.kind()), Err(kind), "{header:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_much(
            version in 0usize..3,
            rest in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let begin = [&b""[..], b"PROXY TCP4 ", SIGNATURE][version];
            let bytes = [begin, &rest].concat();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (found, left) = runtime.block_on(of(&bytes));
            let taken = bytes.len() - left.len();
            prop_assert!(taken <= BINARY_BYTES);
            if found.is_ok() {
                prop_assert!(taken > SIGNATURE.len());
            }
        }
    }
}
