//! One record of a log, in the terms that all logs share.

use std::net::IpAddr;

use crate::observe::moment::Moment;

/// One record of who spoke to whom.
///
/// A log of connections says who called, and counts both directions in one record. A log of flows in one direction (NetFlow,
/// flow logs of clouds) has no client: the side with the lower port is taken for the server, or the destination if the
/// ports are equal or absent, as for ICMP. The record of the way back then has the same client and server, and its bytes
/// are those received.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<'a> {
    /// Who called. An IPv4 address written as IPv6 is that IPv4 address, here as below.
    pub client: IpAddr,
    /// Who was called.
    pub server: IpAddr,
    /// The server's port; none where the protocol has none.
    pub server_port: Option<u16>,
    /// The server's host name as the log has it, from the TLS greeting or the HTTP request: lower case, no dot at the end.
    pub name: Option<&'a str>,
    /// Bytes from client to server that this record counts; `None` if it should say and does not. Zero in a record of the
    /// way back and in one that is there for the name only.
    pub sent: Option<u64>,
    /// Bytes from server to client that this record counts; otherwise like `sent`.
    pub received: Option<u64>,
    /// Connections that this record counts; zero in a record of the way back and in one that is there for the name only.
    pub connections: u64,
    /// Whether the record shows that nothing came of it: refused, never answered, or closed before anything was said. The
    /// bytes of such a record, if any, are no data.
    pub unanswered: bool,
    /// When it began.
    pub start: Option<Moment>,
    /// When it ended.
    pub end: Option<Moment>,
}
