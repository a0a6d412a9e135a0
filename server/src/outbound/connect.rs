//! Connections that are none of HTTP: to customers' servers of files, to the operator's mail server.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use rustls::pki_types::ServerName;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{
    CONNECT_TIME, OTHER_SERVICES, Outbound, Rules, SendError,
    addresses::is_allowed,
    authorities, known, of_tls,
    resolver::{NoAddress, lookup},
    tls,
};

/// TLS with `host` over a connection to it; `authority` as in [`super::Post`].
pub async fn begin_tls(
    stream: TcpStream,
    host: &str,
    authority: Option<&str>,
) -> Result<TlsStream<TcpStream>, SendError> {
    let roots = match authority {
        Some(authority) => authorities(authority).ok_or(SendError::Tls)?,
        None => known(),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(host).map_err(|_| SendError::CertificateName)?;
    let connector = TlsConnector::from(Arc::new(tls(&[], roots)));
    let begun = timeout(CONNECT_TIME, connector.connect(name, stream)).await;
    begun.map_err(|_| SendError::TimedOut)?.map_err(|error| {
        let of_tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).map(of_tls);
        of_tls.unwrap_or(SendError::BrokenOff)
    })
}

impl Outbound {
    /// A way out to what the operator configured, wherever it stands.
    pub fn of_operator() -> Self {
        let everywhere = [IpNet::from(Ipv4Net::default()), IpNet::from(Ipv6Net::default())];
        Self::new(Rules { networks: everywhere.into(), ..Rules::default() })
    }

    /// Connects to a host where that is allowed, looked up once: the address that was looked at is the one that is
    /// connected to. `ports` may be connected to although they are those of other services than HTTP.
    pub async fn connect(&self, host: &str, port: u16, ports: &[u16]) -> Result<TcpStream, SendError> {
        if port == 0 || (OTHER_SERVICES.contains(&port) && !ports.contains(&port)) {
            return Err(SendError::PortRefused);
        }
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let addresses = match host.parse::<IpAddr>() {
            Ok(address) if is_allowed(address, &self.rules.networks) => vec![SocketAddr::new(address, port)],
            Ok(_) => return Err(SendError::AddressRefused),
            Err(_) => {
                let found = timeout(CONNECT_TIME, lookup(host, port, &self.rules)).await;
                found.map_err(|_| SendError::TimedOut)?.map_err(|error| match error {
                    NoAddress::Inside => SendError::AddressRefused,
                    NoAddress::Unknown => SendError::UnknownHost,
                })?
            }
        };
        let mut last = SendError::NoConnection;
        for address in addresses {
            match timeout(CONNECT_TIME, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(_)) => last = SendError::NoConnection,
                Err(_) => last = SendError::TimedOut,
            }
        }
        Err(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::Rules;

    #[tokio::test]
    async fn what_lies_inside_is_reached_only_where_the_operator_allows_it() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let strict = Outbound::new(Rules::default());
        let open =
            Outbound::new(Rules { networks: vec!["127.0.0.0/8".parse().unwrap()], ..Rules::default() });
        for host in ["127.0.0.1", "localhost", "::1", "[::ffff:127.0.0.1]", "169.254.169.254"] {
            assert_eq!(
                strict.connect(host, port, &[]).await.unwrap_err(),
                SendError::AddressRefused,
                "{host}"
            );
        }
        assert!(open.connect("127.0.0.1", port, &[]).await.is_ok());
        assert_eq!(open.connect("10.0.0.1", port, &[]).await.unwrap_err(), SendError::AddressRefused);
        assert_eq!(open.connect("127.0.0.1", 25, &[21, 22]).await.unwrap_err(), SendError::PortRefused);
        assert_eq!(open.connect("127.0.0.1", 0, &[]).await.unwrap_err(), SendError::PortRefused);
        assert_eq!(strict.connect("nowhere.invalid", port, &[]).await.unwrap_err(), SendError::UnknownHost);
    }
}
