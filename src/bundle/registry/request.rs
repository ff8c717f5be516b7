//! One request, which can be made again.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use camino::Utf8PathBuf;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Url};
use tokio::fs::File;
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::io::ReaderStream;

use super::error::RegistryErrorKind;
use super::transfer::Transfer;

/// How much of a file is read at a time, in bytes.
const CHUNK: usize = 256 << 10;

/// What is asked of a registry.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
    /// What a token must allow, as in `repository:team/demo:pull`.
    pub(super) scope: String,
}

/// What is sent with it.
#[derive(Clone)]
pub(super) enum Body {
    Nothing,
    Bytes(Vec<u8>),
    File(Upload),
}

/// A file that is sent.
#[derive(Clone)]
pub(super) struct Upload {
    path: Utf8PathBuf,
    size: u64,
    transfer: Arc<dyn Transfer>,
    sent: Arc<AtomicU64>,
}

impl Request {
    /// Asks without sending anything.
    pub(super) fn new(method: Method, url: Url, scope: &str) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: Body::Nothing,
            scope: scope.to_owned(),
        }
    }

    /// Adds a header.
    pub(super) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sends something.
    pub(super) fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Makes it ready to be sent to an address, which differs from its own after a redirect.
    pub(super) async fn build(
        &self,
        http: &Client,
        url: Url,
    ) -> Result<RequestBuilder, RegistryErrorKind> {
        let builder = http
            .request(self.method.clone(), url)
            .headers(self.headers.clone());
        Ok(match &self.body {
            Body::Nothing if self.method == Method::POST => builder.header(CONTENT_LENGTH, 0),
            Body::Nothing => builder,
            Body::Bytes(bytes) => builder.body(bytes.clone()),
            Body::File(upload) => builder
                .header(CONTENT_LENGTH, upload.size)
                .body(upload.open().await?),
        })
    }
}

impl Upload {
    /// Sends so many bytes of a file, and tells of each.
    pub(super) fn new(path: Utf8PathBuf, size: u64, transfer: Arc<dyn Transfer>) -> Self {
        Self {
            path,
            size,
            transfer,
            sent: Arc::default(),
        }
    }

    /// What an earlier attempt sent does not count any more.
    async fn open(&self) -> Result<reqwest::Body, RegistryErrorKind> {
        self.transfer.lose(self.sent.swap(0, Ordering::Relaxed));
        let file = File::open(&self.path)
            .await
            .map_err(|cause| RegistryErrorKind::Read {
                path: self.path.clone(),
                cause,
            })?;
        let counted = Counted {
            file,
            upload: self.clone(),
        };
        let stream = ReaderStream::with_capacity(counted, CHUNK);
        Ok(reqwest::Body::wrap_stream(stream))
    }
}

/// Tells how much was read.
struct Counted {
    file: File,
    upload: Upload,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.file).poll_read(context, buffer);
        let count = (buffer.filled().len() - before) as u64;
        self.upload.sent.fetch_add(count, Ordering::Relaxed);
        self.upload.transfer.advance(count);
        polled
    }
}
