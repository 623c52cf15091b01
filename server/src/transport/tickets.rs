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
use tokio::sync::Semaphore;

use super::strangers::Introduction;

/// Which ticket stands for which session. Cheap to clone. As large as the sessions that were opened by polling and last.
#[derive(Debug, Clone, Default)]
pub struct Tickets(Arc<Mutex<HashMap<Sid, Holder>>>);

#[derive(Debug)]
struct Holder {
    /// None until the ticket has been stamped.
    session: Option<Sid>,
    introduction: Introduction,
    turn: Arc<Semaphore>,
}

/// Who shows a ticket.
#[derive(Debug)]
pub struct Visitor {
    /// The session that the ticket stands for.
    pub session: Sid,
    /// Whether anybody knows whose it is.
    pub introduction: Introduction,
    /// The one permit to post: a session posts one body at a time, and so has one of them in memory.
    pub turn: Arc<Semaphore>,
}

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
    pub fn issue(&self, introduction: Introduction) -> Ticket {
        let number = Sid::new();
        self.0.lock().insert(number, Holder { session: None, introduction, turn: Arc::new(Semaphore::new(1)) });
        Ticket(Arc::new(Issued { number, tickets: self.clone() }))
    }

    /// Who shows it.
    pub fn visitor(&self, number: &str) -> Option<Visitor> {
        let number: Sid = number.parse().ok()?;
        let table = self.0.lock();
        let holder = table.get(&number)?;
        Some(Visitor { session: holder.session?, introduction: holder.introduction.clone(), turn: holder.turn.clone() })
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
        if let Some(holder) = self.0.tickets.0.lock().get_mut(&self.0.number) {
            holder.session = Some(session);
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

    fn session_of(tickets: &Tickets, number: &str) -> Option<Sid> {
        tickets.visitor(number).map(|visitor| visitor.session)
    }

    #[test]
    fn a_ticket_takes_the_place_of_the_id_and_ends_with_the_session() {
        let tickets = Tickets::default();
        let (ticket, session) = (tickets.issue(Introduction::default()), Sid::new());
        assert_eq!(session_of(&tickets, ticket.0.number.as_str()), None, "it stands for nobody yet");
        for answer in [format!("0{{\"sid\":\"{session}\",\"x\":1}}"), format!("31:0{{\"sid\":\"{session}\"}}2:40")] {
            let mut stamped = answer.clone().into_bytes();
            assert_eq!(ticket.stamp(&mut stamped), Ok(()));
            let stamped = String::from_utf8(stamped).expect("text");
            assert_eq!(stamped, answer.replace(session.as_str(), ticket.0.number.as_str()));
        }
        assert_eq!(session_of(&tickets, ticket.0.number.as_str()), Some(session));
        assert_eq!(session_of(&tickets, session.as_str()), None, "the id itself is no ticket");
        let copy = ticket.clone();
        drop(ticket);
        assert_eq!(tickets.count(), 1, "the session has a copy");
        drop(copy);
        assert_eq!(tickets.count(), 0);
    }

    #[test]
    fn an_answer_without_a_session_is_not_stamped() {
        let tickets = Tickets::default();
        let ticket = tickets.issue(Introduction::default());
        for answer in ["", "ok", "0{\"sid\":\"short\"}", "0{\"sid\":\"AAAAAAAAAAAAAA+/\"}", "0{\"sid\":\""] {
            assert_eq!(ticket.stamp(&mut answer.as_bytes().to_vec()), Err(NoSession), "{answer}");
        }
        assert_eq!(session_of(&tickets, ticket.0.number.as_str()), None);
    }
}
