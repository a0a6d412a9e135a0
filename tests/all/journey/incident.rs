//! What goes wrong on the road for a while.

use anyhow::Result;
use campo_tests::{proxy::Faults, random::Random, receiver::Behaviour};

use super::Road;

#[derive(Debug, Clone, Copy)]
pub(super) enum Incident {
    /// A server is killed
    ServerKilled(usize),
    /// A phone's process is killed
    PhoneKilled(usize),
    /// The customer's endpoint is killed
    ReceiverKilled,
    /// The customer's endpoint answers that it cannot now
    ReceiverBusy,
    /// A phone has no network
    Offline(usize),
    /// Connections of a phone break off, within requests and answers
    Truncated(usize),
    /// A phone's connections are cut, and the next ones are slow
    Slow(usize),
}

impl Incident {
    pub(super) fn any(random: &mut Random, servers: usize, phones: usize) -> Self {
        let server = random.number() as usize % servers;
        let phone = random.number() as usize % phones;
        match random.number() % 9 {
            0 | 1 => Self::ServerKilled(server),
            2 | 3 => Self::PhoneKilled(phone),
            4 => Self::ReceiverKilled,
            5 => Self::ReceiverBusy,
            6 => Self::Offline(phone),
            7 => Self::Truncated(phone),
            _ => Self::Slow(phone),
        }
    }

    pub(super) fn strike(self, road: &mut Road) -> Result<()> {
        match self {
            Self::ServerKilled(server) => road.servers[server].kill_nine()?,
            Self::PhoneKilled(phone) => road.phones[phone].kill()?,
            Self::ReceiverKilled => road.receiver.kill()?,
            Self::ReceiverBusy => road.receiver.behave(&Behaviour::status(503))?,
            Self::Offline(phone) => {
                let network = &road.phones[phone].network;
                network.set(Faults { refuse: true, ..Faults::default() });
                network.cut();
            }
            Self::Truncated(phone) => {
                let network = &road.phones[phone].network;
                network.set(Faults {
                    request_bytes: Some(0..=20_000),
                    answer_bytes: Some(0..=5_000),
                    spared_percent: 30,
                    ..Faults::default()
                });
                network.cut();
            }
            Self::Slow(phone) => {
                let network = &road.phones[phone].network;
                network.set(Faults { delay_ms: Some(1..=100), ..Faults::default() });
                network.cut();
            }
        }
        Ok(())
    }

    pub(super) async fn mend(self, road: &mut Road) -> Result<()> {
        match self {
            Self::ServerKilled(server) => {
                road.servers[server].start_again().await?;
                let target = road.servers[server].address().parse()?;
                for phone in road.phones.iter().filter(|phone| phone.server == server) {
                    phone.network.forward_to(target);
                }
            }
            Self::PhoneKilled(phone) => road.phones[phone].start_again()?,
            Self::ReceiverKilled => {
                road.receiver.kill()?;
                road.receiver.up()?;
            }
            Self::ReceiverBusy => road.receiver.behave(&Behaviour::take())?,
            Self::Offline(phone) | Self::Truncated(phone) | Self::Slow(phone) => {
                let network = &road.phones[phone].network;
                network.set(Faults::default());
                network.cut();
            }
        }
        Ok(())
    }
}
