//! Lines of the control connection.

/// The most bytes of a line.
pub(crate) const MAX_LINE: usize = 4096;

/// A command: its verb in capitals, and what follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) verb: String,
    pub(crate) argument: String,
}

impl Command {
    /// Reads a line without its end. Signals of Telnet that some clients send before `ABOR` are passed over; text that is
    /// not UTF-8 is taken for Windows' Latin, as old clients send it.
    pub(crate) fn parse(line: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(line.len());
        let mut rest = line.iter().copied();
        while let Some(byte) = rest.next() {
            match byte {
                0xFF => match rest.next() {
                    Some(0xFF) => bytes.push(0xFF),
                    // WILL, WONT, DO and DONT have an option behind them
                    Some(0xFB..=0xFE) => drop(rest.next()),
                    _ => {}
                },
                byte => bytes.push(byte),
            }
        }
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|error| error.into_bytes().iter().map(|byte| char::from(*byte)).collect());
        let text = text.trim_start_matches(' ');
        let (verb, argument) = text.split_once(' ').unwrap_or((text, ""));
        Self { verb: verb.to_ascii_uppercase(), argument: argument.to_owned() }
    }
}

/// Six numbers of `PORT`: an address and a port.
pub(crate) fn port(argument: &str) -> Option<(std::net::IpAddr, u16)> {
    let numbers: Vec<u8> =
        argument.trim().split(',').map(|number| number.trim().parse().ok()).collect::<Option<_>>()?;
    let [a, b, c, d, high, low] = numbers.try_into().ok()?;
    Some((std::net::Ipv4Addr::new(a, b, c, d).into(), u16::from_be_bytes([high, low])))
}

/// `EPRT`: `|1|192.0.2.1|5000|` (RFC 2428).
pub(crate) fn extended_port(argument: &str) -> Option<(std::net::IpAddr, u16)> {
    let argument = argument.trim();
    let separator = argument.chars().next()?;
    let mut parts = argument.split(separator).skip(1);
    let (_, address, port) = (parts.next()?, parts.next()?, parts.next()?);
    Some((address.parse().ok()?, port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_verb_and_what_follows() {
        for (line, verb, argument) in [
            (&b"stor a b.csv"[..], "STOR", "a b.csv"),
            (b"QUIT", "QUIT", ""),
            (b"\xff\xf4\xff\xf2ABOR", "ABOR", ""),
            (b"\xff\xfd\x06NOOP", "NOOP", ""),
            ("CWD ñ".as_bytes(), "CWD", "ñ"),
            (b"CWD \xf1", "CWD", "ñ"),
            (b"", "", ""),
        ] {
            let expected = Command { verb: verb.to_owned(), argument: argument.to_owned() };
            assert_eq!(Command::parse(line), expected, "{line:?}");
        }
    }

    #[test]
    fn addresses_of_active_connections_are_read() {
        let address = |text: &str| text.parse().unwrap();
        assert_eq!(port("192,0,2,1,19,136"), Some((address("192.0.2.1"), 5000)));
        assert_eq!(port("192,0,2,1,19"), None);
        assert_eq!(port("192,0,2,256,19,1"), None);
        assert_eq!(extended_port("|1|192.0.2.1|5000|"), Some((address("192.0.2.1"), 5000)));
        assert_eq!(extended_port("|2|2001:db8::1|5000|"), Some((address("2001:db8::1"), 5000)));
        assert_eq!(extended_port("|1|x|5000|"), None);
    }
}
