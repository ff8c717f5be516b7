//! The TCP connection below an SSH connection, which ddt makes and hands to ssh.
//!
//! ssh leaves Nagle's algorithm on until it has logged in: a small message waits until the one
//! before it is acknowledged (RFC 896), and the other end puts that off (RFC 1122, 4.2.3.2), on
//! Linux for 40 ms.

use std::io;
use std::net::TcpStream;
use std::time::Duration;

use tokio::time::timeout;

use super::super::NodeError;
use super::target::SshTarget;

/// Connects to a machine, within so many seconds.
pub(super) async fn connect(target: &SshTarget, seconds: u16) -> Result<TcpStream, NodeError> {
    let patience = Duration::from_secs(seconds.into());
    let connected = timeout(patience, open(target)).await;
    let connected = connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    connected.map_err(|error| {
        let SshTarget { address, port, .. } = target;
        NodeError::Unreachable(format!("{address} port {port}: {error}"))
    })
}

async fn open(target: &SshTarget) -> io::Result<TcpStream> {
    let place = (target.address.as_str(), target.port);
    let stream = tokio::net::TcpStream::connect(place).await?;
    stream.set_nodelay(true)?;
    let stream = stream.into_std()?;
    stream.set_nonblocking(false)?;
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn target(listener: &TcpListener) -> SshTarget {
        let address = listener.local_addr().expect("an address");
        let mut target = SshTarget::new(address.ip().to_string(), "root");
        target.port = address.port();
        target
    }

    #[tokio::test]
    async fn what_is_small_is_sent_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let wire = connect(&target(&listener), 10).await.expect("connected");
        assert!(wire.nodelay().expect("an option"));
    }

    #[tokio::test]
    async fn a_machine_that_does_not_listen_is_named() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let target = target(&listener);
        drop(listener);
        let error = connect(&target, 10).await.expect_err("nobody listens");
        let said = error.to_string().replace(&target.port.to_string(), "PORT");
        insta::assert_snapshot!(
            said,
            @"cannot be reached: 127.0.0.1 port PORT: Connection refused (os error 111)"
        );
    }

    #[test]
    fn what_is_behind_another_machine_is_left_to_ssh() {
        let mut target = SshTarget::new("10.0.0.1", "root");
        target.jump = Some(Box::new(SshTarget::new("bastion", "root")));
        assert!(!target.is_direct());
    }
}
