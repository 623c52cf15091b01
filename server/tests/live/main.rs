//! The live half end to end, in one process: a real listener, raw clients, and what only the inside can show.

mod acts;
mod backpressure;
mod changes;
mod closing;
mod failing_store;
mod feed;
mod frames;
mod hostile;
mod mistakes;
mod returning;
mod rounds;
mod running;
mod socket;
mod strangers;
mod tickets;
mod tls;
mod turmoil;
mod upgrades;
mod upkeep;
