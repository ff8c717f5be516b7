//! A node behind a runner: the contract of [`Node`], over whatever link.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, sleep};
use zeroize::Zeroizing;

use super::attempt::{AttemptId, AttemptRecord, AttemptRequest, Receipt, Watch};
use super::channel::Link;
use super::facts::{BootId, Facts};
use super::live::LogReader;
use super::persistence::{Next, POLL, Persistence, RETRY};
use super::reboot::Boots;
use super::response::Response;
use super::session::{Patience, Session};
use super::target::{ConnectOptions, Purpose};
use super::upload::Archives;
use super::{
    EndReceiver, FactsQuery, Follow, LogSink, Node, NodeError, NotFetched, Payload, PayloadOrigin,
    PrunedNode, RebootRequest, SentSink, TakeUp, ending, fetch, probe, prune, reboot, receipt,
    request, upload,
};
use crate::digest::Digest;
use crate::name::Name;
use crate::secret::{PackageSecrets, RunSecrets};

/// One machine and the runner on it.
pub(super) struct RunnerNode<L> {
    name: Name,
    link: L,
    session: Option<Session>,
    purpose: Purpose,
    patience: Duration,
    end: Option<EndReceiver>,
    archives: Archives,
    sent: SentSink,
    secrets: RunSecrets,
    /// Payloads of which it is known whether they are there.
    asked: BTreeSet<Digest>,
    /// Those that are.
    present: BTreeSet<Digest>,
}

impl<L: Link> RunnerNode<L> {
    /// A node that is not connected yet.
    pub(super) fn new(name: Name, link: L, options: &ConnectOptions) -> Self {
        Self {
            name,
            link,
            session: None,
            purpose: options.purpose,
            patience: Duration::from_secs(options.reconnect_seconds),
            end: None,
            archives: options.archives.clone(),
            sent: Arc::new(|_| {}),
            secrets: RunSecrets::default(),
            asked: BTreeSet::new(),
            present: BTreeSet::new(),
        }
    }

    /// Takes the first loss of the connection for the last.
    #[cfg(test)]
    pub(super) fn do_not_reconnect(&mut self) {
        self.patience = Duration::ZERO;
    }

    async fn session(&mut self) -> Result<&mut Session, NodeError> {
        let session = match self.session.take() {
            Some(session) => session,
            None => Session::open(&mut self.link).await?,
        };
        Ok(self.session.insert(session))
    }

    /// Ends the connection; the next request is made over a new one.
    async fn leave(&mut self) {
        self.session = None;
        self.link.disconnect().await;
    }

    /// Asks one thing of a connected runner. A runner that failed is not asked again.
    async fn ask(&mut self, request: &str) -> Result<Response, NodeError> {
        let answer = self.session().await?.ask(request, Patience::Short).await;
        self.check(answer)
    }

    fn check<Answer>(&mut self, answer: Result<Answer, NodeError>) -> Result<Answer, NodeError> {
        if let Err(NodeError::Transport(_) | NodeError::Protocol(_)) = answer {
            self.session = None;
        }
        answer
    }

    async fn read_facts(&mut self, query: &FactsQuery) -> Result<Facts, NodeError> {
        let response = self.ask(&request::facts(query)?).await?;
        let facts = probe::read(query, &response)?;
        self.asked.extend(query.payloads.iter().cloned());
        self.present.extend(facts.payloads.iter().cloned());
        Ok(facts)
    }

    /// The payloads that the node does not have, each once, sorted.
    async fn missing<'a>(
        &mut self,
        payloads: &'a [Payload],
    ) -> Result<Vec<&'a Payload>, NodeError> {
        let unknown: Vec<Digest> = payloads
            .iter()
            .map(|payload| payload.digest.clone())
            .filter(|digest| !self.asked.contains(digest))
            .collect();
        if !unknown.is_empty() {
            let query = FactsQuery {
                payloads: unknown,
                ..FactsQuery::default()
            };
            self.facts(&query).await?;
        }
        let mut missing: Vec<&'a Payload> = payloads
            .iter()
            .filter(|payload| !self.present.contains(&payload.digest))
            .collect();
        missing.sort_by_key(|payload| &payload.digest);
        missing.dedup_by_key(|payload| &payload.digest);
        Ok(missing)
    }

    /// Lets the node read one payload; the inner error is why it did not.
    async fn fetch_one(
        &mut self,
        payload: &Payload,
        origin: &dyn PayloadOrigin,
    ) -> Result<Result<(), String>, NodeError> {
        let archive = match origin.locate(&payload.digest).await {
            Ok(archive) => archive,
            Err(why) => return Ok(Err(why)),
        };
        let answer = fetch::fetch(self.session().await?, payload, &archive).await;
        self.check(answer)
    }

    fn secrets_of(&self, id: &AttemptId) -> Option<&PackageSecrets> {
        self.secrets.of(&id.component, &id.package)
    }

    /// A log on its way to its reader, with every secret of the run covered.
    fn reader<'sink>(&self, offset: u64, sink: LogSink<'sink>) -> LogReader<'sink> {
        LogReader::new(offset, sink, self.secrets.mask())
    }

    /// Waits for the answer to a request that runs steps, and shows their log meanwhile.
    async fn wait(
        &mut self,
        request: &str,
        attempt: &TakeUp,
        log: &mut LogReader<'_>,
    ) -> Result<Response, NodeError> {
        self.session().await?;
        let Self {
            session: Some(session),
            link,
            end,
            ..
        } = self
        else {
            return Err(NodeError::Transport("the session ended".into()));
        };
        let answer = session.ask(request, Patience::Endless);
        // A dry run's files are its own session's.
        if self.purpose == Purpose::DryRun {
            let answer = answer.await;
            return self.check(answer);
        }
        let answer = tokio::select! {
            answer = answer => answer,
            () = ending::attend(link, attempt, log, end.as_mut()) => Err(NodeError::Transport("the log ended".into())),
        };
        self.check(answer)
    }

    /// Asks until there is a receipt, and hands on the whole log.
    async fn ask_to_end(
        &mut self,
        request: Zeroizing<String>,
        attempt: &TakeUp,
        log: &mut LogReader<'_>,
    ) -> Result<Receipt, NodeError> {
        let receipt = self.ask_for_receipt(request, attempt, log).await;
        log.end();
        receipt
    }

    /// Asks until there is a receipt. What runs on the node is left alone in any case. An
    /// attempt that waits for a confirmation gets it over a new connection.
    async fn ask_for_receipt(
        &mut self,
        mut request: Zeroizing<String>,
        attempt: &TakeUp,
        log: &mut LogReader<'_>,
    ) -> Result<Receipt, NodeError> {
        let begun = Instant::now();
        let mut persistence = Persistence::new(self.patience);
        loop {
            if self.session().await.is_ok() {
                persistence.reached();
            }
            let answer = match self.wait(&request, attempt, log).await {
                Ok(response) if response.part("unconfirmed").is_some() => {
                    self.leave().await;
                    request = request::finish(attempt, None)?;
                    continue;
                }
                Ok(response) => self.end(&response, &attempt.id, log).await,
                Err(error) => Err(with_epoch(error, attempt.epoch)),
            };
            match persistence.next(answer, begun.elapsed()) {
                Next::Ended(receipt) => return Ok(receipt),
                Next::Look => {
                    self.end_if_wanted(attempt).await?;
                    sleep(POLL).await;
                }
                Next::Follow => request = request::follow(attempt)?,
                Next::Reconnect => {
                    self.link.disconnect().await;
                    sleep(RETRY).await;
                }
                Next::GiveUp(error) => return Err(error),
            }
        }
    }

    /// Ends an attempt that another session runs. Where that cannot be told, the next look
    /// at the attempt says so.
    async fn end_if_wanted(&mut self, attempt: &TakeUp) -> Result<(), NodeError> {
        if self.end.as_ref().is_some_and(EndReceiver::is_wanted) {
            let request = request::stop(attempt)?;
            let _ = self.ask(&request).await;
        }
        Ok(())
    }

    /// The receipt in a response, with the whole log read; `None` while there is none.
    async fn end(
        &mut self,
        response: &Response,
        id: &AttemptId,
        log: &mut LogReader<'_>,
    ) -> Result<Option<Receipt>, NodeError> {
        let Some(part) = response.part("receipt") else {
            response.expect_part("running")?;
            let fetched = log.fetch(self.session().await?, id).await;
            return self.check(fetched).map(|_| None);
        };
        let receipt = receipt::read(part)?;
        if receipt.id != *id {
            return Err(NodeError::Protocol("the receipt of another attempt".into()));
        }
        log.take_whole(response);
        let fetched = log.fetch_rest(self.session().await?, &receipt).await;
        self.check(fetched).map(|()| Some(receipt))
    }
}

/// A refusal of an old epoch says which that was.
fn with_epoch(error: NodeError, ours: u64) -> NodeError {
    match error {
        NodeError::StaleEpoch { seen, .. } => NodeError::StaleEpoch { seen, ours },
        error => error,
    }
}

#[async_trait]
impl<L: Link> Boots for RunnerNode<L> {
    async fn read_boot_anew(&mut self) -> Result<BootId, NodeError> {
        self.leave().await;
        Ok(self.read_facts(&FactsQuery::default()).await?.boot_id)
    }
}

#[async_trait]
impl<L: Link> Node for RunnerNode<L> {
    fn name(&self) -> &Name {
        &self.name
    }

    async fn facts(&mut self, query: &FactsQuery) -> Result<Facts, NodeError> {
        let was_open = self.session.is_some();
        match self.read_facts(query).await {
            // A session that was idle for long may be gone; facts may be asked for twice.
            Err(NodeError::Transport(_)) if was_open => {
                self.link.disconnect().await;
                self.read_facts(query).await
            }
            answer => answer,
        }
    }

    async fn upload(&mut self, payloads: &[Payload]) -> Result<(), NodeError> {
        let missing = self.missing(payloads).await?;
        if missing.is_empty() {
            return Ok(());
        }
        let (archives, told) = (self.archives.clone(), Arc::clone(&self.sent));
        let sent = upload::upload(self.session().await?, &missing, &archives, &*told).await;
        if sent.is_err() {
            // A refused stream ends its session.
            self.session = None;
        }
        sent?;
        self.present
            .extend(missing.into_iter().map(|payload| payload.digest.clone()));
        Ok(())
    }

    async fn fetch(
        &mut self,
        payloads: &[Payload],
        origin: &dyn PayloadOrigin,
    ) -> Result<Vec<NotFetched>, NodeError> {
        let mut not_fetched = Vec::new();
        for payload in self.missing(payloads).await? {
            let digest = payload.digest.clone();
            match self.fetch_one(payload, origin).await? {
                Ok(()) => drop(self.present.insert(digest)),
                Err(why) => not_fetched.push(NotFetched {
                    payload: digest,
                    why,
                }),
            }
        }
        Ok(not_fetched)
    }

    async fn start(
        &mut self,
        request: &AttemptRequest,
        log: LogSink<'_>,
    ) -> Result<Receipt, NodeError> {
        let start = request::start(&self.name, request, self.secrets_of(&request.id))?;
        // A node that cannot be reached any more can be once it has gone back.
        self.patience = request
            .watch
            .iter()
            .map(Watch::patience)
            .fold(self.patience, Duration::max);
        let attempt = TakeUp {
            id: request.id.clone(),
            epoch: request.epoch,
        };
        let mut log = self.reader(0, log);
        self.ask_to_end(start, &attempt, &mut log).await
    }

    async fn follow(&mut self, follow: &Follow, log: LogSink<'_>) -> Result<Receipt, NodeError> {
        let Follow { attempt, offset } = follow;
        let mut log = self.reader(*offset, log);
        self.ask_to_end(request::follow(attempt)?, attempt, &mut log)
            .await
    }

    async fn finish(&mut self, attempt: &TakeUp, log: LogSink<'_>) -> Result<Receipt, NodeError> {
        let before = self.ask(&request::follow(attempt)?).await;
        let before = before.map_err(|error| with_epoch(error, attempt.epoch))?;
        // What was logged before the reboot was shown then.
        let offset = match before.part("receipt") {
            Some(part) => receipt::read(part)?.log_bytes,
            None => 0,
        };
        let mut log = self.reader(offset, log);
        let finish = request::finish(attempt, self.secrets_of(&attempt.id))?;
        self.ask_to_end(finish, attempt, &mut log).await
    }

    async fn attempts(&mut self, run: &Name) -> Result<Vec<AttemptRecord>, NodeError> {
        let response = self.ask(&request::attempts(run)?).await?;
        probe::attempts(run, &response)
    }

    fn end_when(&mut self, wanted: EndReceiver) {
        self.end = Some(wanted);
    }

    fn tell_sent(&mut self, sink: SentSink) {
        self.sent = sink;
    }

    fn keep_secrets(&mut self, secrets: RunSecrets) {
        self.secrets = secrets;
    }

    async fn reboot(&mut self, request: &RebootRequest) -> Result<BootId, NodeError> {
        let asked = self.ask(&request::reboot(request.epoch)).await;
        asked.map_err(|error| with_epoch(error, request.epoch))?;
        reboot::wait(self, request).await
    }

    async fn prune(&mut self) -> Result<PrunedNode, NodeError> {
        self.asked.clear();
        self.present.clear();
        let answer = self.session().await?;
        let answer = answer.ask(request::PRUNE, Patience::Endless).await;
        prune::read(&self.check(answer)?)
    }

    async fn close(&mut self) {
        // A dry run leaves nothing behind: its files are the runner's to remove.
        if let Some(session) = self.session.take()
            && self.purpose == Purpose::DryRun
        {
            session.end().await;
        }
    }
}
