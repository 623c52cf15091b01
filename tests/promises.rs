//! What Signalbox promises: one file for each promise. They see the gateway from outside only.
