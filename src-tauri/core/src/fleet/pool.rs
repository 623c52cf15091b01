//! One copy of what very many connections have in common: namespaces, rooms, nodes, programs.
//!
//! Each connection comes with copies of its own; a hundred thousand of them would be half of the fleet's memory.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use signalbox_protocol::feed::Connection;
use signalbox_protocol::{Namespace, NodeId, RoomName};

/// A set of texts that grows beyond this begins anew: what gateways have in common is less, and what they do not is not
/// to be kept for ever.
const MOST: usize = 16_384;

/// What is shared.
#[derive(Debug, Default)]
pub(super) struct Pool {
    namespaces: HashSet<Namespace>,
    rooms: HashSet<RoomName>,
    nodes: HashSet<NodeId>,
    agents: HashSet<Arc<str>>,
}

impl Pool {
    /// Lets the connection use the copies that others use, and no more memory than it needs.
    pub(super) fn settle(&mut self, connection: &mut Connection) {
        share(&mut self.nodes, &mut connection.node);
        share(&mut self.agents, &mut connection.user_agent);
        for membership in &mut connection.namespaces {
            share(&mut self.namespaces, &mut membership.namespace);
            membership.rooms.iter_mut().for_each(|room| share(&mut self.rooms, room));
            membership.rooms.shrink_to_fit();
        }
        connection.namespaces.shrink_to_fit();
        connection.address.shrink_to_fit();
    }
}

fn share<T: Clone + Eq + Hash>(known: &mut HashSet<T>, item: &mut T) {
    if let Some(same) = known.get(item) {
        *item = same.clone();
        return;
    }
    if known.len() == MOST {
        known.clear();
    }
    known.insert(item.clone());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_equal_is_one_and_what_is_kept_is_bounded() {
        let mut known = HashSet::new();
        let (mut first, mut second): (Arc<str>, Arc<str>) = ("firefox".into(), "firefox".into());
        share(&mut known, &mut first);
        share(&mut known, &mut second);
        assert!(Arc::ptr_eq(&first, &second));
        for number in 0..2 * MOST {
            share(&mut known, &mut Arc::from(format!("agent-{number}")));
        }
        assert!(known.len() <= MOST);
    }
}
