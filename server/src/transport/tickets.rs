//! Tickets: what a polling client shows with each request, in place of its session's id.
//!
//! The engine takes whoever knows a session's id for its client, and that id is no secret: Socket.IO gives it to the
//! session's sockets, and `/chat` tells it to everybody. So the id never leaves in a polling handshake and is worth nothing
//! in a query; a ticket of the same shape stands for it, which only the session's own client is told.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use socketioxide::socket::Sid;

/// Which ticket stands for which session. Cheap to clone. As large as the sessions that were opened by polling and last.
#[derive(Debug, Clone, Default)]
pub struct Tickets(Arc<Mutex<HashMap<Sid, Option<Sid>>>>);

/// One session's ticket. It goes with the request into the session and is worth nothing once that has ended.
#[derive(Clone)]
pub struct Ticket(Arc<Issued>);

struct Issued {
    /// 96 random bits, like a session's id.
    number: Sid,
    tickets: Tickets,
}

/// An answer to a handshake that names no session.
#[derive(Debug, PartialEq, Eq)]
pub struct NoSession;

impl Tickets {
    /// A ticket for the session that the request is about to open.
    pub fn issue(&self) -> Ticket {
        let number = Sid::new();
        self.0.lock().insert(number, None);
        Ticket(Arc::new(Issued { number, tickets: self.clone() }))
    }

    /// The session that it stands for.
    pub fn session(&self, number: &str) -> Option<Sid> {
        let number: Sid = number.parse().ok()?;
        self.0.lock().get(&number).copied().flatten()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.lock().len()
    }
}

impl Ticket {
    /// Writes itself over the session's id in the engine's answer to a handshake (`0{"sid":"…",…}`), and stands for that
    /// session from now on. Both have the same length, so that whatever counts the answer's bytes still holds.
    ///
    /// # Errors
    /// Where the answer is none; it must not be sent then.
    pub fn stamp(&self, answer: &mut [u8]) -> Result<(), NoSession> {
        const BEFORE: &[u8] = b"\"sid\":\"";
        let number = self.0.number.as_str().as_bytes();
        let begin = answer.windows(BEFORE.len()).position(|bytes| bytes == BEFORE).ok_or(NoSession)? + BEFORE.len();
        let named = answer.get_mut(begin..begin + number.len()).ok_or(NoSession)?;
        let session = std::str::from_utf8(named).ok().and_then(|id| id.parse().ok()).ok_or(NoSession)?;
        named.copy_from_slice(number);
        // It is gone from the table where the session has ended already.
        if let Some(place) = self.0.tickets.0.lock().get_mut(&self.0.number) {
            *place = Some(session);
        }
        Ok(())
    }
}

impl Drop for Issued {
    fn drop(&mut self) {
        self.tickets.0.lock().remove(&self.number);
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_takes_the_place_of_the_id_and_ends_with_the_session() {
        let tickets = Tickets::default();
        let (ticket, session) = (tickets.issue(), Sid::new());
        assert_eq!(tickets.session(ticket.0.number.as_str()), None, "it stands for nobody yet");
        for answer in [format!("0{{\"sid\":\"{session}\",\"x\":1}}"), format!("31:0{{\"sid\":\"{session}\"}}2:40")] {
            let mut stamped = answer.clone().into_bytes();
            assert_eq!(ticket.stamp(&mut stamped), Ok(()));
            let stamped = String::from_utf8(stamped).expect("text");
            assert_eq!(stamped, answer.replace(session.as_str(), ticket.0.number.as_str()));
        }
        assert_eq!(tickets.session(ticket.0.number.as_str()), Some(session));
        assert_eq!(tickets.session(session.as_str()), None, "the id itself is no ticket");
        let copy = ticket.clone();
        drop(ticket);
        assert_eq!(tickets.count(), 1, "the session has a copy");
        drop(copy);
        assert_eq!(tickets.count(), 0);
    }

    #[test]
    fn an_answer_without_a_session_is_not_stamped() {
        let tickets = Tickets::default();
        let ticket = tickets.issue();
        for answer in ["", "ok", "0{\"sid\":\"short\"}", "0{\"sid\":\"AAAAAAAAAAAAAA+/\"}", "0{\"sid\":\""] {
            assert_eq!(ticket.stamp(&mut answer.as_bytes().to_vec()), Err(NoSession), "{answer}");
        }
        assert_eq!(tickets.session(ticket.0.number.as_str()), None);
    }
}
