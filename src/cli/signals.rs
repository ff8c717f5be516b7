//! What operators want of a run that this process drives: by Ctrl-C and other signals, and
//! by `ddt stop` from elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::engine::driver::Signal;
use crate::engine::event::StopAfter;
use crate::name::Name;
use crate::store::{StopWish, Store};

/// How often the records are looked at for a stop.
const LOOK_EVERY: Duration = Duration::from_millis(150);

/// Hears what is wanted of a run for as long as the receiver is there. The first Ctrl-C,
/// SIGTERM and SIGHUP ask it to stop; a Ctrl-C after any of these leaves it.
pub(super) fn signals(store: Store, run: Name) -> UnboundedReceiver<Signal> {
    let (sender, receiver) = unbounded_channel();
    let asked = Arc::new(AtomicBool::new(false));
    for kind in [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ] {
        let may_leave = kind == SignalKind::interrupt();
        if let Ok(mut stream) = signal(kind) {
            let (sender, asked) = (sender.clone(), Arc::clone(&asked));
            tokio::spawn(async move {
                while stream.recv().await.is_some() {
                    let is_second = asked.swap(true, Ordering::Relaxed);
                    let wanted = match is_second && may_leave {
                        true => Signal::Abandon,
                        false => Signal::Stop(StopAfter::Task),
                    };
                    if sender.send(wanted).is_err() {
                        break;
                    }
                }
            });
        }
    }
    tokio::spawn(requests(store, run, sender));
    receiver
}

/// Passes on what the records ask of the run.
async fn requests(store: Store, run: Name, sender: UnboundedSender<Signal>) {
    let (mut version, mut last) = (None, 0);
    let mut looks = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            () = sender.closed() => return,
            _ = looks.tick() => {}
        }
        // A look that fails is made up for by the next one.
        let Ok(now) = store.data_version() else {
            continue;
        };
        if version == Some(now) {
            continue;
        }
        let Ok(requests) = store.stop_requests(&run, last) else {
            continue;
        };
        version = Some(now);
        for request in requests {
            last = request.number;
            // Where nobody listens any more, the next look ends this.
            let _ = sender.send(match request.wish {
                StopWish::After(after) => Signal::Stop(after),
                StopWish::Kill => Signal::Kill,
            });
        }
    }
}
